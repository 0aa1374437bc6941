"""Guests: what a letter's link opens, and what it opens no more once everything about them was deleted."""

import re

import pytest

from tests.people import Person
from tests.web.buying import DECLINES_LATER, Buyer, guest, processor, started, text, typed
from tests.web.conftest import Visitor
from upheld.orders import links
from upheld.orders.models import Order
from upheld.policy.actors import Actor
from upheld.rights import verbs as rights

__all__ = ["guest", "processor", "started", "typed"]

erases = pytest.mark.django_db(transaction=True, databases="__all__")


@erases
def test_nothing_of_an_erased_guest_is_there_any_more(guest: Buyer) -> None:
    order = guest.buy(guest.shop.licence)
    guest.browser.get(guest.link("mine"))
    paths = ["/account/orders/", "/account/data/", f"/account/orders/{order.pk}/", "/order/delete/"]
    assert {guest.browser.get(path).status_code for path in paths} == {200}
    rights.erase(order.subject, by=Actor.person(order.subject))
    assert Order.objects.placed().filter(pk=order.pk).exists(), "the books keep it"
    for path in (*paths, *(f"/order/{kind}/{links.token(order, kind)}/" for kind in ("mine", "mend"))):
        answer = guest.browser.get(path)
        assert answer.status_code == 410, path
        assert order.number not in text(answer)
    assert order.number not in text(guest.browser.get("/order/thanks/", follow=True))


@erases
def test_mending_ends_where_the_guest_was_erased_meanwhile(guest: Buyer) -> None:
    order = guest.buy(guest.shop.guide, number=DECLINES_LATER)
    path = guest.link("mend")
    assert guest.browser.get(path).status_code == 200
    rights.erase(order.subject, by=Actor.person(order.subject))
    assert guest.browser.post(path, {"give_up": "1"}).status_code == 410
    for path in ("/order/mend/card/", "/order/mend/"):
        assert guest.browser.get(path, follow=True).status_code == 410


@erases
def test_an_erased_guest_who_orders_again_is_led_in_by_the_new_letter(guest: Buyer) -> None:
    first = guest.buy(guest.shop.licence)
    guest.browser.get(guest.link("mine"))
    rights.erase(first.subject, by=Actor.person(first.subject))
    second = guest.buy(guest.shop.licence)
    assert second.subject != first.subject
    assert second.number in text(guest.browser.get(guest.link("mine"), follow=True))


def test_what_was_ordered_with_ones_address_is_found_without_its_letter(guest: Buyer, person: Person) -> None:
    order = guest.buy(guest.shop.licence, email=person.email)
    page = f"/account/orders/{order.pk}/"
    assert order.subject != person.subject
    member = Visitor().sign_in(person)
    listed = member.text("/account/orders/")
    assert "Ordered with your address without signing in" in listed
    assert "You have not ordered anything yet." not in listed
    assert order.number in member.text(page)
    assert member.get(f"{page}invoice.pdf").status_code == 200
    assert member.get(guest.link("mine"))["Location"] == page
    proof = re.findall(rf'href="({page}proof/[^"]+)"', member.text(page))[0]
    assert member.get(proof).status_code == 200
    other = guest.buy(guest.shop.licence)
    assert member.get(f"/account/orders/{other.pk}/").status_code == 404


def test_what_was_ordered_with_ones_address_is_called_off(guest: Buyer, person: Person) -> None:
    order = guest.buy(guest.shop.guide, email=person.email)
    member = Visitor().sign_in(person)
    with guest.commits(execute=True):
        page = text(member.post(f"/account/orders/{order.pk}/cancel/", follow=True))
    assert "The order is cancelled." in page


@erases
def test_what_was_ordered_apart_and_erased_is_listed_no_more(guest: Buyer, person: Person) -> None:
    order = guest.buy(guest.shop.licence, email=person.email)
    member = Visitor().sign_in(person)
    assert order.number in member.text("/account/orders/")
    rights.erase(order.subject, by=Actor.person(order.subject))
    assert order.number not in member.text("/account/orders/")
    assert member.get(f"/account/orders/{order.pk}/").status_code == 404
