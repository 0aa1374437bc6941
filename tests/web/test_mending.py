"""The link that mends: what it shows to whom, and what stays of it in a session."""

import time

import pytest

from tests.web.buying import CHALLENGES, DECLINES_LATER, Buyer, ada, guest, processor, started, text, typed
from tests.web.conftest import Visitor
from upheld.accounts.models import Visit
from upheld.orders import verbs
from upheld.orders.models import Trouble
from upheld.payments.models import Card

__all__ = ["ada", "guest", "processor", "started", "typed"]


def test_whoever_reads_a_second_address_is_shown_no_card_and_charges_none(ada: Buyer) -> None:
    ada.buy(ada.shop.licence)
    good = Card.objects.get()
    order = ada.buy(ada.shop.guide, number=DECLINES_LATER, email="second@example.org")
    path = ada.link("mend")
    reader = Visitor()
    page = reader.text(path)
    assert "could not be charged" in page
    assert "4242" not in page
    assert "0341" not in page
    with ada.commits(execute=True):
        page = text(reader.post(path, {"card": str(good.pk)}, follow=True))
    assert 'id="id_card_error"' in page
    assert "4242" not in page
    assert verbs.state(order) == "trouble"
    assert "ending in 4242" in ada.browser.text(path), "they are there"
    with ada.commits(execute=True):
        assert "It is mended." in text(ada.browser.post(path, {"card": str(good.pk)}, follow=True))


def test_a_card_of_their_own_is_taken_from_whoever_reads_a_second_address(ada: Buyer) -> None:
    order = ada.buy(ada.shop.guide, number=DECLINES_LATER, email="second@example.org")
    with ada.commits(execute=True):
        page = text(Visitor().post(ada.link("mend"), {"card_token": ada.typed()}, follow=True))
    assert "It is mended." in page
    assert verbs.state(order) == "paid"


def test_no_link_rests_in_a_session(guest: Buyer) -> None:
    guest.buy(guest.shop.guide, number=DECLINES_LATER)
    path = guest.link("mend")
    guest.browser.get(path)
    token = path.strip("/").rpartition("/")[2]
    assert not any(token in str(guest.browser.session.items()) or token in visit.data for visit in Visit.objects.all())
    assert "mending" in guest.browser.session


def test_the_way_back_is_good_for_an_hour(guest: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    guest.buy(guest.shop.guide, number=DECLINES_LATER)
    guest.browser.get(guest.link("mend"))
    answer = guest.browser.get("/order/mend/card/")
    assert answer["Location"].startswith("/order/mend/")
    assert "No card was typed." in text(guest.browser.get(answer["Location"]))
    now = time.time()
    monkeypatch.setattr("upheld.web.people.time.time", lambda: now + 3700)
    for path in ("/order/mend/card/", "/order/mend/"):
        assert guest.browser.get(path).status_code == 410


def test_the_bank_that_asks_about_the_other_card_leads_back(guest: Buyer) -> None:
    guest.buy(guest.shop.guide, number=DECLINES_LATER)
    elsewhere = Visitor()
    assert "On to the sandbox" in text(elsewhere.post(guest.link("mend"), {"card_token": guest.typed(CHALLENGES)}))
    answer = elsewhere.get("/order/mend/")
    assert "On to the sandbox" in text(answer), "it was not answered yet"
    assert Trouble.objects.get().ended_at is None
