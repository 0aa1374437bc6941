"""An invoice stays as it was issued when the name or the country in it is corrected; what is right stands beside it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.orders.conftest import BERLIN, Shop, billing, fresh, staff
from tests.orders.papers import archived, text
from upheld import vault
from upheld.orders import correcting, verbs
from upheld.orders.models import AsIssued, Document, Order, Trouble
from upheld.policy.actors import Actor
from upheld.vault import expiring

WRONG, RIGHT, NEWEST = "Ada Beispiel", "Ada Berichtigt", "Ada Neueste"


@pytest.fixture
def order(shop: Shop) -> Order:
    """One parcel, charged and delivered."""
    return delivered(shop, "guide")


def delivered(shop: Shop, *wanted: str) -> Order:
    order = shop.placed(*wanted)
    verbs.ship(order, by=staff(order), tracking="RR123456785DE")
    verbs.deliver(order, by=staff(order))
    return fresh(order)


def correct(order: Order, field: str, value: str) -> list[Document]:
    found = correcting.correct(order, field, value, by=Actor.person(order.subject))
    assert isinstance(found, list), found
    return found


def said(order: Order, kind: str) -> str:
    return text(verbs.document(fresh(order), kind, by=billing(order)))


def test_the_invoice_is_made_as_it_was_issued_and_the_correction_says_both(order: Order) -> None:
    issued = said(order, "invoice")
    assert WRONG in issued
    [correction] = correct(order, "name", RIGHT)
    assert (correction.kind, str(correction)) == ("correction", f"COR-{datetime.now(UTC).year}-000001")
    assert said(order, "invoice") == issued
    invoice = Document.objects.of(order).get(kind="invoice")
    pdf = verbs.document(fresh(order), "correction", by=billing(order))
    assert archived(pdf)
    for part in ("Correction number", str(correction), f"Corrects invoice {invoice}", WRONG, RIGHT, "stays as it was"):
        assert part in text(pdf)
    assert "EUR" not in text(pdf)
    assert RIGHT in said(order, "confirmation")


def test_each_further_correction_says_what_the_one_before_said(order: Order) -> None:
    correct(order, "name", RIGHT)
    correct(order, "country", "US")
    correct(order, "name", NEWEST)
    assert [str(each)[-1] for each in Document.objects.of(order).filter(kind="correction")] == ["1", "2", "3"]
    second, third = said(order, "correction-2"), said(order, "correction-3")
    assert ("Germany" in second, "United States" in second, WRONG in second) == (True, True, False)
    assert (RIGHT in third, NEWEST in third, WRONG in third, "United States" in third) == (True, True, False, True)
    assert WRONG in said(order, "invoice")
    assert NEWEST not in said(order, "correction")


def test_the_same_again_needs_no_correction(order: Order) -> None:
    assert correct(order, "name", WRONG) == []
    assert not AsIssued.objects.exists()
    correct(order, "name", RIGHT)
    assert correct(order, "name", RIGHT) == []
    assert Document.objects.of(order).filter(kind="correction").count() == 1


def test_what_is_issued_later_says_what_is_right(order: Order) -> None:
    correct(order, "name", RIGHT)
    verbs.refund(fresh(order), amount=100, reason="goodwill", by=billing(order))
    assert RIGHT in said(order, "credit_note")
    correct(order, "name", NEWEST)
    assert RIGHT in said(order, "credit_note")
    assert Document.objects.of(order).filter(kind="correction").count() == 2


def test_each_invoice_that_is_wrong_gets_one(shop: Shop) -> None:
    order = delivered(shop, "guide", "export")
    first, second = correct(order, "name", RIGHT)
    invoices = Document.objects.of(order).filter(kind="invoice").values_list("pk", flat=True)
    assert {first.corrects, second.corrects} == {*invoices}
    assert all(WRONG in said(order, kind) for kind in ("invoice", "invoice-2", "correction", "correction-2"))


def test_before_anything_is_issued_nothing_stands_beside(shop: Shop) -> None:
    assert correct(shop.placed("guide"), "name", RIGHT) == []
    assert not AsIssued.objects.exists()


def test_another_name_for_a_parcel_that_came_back_stands_beside_it(order: Order, shop: Shop) -> None:
    back = shop.placed("guide")
    verbs.ship(back, by=staff(back), tracking="RR11")
    for name, corrections in ((WRONG, 0), (RIGHT, 1)):
        verbs.trouble(back, kind="undeliverable", reason="address", by=staff(back, case="lost_parcel"))
        trouble, me = Trouble.objects.of(back).get(ended_at=None), Actor.person(back.subject)
        mended = verbs.mend_address(trouble, details=BERLIN | {"name": name, "city": "Potsdam"}, by=me)
        assert isinstance(mended, Order)
        assert Document.objects.of(back).filter(kind="correction").count() == corrections
        assert WRONG in said(back, "invoice")
        if not corrections:
            verbs.ship(fresh(back), by=staff(back), tracking="RR22")
    assert RIGHT in said(back, "correction")
    [books] = [each for each in fresh(back).envelopes() if "name" in each.fields]
    kept = AsIssued.objects.of(back)
    assert {row.kept_since.date() for row in kept} == {expiring.since(fresh(back), books)}
    assert kept.count() == 2


def test_it_outlives_an_erasure_and_ends_on_the_orders_own_day(order: Order) -> None:
    correct(order, "name", RIGHT)
    vault.shred(order.subject, by=Actor.person(order.subject))
    kept = fresh(order)
    assert {*kept.held()} == {"name", "country"}
    assert WRONG in said(kept, "invoice")
    assert RIGHT in said(kept, "correction")
    [envelope] = kept.envelopes()
    ends = [expiring.since(kept, envelope)]
    ends += [expiring.since(row, each) for row in AsIssued.objects.of(order) for each in row.envelopes()]
    assert len(set(ends)) == 1
    last = date(ends[0].year + 7, ends[0].month, ends[0].day) if ends[0] else date.max
    assert vault.expire_due(today=last - timedelta(days=1)) == 0
    vault.expire_due(today=last + timedelta(days=1))
    assert not any(model.objects.exists() for model in (AsIssued, Document, Order))
    assert not list(vault.rows_of(order.subject))
