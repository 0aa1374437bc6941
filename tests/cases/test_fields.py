"""A case shows what its job needs of it, masked until it is asked for, and nothing of any other case or order."""

from uuid import uuid4

import pytest

from tests.orders.conftest import BERLIN, Shop
from tests.people import Person
from tests.working import member, on_case
from upheld import ledger
from upheld.cases import fields, taking
from upheld.cases.errors import NoSuchCase, NotYours
from upheld.cases.fields import Field
from upheld.cases.models import Case
from upheld.conversations import verbs as conversations
from upheld.orders.models import Order
from upheld.payments.models import Card
from upheld.policy.acts import Act
from upheld.policy.errors import Refused
from upheld.staff.models import Member
from upheld.vault import restricting
from upheld.vault.errors import Restricted

pytestmark = pytest.mark.django_db

STREET = "address_line1"


def started(clerk: Member, kind: str, order: Order) -> Case:
    return taking.start(kind, order.pk, subject=order.subject, number=order.number, reason="asked_by_person", by=clerk)


def shown(case: Case, clerk: Member) -> dict[str, str | None]:
    return {each.name: each.masked for each in fields.fields(case, by=clerk)}


def one(case: Case, clerk: Member, name: str) -> Field:
    return next(each for each in fields.fields(case, by=clerk) if each.name == name)


def opened(case: Case, clerk: Member, field: Field) -> str | None:
    return fields.open_field(case, field.row_label, field.row, field.name, by=clerk)


@pytest.fixture
def order(shop: Shop, person: Person) -> Order:
    return shop.placed("guide", who=person)


def test_billing_sees_the_card_and_no_street(order: Order) -> None:
    clerk = member("billing")
    assert shown(started(clerk, "refund", order), clerk) == {
        "email": "c•••@•••.org", "name": "A•••", "country": "•••",
        "brand": "•••", "last4": "•••• 4242", "expiry": "•••",
    }  # fmt: skip


def test_shipping_sees_the_street_and_no_card(order: Order) -> None:
    clerk = member("shipping")
    case, _ = on_case(clerk, "shipment", order.pk)
    names = shown(case, clerk).keys()
    assert names == {"email", "name", STREET, "city", "postal_code", "country"}


def test_service_sees_the_address_alone(order: Order) -> None:
    clerk = member("support")
    assert shown(started(clerk, "order_trouble", order), clerk).keys() == {"email"}


def test_it_opens_one_value_and_that_is_on_record(order: Order) -> None:
    clerk = member("shipping")
    case, _ = on_case(clerk, "shipment", order.pk)
    street = one(case, clerk, STREET)
    assert (street.title, street.purpose, street.masked) == ("Postal address: first line", "fulfilment", "•••")
    assert opened(case, clerk, street) == BERLIN[STREET]
    entry = ledger.Entry.objects.filter(act=Act.FIELD_OPEN).latest("id")
    assert (entry.subject, entry.facts["fields"]) == (order.subject, [STREET])
    assert entry.facts["because"] == f"shipment:{order.pk}"
    fields.copied(case, street.row_label, street.row, street.name, by=clerk)
    fields.printed(case, street.row_label, street.row, street.name, by=clerk)
    assert ledger.Entry.objects.filter(act__in=(Act.FIELD_COPY, Act.FIELD_PRINT)).count() == 2


def test_masking_is_one_entry_for_each_kind_of_row(order: Order) -> None:
    clerk = member("billing")
    case = started(clerk, "refund", order)
    shown(case, clerk)
    rows = [entry.facts["row"].partition(":")[0] for entry in ledger.Entry.objects.filter(act=Act.FIELD_MASK)]
    assert sorted(rows) == ["address", "card", "order"]


def test_nothing_of_another_order_opens(shop: Shop, order: Order, person: Person) -> None:
    clerk = member("shipping")
    other = shop.placed("mount", who=person)
    case, _ = on_case(clerk, "shipment", order.pk)
    assert {each.row for each in fields.fields(case, by=clerk) if each.row_label == "order"} == {order.pk}
    with pytest.raises(Refused, match="holds no such value"):
        fields.open_field(case, "order", other.pk, STREET, by=clerk)


@pytest.mark.parametrize(
    ("label", "name"),
    [("order", STREET), ("card", "token"), ("card", "number"), ("order", "sealed"), ("account", "password"), ("", "")],
)
def test_what_is_forged_opens_nothing(order: Order, label: str, name: str) -> None:
    clerk = member("billing")
    case = started(clerk, "refund", order)
    card = Card.objects.get(subject=order.subject)
    for row in (order.pk, card.pk, uuid4()):
        for verb in (fields.open_field, fields.copied, fields.printed):
            with pytest.raises(Refused, match="holds no such value"):
                verb(case, label, row, name, by=clerk)
    assert not ledger.Entry.objects.filter(act__in=(Act.FIELD_COPY, Act.FIELD_PRINT)).exists()


def test_a_case_of_somebody_else_shows_nothing(order: Order) -> None:
    clerk, other = member("shipping"), member("shipping")
    case, _ = on_case(clerk, "shipment", order.pk)
    street = one(case, clerk, STREET)
    assert fields.fields(case, by=other) == []
    with pytest.raises(NotYours):
        opened(case, other, street)
    taking.hand_over(case, to=other, by=clerk)
    assert fields.fields(case, by=clerk) == []  # the row that is in hand still says it is theirs
    with pytest.raises(NotYours):
        opened(case, clerk, street)


def test_a_closed_case_shows_nothing(order: Order) -> None:
    clerk = member("billing")
    case = started(clerk, "refund", order)
    name = one(case, clerk, "name")
    taking.close(case, by=clerk)
    assert fields.fields(case, by=clerk) == []
    with pytest.raises(NoSuchCase):
        opened(case, clerk, name)


def test_who_refused_the_use_is_left_alone(order: Order, person: Person) -> None:
    clerk = member("shipping")
    case, _ = on_case(clerk, "shipment", order.pk)
    street = one(case, clerk, STREET)
    restricting.restrict(person.subject, ["fulfilment"], by=person.me)
    refused = one(case, clerk, STREET)
    assert (refused.masked, refused.why_not) == (
        None, "They asked us not to use this for Filling your order. It stays closed until they lift that.",
    )  # fmt: skip
    with pytest.raises(Restricted):
        opened(case, clerk, street)


def test_a_guest_is_reached_by_what_the_order_says(shop: Shop) -> None:
    clerk = member("shipping")
    case, _ = on_case(clerk, "shipment", shop.placed("guide").pk)
    assert opened(case, clerk, one(case, clerk, "email")) == "guest@example.org"


def test_a_conversation_is_read_whole_on_its_case(person: Person) -> None:
    begun = [
        conversations.begin(person.subject, title="", text=text, reason="order", by=person.me, acknowledged=False)
        for text in ("Where is it?", "Another matter")
    ]
    clerk = member("support")
    case, _ = on_case(clerk, "conversation", begun[0].pk)
    assert shown(case, clerk).keys() == {"email"}
    assert [said.text for said in fields.read_conversation(case, by=clerk)] == ["Where is it?"]
    with pytest.raises(NotYours):
        fields.read_conversation(case, by=member("support"))


def test_each_datum_is_opened_for_what_the_matter_is_about() -> None:
    assert fields.purpose_of("order_trouble", "email") == "order_trouble"
    assert fields.purpose_of("lost_parcel", "name") == "fulfilment"
    assert fields.purpose_of("emergency", "name") == "billing"
    assert fields.purpose_of("emergency", "address") == "fulfilment"
    assert fields.purpose_of("refund", "message") == "reply"
    assert fields.purpose_of("refund", "password") == ""
