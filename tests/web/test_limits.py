"""How often an order is made: nobody fills a mailbox through ours, or tries out stolen cards."""

import pytest

from tests.web.buying import Buyer, guest, processor, started, text, typed
from tests.web.conftest import Visitor
from upheld.accounts import limits
from upheld.orders.models import Order
from upheld.web.views import order as order_views

__all__ = ["guest", "processor", "started", "typed"]


def test_one_address_is_not_sent_letters_without_end(guest: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LETTERS_FROM_HERE", limits.Limit("letters.to_from_here", 1, 3600))
    guest.buy(guest.shop.licence)
    guest.draft(guest.shop.licence)
    answer = guest.place()
    assert answer.status_code == 429
    assert "Too many tries for now" in text(answer)
    assert Order.objects.placed().count() == 1
    guest.email = "another@example.org"
    assert guest.buy(guest.shop.licence).placed_at


def test_cards_are_not_tried_out_without_end_from_one_place(guest: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_views, "CARDS_FROM_HERE", limits.Limit("orders.cards_here", 2, 3600))
    for nth in range(2):
        assert guest.draft(guest.shop.licence, email=f"{nth}@example.org").status_code == 302
    answer = guest.draft(guest.shop.licence, email="2@example.org")
    assert answer.status_code == 429
    card = str(Order.objects.get().card)
    assert guest.draft(email="1@example.org", card=card)["Location"] == "/order/review/", "no new card, no try"
    other = Buyer(Visitor(REMOTE_ADDR="192.0.2.9"), guest.shop, guest.typed, guest.commits, guest.letters)
    assert other.draft(guest.shop.licence).status_code == 302
