"""The pages on which people delete everything, orders delivered first or not, take it back, and delete one thing."""

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from tests.people import Person
from tests.rights.requesting import CONFIRM, ask, last, secret
from tests.rights.test_waiting import days_pass, is_gone, three_days
from tests.web.buying import Buyer, ada, guest, processor, started, text, typed
from tests.web.conftest import Visitor
from upheld import vault
from upheld.contact.models import Letter
from upheld.orders import verbs as orders
from upheld.orders.models import Order
from upheld.policy.actors import Actor
from upheld.rights import verbs
from upheld.rights.models import ErasureRequest, Request, Right
from upheld.rights.papers import receipts

__all__ = ["ada", "guest", "processor", "started", "three_days", "typed"]

Letters = Callable[[], list[EmailMessage]]
pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
DELIVER, CANCEL = {"settle": "deliver"}, {"settle": "cancel"}


def test_orders_are_delivered_first_where_the_person_chooses_so(ada: Buyer, person: Person, letters: Letters) -> None:
    order, browser = ada.buy(ada.shop.guide), ada.browser
    page = browser.text("/account/delete/")
    assert '<fieldset class="choices">' in page
    assert order.number in page
    assert "Deliver first" in page
    answer = browser.post("/account/delete/", {"password": person.password, **DELIVER}, follow=True)
    assert "It waits until what you ordered has arrived." in text(answer)
    assert browser.get(f"/account/orders/{order.pk}/").status_code == 200, "still signed in, to follow the parcel"
    path = re.search(r"/rights/keep/[\w:.=-]+/", last(letters))
    assert path
    stranger = Visitor()
    assert "Take the deletion back?" in stranger.text(path[0])
    assert ErasureRequest.objects.exists(), "looking changes nothing"
    assert "Nothing is deleted" in text(stranger.post(path[0]))
    assert stranger.post(path[0]).status_code == stranger.get(path[0]).status_code == 410
    assert stranger.get("/rights/keep/nonsense/").status_code == 410
    assert "Goes now" in browser.text("/account/delete/")


def test_whoever_waits_can_choose_again_or_take_it_back(ada: Buyer, person: Person) -> None:
    order, browser = ada.buy(ada.shop.guide), ada.browser
    browser.post("/account/delete/", {"password": person.password, **DELIVER})
    assert "You took it back" in text(browser.post("/account/delete/keep/", follow=True))
    assert "There is nothing to take back" in text(browser.post("/account/delete/keep/", follow=True))
    browser.post("/account/delete/", {"password": person.password, **DELIVER})
    answer = browser.post("/account/delete/", {"password": person.password, **CANCEL})
    assert "It is gone" in text(answer)
    assert orders.state(Order.objects.get(pk=order.pk)) == "cancelled"
    assert browser.get("/account/").status_code == 302


def test_a_guest_has_the_same_choice(guest: Buyer) -> None:
    order = guest.buy(guest.shop.guide)
    guest.browser.get(guest.link("mine"))
    page = guest.browser.text("/order/delete/")
    assert "Deliver first" in page
    answer = guest.browser.post("/order/delete/", DELIVER, follow=True)
    assert "It waits until what you ordered has arrived." in text(answer)
    assert "You took it back" in text(guest.browser.post("/account/delete/keep/", follow=True))
    answer = guest.browser.post("/order/delete/", {"settle": "nonsense"})
    assert "It is gone" in text(answer)
    assert vault.is_erased(order.subject)


def test_the_page_of_the_letter_asks_about_open_orders(ada: Buyer, person: Person, letters: Letters) -> None:
    order = ada.buy(ada.shop.guide)
    ask([Right.ERASURE], person.email)
    path = f"/rights/confirm/{secret(CONFIRM, last(letters))}/"
    stranger = Visitor()
    page = stranger.text(path)
    assert order.number in page
    assert person.email not in page
    assert stranger.post(path, {"mine": "yes", **DELIVER}).status_code == 200
    assert Request.objects.get(right=Right.ERASURE).settle == "deliver"
    assert verbs.carry_out_due() == 1
    assert ErasureRequest.objects.get().settle == "deliver"
    assert "on hold" in ada.browser.text("/account/requests/")


def test_the_page_says_until_when_it_can_be_taken_back(three_days: None, person: Person) -> None:
    member = Visitor().sign_in(person)
    assert "until then you can take it back" in member.text("/account/delete/")
    member.post("/account/delete/", {"password": person.password})
    page = member.text("/account/delete/")
    assert "It is carried out on a day" in page
    assert 'name="password"' not in page
    days_pass(3)
    assert verbs.resume() == 1
    assert is_gone(person)
    assert member.get("/account/").status_code == 302, "signed out everywhere"


def test_one_thing_is_deleted_with_a_receipt(person: Person) -> None:
    member = Visitor().sign_in(person)
    letter = Letter.objects.filter(subject=person.subject, due_at=None).first()
    assert letter is not None
    path = f"/account/data/letter/{letter.pk}/delete/"
    page = member.text(path)
    assert "Delete this?" in page
    assert '<div class="stack">' in page
    answer = member.post(path, follow=True)
    page = text(answer)
    assert "0 rows" in page
    found = re.findall(r'name="receipt" value="([^"]+)"', page)[0]
    for code, sign in (("&quot;", '"'), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        found = found.replace(code, sign)
    assert receipts.verify(found.encode()).subject == person.subject
    assert member.get(path).status_code == member.post(path).status_code == 404
    entry = answer.redirect_chain[0][0]
    assert Visitor().get(entry).status_code == 302


def test_what_cannot_go_alone_says_what_to_do(person: Person) -> None:
    member = Visitor().sign_in(person)
    [address] = [row for row in vault.rows_of(person.subject) if row.label() == "address"]
    path = f"/account/data/address/{address.pk}/delete/"
    assert "Change it, or delete everything" in member.text(path)
    assert "Change it, or delete everything" in text(member.post(path, follow=True))
    assert vault.find(type(address), "email", person.email) is not None
    with pytest.raises(AssertionError):
        assert verbs.delete_item(person.subject, label="address", row=address.pk, by=Actor.person(person.subject))
