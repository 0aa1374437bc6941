"""Someone who bought something sees it in words, corrects it, and is told what a law keeps of it."""

from datetime import timedelta
from decimal import Decimal
from typing import NoReturn

import pytest
from django.utils import timezone
from uuid_utils.compat import uuid7

from tests.rights.conftest import Planted
from upheld import vault
from upheld.orders import placing
from upheld.orders.answers import Placed
from upheld.orders.models import Document, Line, Order, Shipment, Step, Trouble
from upheld.payments import processors
from upheld.payments import verbs as payments
from upheld.payments.errors import Unreachable
from upheld.payments.models import Card, Instruction, Movement, Payment
from upheld.payments.processor import Kind
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.actors import Actor
from upheld.rights import verbs
from upheld.rights.checks import buying
from upheld.rights.errors import Unacceptable
from upheld.rights.seen import records
from upheld.rights.seen.exporting import document
from upheld.rights.seen.held import Item
from upheld.vault.models import Notice

ADDRESS = {"name": "Ann Canary", "address_line1": "1 Canary Row", "city": "Canaryton", "postal_code": "C1"}


def bought(someone: Planted, *, placed: bool = True) -> Order:
    """The rows of an order that was paid, as the rooms leave them."""
    now, subject, by = timezone.now(), someone.subject, someone.by
    card = vault.collect(
        Card(subject=subject, processor="sandbox", added_at=now, chosen_at=now, looked_at=now),
        {"brand": "visa", "last4": "4242", "expiry": "2031-04", "token": "tok"}, source="order", by=by,
    )  # fmt: skip
    order = Order(
        subject=subject, number="7KQ4M-X2P9D", currency="EUR", card=card.pk, drafted_at=now,
        placed_at=now if placed else None,
    )  # fmt: skip
    vault.collect(order, {**ADDRESS, "country": "DE"}, source="order", by=by)
    Line.objects.create(
        subject=subject, order=order.pk, variant=uuid7(), sku="GUIDE", title="Printed guide", kind="parcel", quantity=2,
        price=1000, tax_name="VAT", tax_rate=Decimal(7), tax=140,
    )  # fmt: skip
    return order


def paid(order: Order) -> None:
    now, subject = timezone.now(), order.subject
    payment = Payment.objects.create(
        subject=subject, pays_for=order.pk, attempt=1, card=order.card, processor="sandbox", amount=2140,
        currency="EUR", created_at=now,
    )  # fmt: skip
    of = {"subject": subject, "pays_for": order.pk, "payment": payment.pk}
    Instruction.objects.create(**of, kind="capture", amount=2140, asked_at=now, outcome="done")
    Movement.objects.create(**of, kind="capture", amount=2140, at=now, processor_id="mv_1")
    Document.objects.create(
        subject=subject, order=order.pk, kind="invoice", series="INV-2026", number=7, amount=2140, tax=140,
        issued_at=now,
    )  # fmt: skip
    Step.objects.create(subject=subject, order=order.pk, kind="captured", at=now, by="shop", amount=2140)
    Trouble.objects.create(subject=subject, order=order.pk, kind="declined", found_at=now, ends_at=now)
    vault.collect(
        Shipment(subject=subject, order=order.pk, carrier="manual", asked_at=now, shipped_at=now),
        {"tracking": "TRACK7"}, source="order", by=Actor.system("orders"),
    )  # fmt: skip


@pytest.fixture
def order(ann: Planted) -> Order:
    order = bought(ann)
    paid(order)
    return order


def items(ann: Planted) -> dict[str, Item]:
    return {f"{item.label}.{item.field}": item for item in verbs.see(ann.subject, by=ann.by).items}


def test_each_field_has_a_title_of_its_own(ann: Planted, order: Order) -> None:
    titles = {name: item.title for name, item in items(ann).items()}
    assert titles["order.name"] == "Name"
    assert titles["order.country"] == "Country"
    assert titles["order.address_line1"] == "Postal address: first line"
    assert titles["order.city"] == "Postal address: city"
    assert titles["card.last4"] == "Payment card: last four digits"
    assert titles["shipment.tracking"] == "Postal address: tracking number of the parcel"
    assert len(set(titles.values())) == len(titles)


def test_every_row_is_told_in_words(ann: Planted, order: Order) -> None:
    said = {record.label: record.words for record in verbs.see(ann.subject, by=ann.by).records if record.words}
    assert said["line"] == "2 of Printed guide: €20.00, VAT €1.40; order 7KQ4M-X2P9D."
    assert said["payment"] == "€21.40 through sandbox; order 7KQ4M-X2P9D."
    assert said["movement"] == "Taken from your card: €21.40; order 7KQ4M-X2P9D."
    assert said["instruction"] == "To take €21.40: done."
    assert said["document"].startswith("Invoice ")
    assert said["document"].endswith(": €21.40.")
    assert said["step"] == "Captured, by shop, €21.40; order 7KQ4M-X2P9D."
    assert said["trouble"] == "Declined, waiting to be mended; order 7KQ4M-X2P9D."
    assert {"order", "card", "shipment"} <= said.keys()


def test_every_kind_of_movement_has_words() -> None:
    assert records._MOVED.keys() == set(Kind)


def test_the_copy_has_all_of_it(ann: Planted, order: Order) -> None:
    copy = document(verbs.see(ann.subject, by=ann.by))
    assert {"line", "payment", "movement", "document", "step"} <= {each["label"] for each in copy["records"]}
    assert {"TRACK7", "4242", "Ann Canary", "Canaryton", "DE"} <= {each["value"] for each in copy["held"]}


def over(order: Order) -> None:
    Step.objects.create(
        subject=order.subject, order=order.pk, kind="cancelled", at=timezone.now(), by="shop", reason="expired"
    )


def on_its_way(order: Order) -> None:
    """Paid and not shipped yet."""
    Shipment.objects.all().delete()
    Trouble.objects.all().delete()


def test_the_country_of_an_open_order_stays_since_its_tax_depends_on_it(ann: Planted, order: Order) -> None:
    on_its_way(order)
    with pytest.raises(Unacceptable, match="Tax and shipping depend on the country"):
        verbs.correct(ann.subject, label="order", row=order.pk, field="country", value="US", by=ann.by)


def test_an_address_of_an_open_order_is_read_as_its_country_writes_it(ann: Planted, order: Order) -> None:
    on_its_way(order)
    with pytest.raises(Unacceptable, match="ostcode"):
        verbs.correct(ann.subject, label="order", row=order.pk, field="postal_code", value="nowhere", by=ann.by)
    verbs.correct(ann.subject, label="order", row=order.pk, field="postal_code", value=" 20359 ", by=ann.by)
    assert items(ann)["order.postal_code"].value == "20359"


def test_an_address_is_not_changed_while_the_parcel_is_handed_over(ann: Planted, order: Order) -> None:
    on_its_way(order)
    Shipment.objects.create(subject=ann.subject, order=order.pk, carrier="manual", asked_at=timezone.now())
    with pytest.raises(Unacceptable, match="being handed over"):
        verbs.correct(ann.subject, label="order", row=order.pk, field="name", value="Ann C.", by=ann.by)


@pytest.mark.parametrize(
    ("field", "typed", "held"),
    [
        ("city", " Nowhere ", "Nowhere"),
        ("country", "gb", "GB"),
        ("country", "switzerland", "CH"),
        ("name", "Ann C.", "Ann C."),
    ],
)
def test_an_order_is_corrected_in_place(ann: Planted, order: Order, field: str, typed: str, held: str) -> None:
    over(order)
    verbs.correct(ann.subject, label="order", row=order.pk, field=field, value=typed, by=ann.by)
    assert items(ann)[f"order.{field}"].value == held


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("country", "Atlantis"),
        ("country", "EU"),
        ("city", "two\nlines"),
        ("city", "4242 4242 4242 4242"),
        ("name", "4000-0000-0000-0341"),
    ],
)
def test_what_cannot_be_is_refused_in_words(ann: Planted, order: Order, field: str, typed: str) -> None:
    with pytest.raises(Unacceptable, match=r"[.]$"):
        verbs.correct(ann.subject, label="order", row=order.pk, field=field, value=typed, by=ann.by)
    assert items(ann)[f"order.{field}"].value == {**ADDRESS, "country": "DE"}[field]


def test_the_ways_to_correct_what_a_buyer_gave() -> None:
    ways = {name: verbs.how_to_correct("order", name) for name in ("name", "city", "country", "email")}
    assert set(ways.values()) == {"here"}
    assert verbs.how_to_correct("card", "expiry") == "replace"


def test_a_carrier_with_the_old_address_is_told_and_the_person_sees_it(ann: Planted, order: Order) -> None:
    vault.disclose(order, ["name", "city"], to="carrier", by=Actor.system("orders"), because=order.reference)
    verbs.correct(ann.subject, label="order", row=order.pk, field="city", value="Elsewhere", by=ann.by)
    [told] = verbs.see(ann.subject, by=ann.by).notices
    assert (told.recipient, told.because, told.reason, told.told) == ("carrier", order.reference, "corrected", None)
    assert told.title == "The carrier who brings your parcel"


def test_what_a_law_keeps_is_told_before(ann: Planted, order: Order) -> None:
    planned = verbs.plan(ann.subject)
    [staying] = planned.stays
    assert staying.titles[:2] == ("Country", "Name") or staying.titles[:2] == ("Name", "Country")
    assert set(staying.titles[2:]) == {
        "Charges (1)",
        "Things ordered, with their prices (1)",
        "Amounts paid and given back (1)",
        "What the payment processor was asked for (1)",
        "Invoices, credit notes and corrections (1)",
    }
    assert staying.until is not None
    going = {each.label: each for each in planned.goes}
    assert going["order"].titles == ("Postal address",)
    assert {"step", "shipment", "card", "trouble"} <= going.keys()
    assert not {"line", "payment", "movement", "document"} & going.keys()


def test_a_draft_is_in_nobodys_books(ann: Planted) -> None:
    bought(ann, placed=False)
    planned = verbs.plan(ann.subject)
    assert planned.stays == ()
    assert "line" in {each.label for each in planned.goes}


def test_the_books_stay_and_nothing_else(ann: Planted, order: Order) -> None:
    receipt = verbs.erase(ann.subject, by=ann.by)
    left = {model.label() for model in vault.people() if model._base_manager.filter(subject=ann.subject).exists()}
    assert left == {"order", "line", "payment", "instruction", "movement", "document"}
    assert set(Order.objects.get(pk=order.pk).held()) == {"name", "country"}
    assert receipt.clean
    [kept] = receipt.kept
    assert "Things ordered" in kept
    assert "Tax law" in kept


@pytest.fixture
def sandbox() -> Sandbox:
    found = processors.current()
    assert isinstance(found, Sandbox)
    found.steer("reset")
    return found


def reserved(ann: Planted, sandbox: Sandbox) -> Order:
    """An order whose money is reserved, and whose parcel waits."""
    token = buying.type_card(sandbox, buying.card_number())
    card = payments.add_card(ann.subject, token=token, source="order", by=ann.by)
    order = bought(ann)
    Order.objects.filter(pk=order.pk).update(card=card.pk)
    order.refresh_from_db()
    assert isinstance(placing.pay(order, by=ann.by), Placed)
    return order


def test_what_is_reserved_is_released_and_the_processor_forgets(ann: Planted, sandbox: Sandbox) -> None:
    reserved(ann, sandbox)
    verbs.erase(ann.subject, by=ann.by)
    [charge] = sandbox.charges()
    assert [(moved.kind, moved.amount) for moved in charge.movements] == [("authorise", 2140), ("cancel", 2140)]
    assert payments.reconcile().differences == []
    assert {each.answer for each in Notice.objects.filter(subject=ann.subject, recipient="processor")} == {"done"}


def test_a_processor_that_is_silent_keeps_nobody_from_their_erasure(
    ann: Planted, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = reserved(ann, sandbox)
    with monkeypatch.context() as patch:
        patch.setattr(Sandbox, "_post", _silent)
        assert verbs.erase(ann.subject, by=ann.by).clean
    assert set(Order.objects.get(pk=order.pk).held()) == {"name", "country"}
    Instruction.objects.update(asked_at=timezone.now() - timedelta(hours=1))
    payments.recover()
    payments.tell_processor()
    [charge] = sandbox.charges()
    assert [moved.kind for moved in charge.movements] == ["authorise", "cancel"]
    assert payments.reconcile().differences == []
    assert not Notice.objects.filter(subject=ann.subject, recipient="processor", answered_at=None).exists()


def _silent(*_: object, **__: object) -> NoReturn:
    raise Unreachable


def test_after_it_nobody_reads_the_books_but_who_keeps_them(ann: Planted, order: Order) -> None:
    verbs.erase(ann.subject, by=ann.by)
    held = verbs.see(ann.subject, by=ann.by)  # whoever still has a link to the order
    assert {item.field: (item.value, item.withheld != "") for item in held.items} == {
        "name": (None, True),
        "country": (None, True),
    }


def test_every_recipient_hears_of_the_erasure(ann: Planted, order: Order) -> None:
    vault.disclose(order, ["name", "city"], to="carrier", by=Actor.system("orders"), because=order.reference)
    verbs.erase(ann.subject, by=ann.by)
    assert [(each.recipient, each.reason) for each in Notice.objects.filter(subject=ann.subject)] == [
        ("carrier", "erased")
    ]
