"""Trouble is mended in place: another card, a right address, another item, or the order is given up."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import TestCase

from tests.orders.conftest import BERLIN, CAPTURE_FAILS, CHALLENGES, DECLINES_LATER, Shop, billing, fresh, staff, total
from tests.payments.people import say_at_the_bank
from upheld import vault
from upheld.orders import verbs
from upheld.orders.errors import NotNow, ReasonUnknown, TroubleUnknown
from upheld.orders.models import Line, Order, Shipment, Trouble
from upheld.orders.refunding import NOTHING_LEFT
from upheld.orders.sums import sums_of
from upheld.payments.answers import Challenged
from upheld.payments.models import Payment
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.actors import Actor
from upheld.policy.errors import Refused
from upheld.vault.models import Disclosure

Letters = Callable[[], list[Any]]


def trouble_of(order: Order) -> Trouble:
    return Trouble.objects.of(order).get(ended_at=None)


def me(order: Order) -> Actor:
    return Actor.person(order.subject)


def declined(shop: Shop, *wanted: str, number: str = DECLINES_LATER) -> Order:
    order = shop.drafted(*wanted, number=number)
    assert isinstance(shop.place(order), verbs.InTrouble)
    return fresh(order)


def undeliverable(shop: Shop) -> Order:
    order = shop.placed("guide")
    verbs.ship(order, by=staff(order), tracking="RR11")
    verbs.trouble(order, kind="undeliverable", reason="address", by=staff(order, case="lost_parcel"))
    return fresh(order)


def missing(shop: Shop, *wanted: str | tuple[str, int]) -> Order:
    order = shop.placed(*wanted)
    verbs.trouble(order, kind="out_of_stock", reason="guide", by=staff(order))
    return fresh(order)


def test_another_card_pays(shop: Shop) -> None:
    order = declined(shop, "guide", "export")
    answer = verbs.mend_card(trouble_of(order), card_token=shop.typed(), by=me(order))
    assert isinstance(answer, verbs.Placed)
    assert verbs.state(order) == "paid"
    assert (sums_of(order).authorised, sums_of(order).captured) == (total(order), 1071)
    assert Trouble.objects.of(order).get().ending == "mended"
    assert Payment.objects.filter(pays_for=order.pk).count() == 2


def test_a_card_that_is_declined_again_leaves_the_trouble(shop: Shop, letters: Letters) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        order = declined(shop, "guide")
        answer = verbs.mend_card(trouble_of(order), card_token=shop.typed(DECLINES_LATER), by=me(order))
    assert isinstance(answer, verbs.InTrouble)
    assert len(letters()) == 1
    refused = verbs.mend_card(trouble_of(order), card_token=shop.typed("4000000000000002"), by=me(order))
    assert isinstance(refused, verbs.Refusal)
    assert refused.field == "card"


def test_a_card_that_asks_the_bank_mends_once_the_bank_has_answered(shop: Shop, processor: Sandbox) -> None:
    order = declined(shop, "guide")
    answer = verbs.mend_card(trouble_of(order), card_token=shop.typed(CHALLENGES), by=me(order))
    assert isinstance(answer, Challenged)
    assert verbs.state(order) == "trouble"
    say_at_the_bank(processor, answer.url, "confirm")
    assert isinstance(verbs.carry_on(order, by=me(order)), verbs.Placed)
    assert verbs.state(order) == "paid"


def test_a_card_that_is_declined_when_the_parcel_leaves_is_mended_and_the_parcel_leaves(shop: Shop) -> None:
    order = shop.placed("guide", number=CAPTURE_FAILS)
    answer = verbs.ship(order, by=staff(order), tracking="RR123")
    assert isinstance(answer, verbs.InTrouble)
    assert not Shipment.objects.of(order).exists()
    assert not Disclosure.objects.filter(recipient="carrier").exists()
    with pytest.raises(NotNow, match="in trouble"):
        verbs.ship(order, by=staff(order), tracking="RR123")
    assert isinstance(verbs.mend_card(trouble_of(order), card_token=shop.typed(), by=me(order)), verbs.Placed)
    assert isinstance(verbs.ship(order, by=staff(order), tracking="RR123"), Shipment)
    assert (sums_of(order).captured, sums_of(order).reserved) == (total(order), 0)


def test_a_download_that_cannot_be_charged_is_in_trouble(shop: Shop) -> None:
    order = declined(shop, "export", number=CAPTURE_FAILS)
    assert isinstance(verbs.mend_card(trouble_of(order), card_token=shop.typed(), by=me(order)), verbs.Placed)
    assert sums_of(order).captured == total(order)


def test_a_corrected_address_is_shipped_to_again_and_the_carrier_told(shop: Shop) -> None:
    order = undeliverable(shop)
    details = BERLIN | {"address_line1": "Beispielweg 70", "address_line2": "Hinterhaus"}
    mended = verbs.mend_address(trouble_of(order), details=details, by=me(order))
    assert isinstance(mended, Order)
    assert verbs.state(fresh(order)) == "paid"
    notice = verbs.carrier_notices().get()
    assert (notice.because, notice.reason) == (order.reference, "corrected")
    verbs.tell_carrier(notice, by=staff(order))
    verbs.carrier_answered(notice, by=staff(order))
    assert not verbs.carrier_notices().exists()
    again = verbs.ship(fresh(order), by=staff(order), tracking="RR22")
    assert isinstance(again, Shipment)
    assert sums_of(order).captured == total(order)
    assert [each.because for each in Disclosure.objects.filter(recipient="carrier").order_by("at")] == [
        order.reference, again.reference
    ]  # fmt: skip
    opened = vault.open(fresh(order), ["address_line1"], by=me(order), purpose="fulfilment")
    assert opened["address_line1"] == "Beispielweg 70"


def test_an_address_that_is_no_address_or_elsewhere_mends_nothing(shop: Shop) -> None:
    order = undeliverable(shop)
    for details, field in ((BERLIN | {"city": ""}, "city"), (BERLIN | {"country": "US"}, "country")):
        answer = verbs.mend_address(trouble_of(order), details=details, by=me(order))
        assert isinstance(answer, verbs.Refusal)
        assert answer.field == field
    assert verbs.state(order) == "trouble"


def test_an_address_line_that_is_left_out_is_gone(shop: Shop) -> None:
    order = shop.placed("guide", details=BERLIN | {"address_line2": "Dachgeschoss"})
    verbs.trouble(order, kind="undeliverable", by=staff(order))
    verbs.mend_address(trouble_of(order), details=BERLIN, by=me(order))
    assert vault.open(fresh(order), ["address_line2"], by=me(order), purpose="fulfilment") == {"address_line2": ""}


def test_another_item_for_no_more_money_stands_in(shop: Shop) -> None:
    shop.sell("leaflet", price=450, stock=5)
    order = missing(shop, ("guide", 2), "export")
    charged = sums_of(order).authorised
    trouble = trouble_of(order)
    for sku, field in (("mount", "variant"), ("export", "variant"), ("guide", "variant")):
        answer = verbs.mend_item(trouble, variant=shop.variants[sku], by=me(order))
        assert isinstance(answer, verbs.Refusal)
        assert answer.field == field
    assert isinstance(verbs.mend_item(trouble, variant=shop.variants["leaflet"], by=me(order)), Order)
    assert (shop.stock("leaflet"), shop.stock("guide")) == (3, 8)
    verbs.ship(order, by=staff(order), tracking="RR1234")
    assert sums_of(order).captured == total(order) < charged
    assert sums_of(order).reserved == 0


def test_what_is_sold_out_mends_nothing(shop: Shop) -> None:
    shop.sell("leaflet", price=450, stock=1)
    order = missing(shop, ("guide", 2))
    answer = verbs.mend_item(trouble_of(order), variant=shop.variants["leaflet"], by=me(order))
    assert isinstance(answer, verbs.Refusal)
    assert shop.stock("leaflet") == 1


def test_what_the_order_holds_already_stands_in_for_nothing(shop: Shop) -> None:
    shop.sell("leaflet", price=450, stock=5)
    order = missing(shop, "guide", "leaflet")
    answer = verbs.mend_item(trouble_of(order), variant=shop.variants["leaflet"], by=me(order))
    assert isinstance(answer, verbs.Refusal)
    assert (answer.field, shop.stock("leaflet")) == ("variant", 4)


def test_what_stood_in_comes_back_and_what_was_missing_does_not(shop: Shop) -> None:
    shop.sell("leaflet", price=450, stock=5)
    order = missing(shop, ("guide", 2))
    verbs.mend_item(trouble_of(order), variant=shop.variants["leaflet"], by=me(order))
    assert shop.stock("leaflet") == 3
    verbs.cancel(order, by=me(order))
    assert (shop.stock("leaflet"), shop.stock("guide")) == (5, 8)


@pytest.mark.parametrize("kind", [declined, undeliverable, missing])
def test_every_trouble_can_be_given_up(shop: Shop, kind: Callable[..., Order]) -> None:
    order = kind(shop) if kind is undeliverable else kind(shop, "guide")
    assert verbs.give_up(trouble_of(order), by=me(order))
    assert verbs.state(fresh(order)) == "cancelled"
    sums = sums_of(order)
    assert (sums.reserved, sums.held) == (0, 0)
    assert Trouble.objects.of(order).get().ending == "cancelled"


def test_stock_that_was_not_there_does_not_come_back(shop: Shop) -> None:
    order = missing(shop, ("guide", 2))
    verbs.give_up(trouble_of(order), by=me(order))
    assert shop.stock("guide") == 8


def test_a_trouble_is_mended_once_and_in_its_own_way(shop: Shop) -> None:
    order = declined(shop, "guide")
    trouble = trouble_of(order)
    with pytest.raises(NotNow):
        verbs.mend_address(trouble, details=BERLIN, by=me(order))
    with pytest.raises(Refused):
        verbs.mend_card(trouble, card_token="x", by=Actor.person(order.pk))
    verbs.give_up(trouble, by=me(order))
    for again in (verbs.give_up, verbs.mend_address):
        with pytest.raises(NotNow, match="nothing to mend"):
            again(trouble, by=me(order), **({"details": BERLIN} if again is verbs.mend_address else {}))
    with pytest.raises(NotNow):
        verbs.mend_card(trouble, card_token=shop.typed(), by=me(order))


def test_only_troubles_that_staff_can_find_are_told_by_them(shop: Shop) -> None:
    order, draft = shop.placed("guide", "mount"), shop.drafted("guide")
    with pytest.raises(TroubleUnknown):
        verbs.trouble(order, kind="declined", by=staff(order))
    for reason in ("", "socks", "export"):
        with pytest.raises(ReasonUnknown):
            verbs.trouble(order, kind="out_of_stock", reason=reason, by=staff(order))
    with pytest.raises(ReasonUnknown):
        verbs.trouble(order, kind="undeliverable", reason="Ada has moved to Paris", by=staff(order))
    with pytest.raises(NotNow):
        verbs.trouble(draft, kind="undeliverable", by=staff(draft))


def test_the_same_trouble_is_told_once(shop: Shop, letters: Letters) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        order = shop.placed("guide")
        one = verbs.trouble(order, kind="undeliverable", by=staff(order))
        assert verbs.trouble(order, kind="undeliverable", by=staff(order)) == one
    assert [letter["Subject"] for letter in letters()] == ["We have your order", "Your order needs you"]


def test_a_dispute_is_told_and_is_the_banks_to_end(shop: Shop, processor: Sandbox) -> None:
    order = shop.placed("export", details={"country": "US"})
    payment = Payment.objects.get(pays_for=order.pk)
    processor.steer(f"charges/{payment.processor_id}/dispute")
    verbs.carry_on(order, by=me(order))
    assert (verbs.state(order), sums_of(order).held) == ("trouble", 0)
    with pytest.raises(NotNow, match="your bank decides"):
        verbs.give_up(trouble_of(order), by=me(order))
    assert verbs.refund(order, by=billing(order)) == NOTHING_LEFT
    processor.steer(f"charges/{payment.processor_id}/dispute/close", outcome="won")
    verbs.carry_on(order, by=me(order))
    assert verbs.state(order) == "paid"
    assert Line.objects.of(order).count() == 1
