"""Ordering through the pages: what is told, and what is never done twice."""

import re

import pytest
from django.utils import timezone

from tests.payments.conftest import browser
from tests.people import Person
from tests.web.buying import BERLIN, CHALLENGES, DECLINES_LATER, Buyer, ada, guest, processor, started, text, typed
from tests.web.conftest import Visitor
from tests.web.shop import put
from upheld.accounts import limits
from upheld.accounts.models import Visit
from upheld.orders.models import Line, Order
from upheld.payments.models import Card, Movement
from upheld.payments.sandbox.client import Sandbox
from upheld.policy import Policy, force, loads
from upheld.web.views import order as order_views

__all__ = ["ada", "guest", "processor", "started", "typed"]


def charged() -> int:
    return Movement.objects.filter(kind="authorise").count()


def without_guests() -> Policy:
    published = force.in_force().text.decode()
    return loads(published.replace("guests: [order]\n", "").encode())


def test_a_guest_orders(guest: Buyer) -> None:
    answer = guest.draft(guest.shop.guide, guest.shop.licence)
    assert answer["Location"] == "/order/review/"
    page = guest.browser.text("/order/review/")
    for said in ("Ada Beispiel", "Beispielweg 7", "10115 BERLIN", "guest@example.org", "Visa", "ending in 4242",
                 "VAT 19%", "Order and pay $158.27", "The carrier who brings your parcel", "Test money"):  # fmt: skip
        assert said in page, said
    assert charged() == 0
    answer = guest.place()
    assert answer["Location"] == "/order/thanks/"
    page = guest.browser.text("/order/thanks/")
    order = Order.objects.placed().get()
    assert order.number in page
    assert charged() == 1
    assert [letter["To"] for letter in guest.letters()] == ["guest@example.org"]
    assert "There is nothing in it." in guest.browser.text("/basket/"), "the next one is a new one"


def test_someone_signed_in_orders_with_a_card_on_file(ada: Buyer, person: Person) -> None:
    first = ada.buy(ada.shop.licence)
    assert first.subject == person.subject
    card = Card.objects.get()
    ada.fill(ada.shop.support)
    page = ada.browser.text("/order/")
    assert f'value="{person.email}"' in page
    assert "ending in 4242" in page
    second = ada.buy(ada.shop.guide, card=str(card.pk))
    assert second.card == card.pk
    assert Card.objects.count() == 1
    assert "Engine" not in page


def test_without_guests_one_signs_in_and_comes_back(
    guest: Buyer, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = without_guests()
    monkeypatch.setattr(force, "in_force", lambda: policy)
    guest.fill(guest.shop.licence)
    answer = guest.browser.get("/order/")
    assert answer["Location"] == "/sign-in/?next=%2Forder%2F"
    given = {"email": person.email, "password": person.password}
    assert guest.browser.post(answer["Location"], given)["Location"] == "/order/"
    assert guest.browser.get("/order/").status_code == 200


def test_nobody_else_sees_the_draft(guest: Buyer, person: Person) -> None:
    guest.draft(guest.shop.guide)
    assert Visitor().get("/order/review/")["Location"] == "/order/"
    guest.browser.sign_in(person)
    assert guest.browser.get("/order/review/")["Location"] == "/order/"
    assert "Beispielweg" not in guest.browser.text("/order/")


def test_a_stranger_who_types_an_address_sees_no_card_of_it(guest: Buyer) -> None:
    guest.buy(guest.shop.licence)
    stranger = Buyer(Visitor(), guest.shop, guest.typed, guest.commits, guest.letters)
    assert stranger.draft(guest.shop.licence, number=DECLINES_LATER)["Location"] == "/order/review/"
    page = stranger.browser.text("/order/")
    assert "0341" in page
    assert "4242" not in page
    theirs = Card.objects.order_by("added_at").first()
    assert theirs
    page = text(stranger.browser.post("/order/", stranger.form(card=str(theirs.pk))))
    assert "4242" not in page
    assert 'id="id_card_error"' in page
    assert stranger.place()["Location"] == "/order/thanks/"
    page = stranger.browser.text("/order/thanks/")
    assert "A letter is on its way to you." in page
    assert "/order/mend/" not in page, "the way to mend goes to the address alone"


def test_a_price_that_changed_meanwhile_is_told_and_not_charged(guest: Buyer) -> None:
    guest.draft(guest.shop.licence)
    total = guest.total()
    guest.shop.licence.price += 100
    guest.shop.licence.save()
    page = text(guest.place(total))
    assert "The price has changed since you saw it." in page
    assert "Order and pay $107.10" in page
    assert charged() == 0
    assert guest.place()["Location"] == "/order/thanks/"


@pytest.mark.parametrize("total", ["", "x", "-1", "1", "9" * 30])
def test_no_other_total_is_charged(guest: Buyer, total: str) -> None:
    guest.draft(guest.shop.licence)
    assert guest.place(total).status_code == 200
    assert charged() == 0


def test_pressed_twice_it_is_charged_once(guest: Buyer) -> None:
    guest.draft(guest.shop.licence)
    total, cookie = guest.total(), guest.browser.cookies["__Host-basket"].value
    for _ in range(3):
        guest.browser.cookies["__Host-basket"] = cookie
        assert guest.place(total)["Location"] == "/order/thanks/"
    assert charged() == 1
    assert Order.objects.count() == 1


def test_a_form_that_comes_from_two_tabs_makes_one_order(guest: Buyer) -> None:
    guest.draft(guest.shop.licence)
    cookie = guest.browser.cookies["__Host-basket"].value
    guest.draft()
    guest.place()
    guest.browser.cookies["__Host-basket"] = cookie
    assert guest.browser.post("/order/", guest.form())["Location"] == "/order/thanks/"
    guest.browser.cookies["__Host-basket"] = cookie
    assert guest.place("10591")["Location"] == "/order/thanks/"
    assert Order.objects.count() == 1
    assert charged() == 1


def test_going_back_after_ordering_leads_to_the_thanks(guest: Buyer) -> None:
    guest.buy(guest.shop.licence)
    assert guest.browser.get("/order/review/")["Location"] == "/order/thanks/"
    assert guest.browser.get("/order/")["Location"] == "/order/thanks/"


@pytest.mark.parametrize("path", ["/order/", "/order/review/"])
def test_an_answer_that_never_came_leaves_no_basket_behind(guest: Buyer, path: str) -> None:
    guest.draft(guest.shop.licence)
    cookie = guest.browser.cookies["__Host-basket"].value
    guest.place()
    guest.browser.cookies["__Host-basket"] = cookie
    assert guest.browser.get(path)["Location"] == "/order/thanks/"
    assert "There is nothing in it." in guest.browser.text("/basket/")


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_not_known_any_more_is_told_that_it_is_ordered(guest: Buyer, method: str) -> None:
    guest.draft(guest.shop.licence)
    cookie = guest.browser.cookies["__Host-basket"].value
    guest.place()
    stranger = Visitor()
    stranger.cookies["__Host-basket"] = cookie
    assert stranger.get("/order/review/")["Location"] == "/order/"
    form = guest.form(email="stranger@example.org") if method == "post" else {}
    page = text(getattr(stranger, method)("/order/", form, follow=True))
    assert "is ordered already" in page
    assert "There is nothing in it." in page
    assert stranger.get("/order/thanks/")["Location"] == "/basket/"


def test_a_basket_that_changed_since_is_looked_over_again(guest: Buyer) -> None:
    guest.draft(guest.shop.licence)
    total = guest.total()
    guest.fill(guest.shop.support)
    for answer in (guest.place(total), guest.browser.get("/order/review/")):
        assert answer["Location"] == "/order/"
    assert "Your basket has changed." in guest.browser.text("/order/")
    assert charged() == 0


def test_what_is_withdrawn_meanwhile_is_told(guest: Buyer) -> None:
    guest.draft(guest.shop.licence)
    total = guest.total()
    guest.shop.licence.product.withdrawn_at = timezone.now()
    guest.shop.licence.product.save()
    guest.place(total)
    assert "no longer sold" in guest.browser.text("/basket/")
    assert guest.browser.get("/order/")["Location"] == "/basket/"
    assert charged() == 0


def test_the_last_one_is_sold_once(guest: Buyer) -> None:
    guest.shop.guide.stock = 1
    guest.shop.guide.save()
    other = Buyer(Visitor(), guest.shop, guest.typed, guest.commits, guest.letters, email="other@example.org")
    guest.draft(guest.shop.guide)
    other.draft(guest.shop.guide)
    total = other.total()
    assert guest.place()["Location"] == "/order/thanks/"
    other.place(total)
    assert "sold out" in other.browser.text("/basket/")
    assert charged() == 1


def test_an_empty_basket_is_not_ordered(guest: Buyer) -> None:
    assert guest.browser.get("/order/")["Location"] == "/basket/"
    assert guest.browser.post("/order/", guest.form())["Location"] == "/basket/"
    assert guest.browser.get("/order/review/")["Location"] == "/order/"
    assert guest.browser.get("/order/thanks/")["Location"] == "/basket/"
    assert "does not know your order" in guest.browser.text("/order/paid/")


def test_a_bank_that_asks_leads_to_its_page_and_back(guest: Buyer, processor: Sandbox) -> None:
    guest.draft(guest.shop.licence, number=CHALLENGES)
    answer = guest.place()
    page = text(answer)
    assert "On to the sandbox" in page, "localhost:8443 is another origin than the test client's"
    challenge = re.findall(r'href="https://localhost:8443(/sandbox/challenge/[^"]+)"', page)[0]
    assert "Your bank has not answered yet" in guest.browser.text("/order/thanks/")
    with browser(processor) as bank:
        said = bank.post(f"http://sandbox{challenge}", data={"answer": "confirm"}, headers={"Host": "localhost:8443"})
    assert said.status_code in {302, 303}, said.text
    with guest.commits(execute=True):
        assert guest.browser.get("/order/paid/")["Location"] == "/order/thanks/"
    assert "Thank you" in guest.browser.text("/order/thanks/")
    assert charged() == 1


def test_nothing_typed_is_in_any_address_or_session(guest: Buyer) -> None:
    answers = [guest.draft(guest.shop.guide), guest.place()]
    for value in (*BERLIN.values(), guest.email):
        if len(value) > 2:
            assert not any(value in answer["Location"] for answer in answers)
            assert not any(value in visit.data for visit in Visit.objects.all())


def test_the_order_is_what_was_in_the_basket(guest: Buyer) -> None:
    put(guest.browser, guest.shop.guide, 3)
    order = guest.buy(guest.shop.support)
    lines = Line.objects.of(order).exclude(variant=None).values_list("sku", "quantity", "price")
    assert set(lines) == {("GUIDE", 3, 2900), ("SUPPORT", 1, 24000)}


def test_an_address_is_not_ordered_for_without_end(guest: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_views, "BY_ADDRESS", limits.Limit("orders.to", 2, 3600))
    for _ in range(2):
        assert guest.draft(guest.shop.licence).status_code == 302
    answer = guest.draft(guest.shop.licence)
    assert answer.status_code == 429
    assert "Too many tries for now" in text(answer)
    guest.email = "another@example.org"
    assert guest.draft(guest.shop.licence).status_code == 302
