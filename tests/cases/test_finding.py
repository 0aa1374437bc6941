"""Somebody is found by exactly what they gave, on record; and nobody looks around."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.orders.conftest import Shop
from tests.orders.conftest import staff as made_up
from tests.people import Person
from tests.rights.requesting import ask
from tests.working import member
from upheld import ledger
from upheld.cases import finding, taking
from upheld.cases.errors import NotYourJob, TooManySearches
from upheld.cases.finding import Found
from upheld.cases.models import Oddity
from upheld.conversations import verbs as conversations
from upheld.orders import verbs as orders
from upheld.orders.models import Order
from upheld.policy import decisions
from upheld.policy.acts import Act
from upheld.rights.models import Right

pytestmark = pytest.mark.django_db

TRACKING = "RR123456785DE"


@pytest.fixture
def order(shop: Shop, person: Person) -> Order:
    return shop.placed("guide", who=person)


@pytest.fixture
def shipped(order: Order, monkeypatch: pytest.MonkeyPatch) -> Order:
    with monkeypatch.context() as here:
        here.setattr(decisions, "_guards", [])
        orders.ship(order, by=made_up(order), tracking=TRACKING)
    return order


def searches() -> list[ledger.Entry]:
    return list(ledger.Entry.objects.filter(act=Act.SEARCH_MAKE).order_by("id"))


def test_an_order_is_found_by_its_number_as_people_say_it(order: Order) -> None:
    clerk = member("billing")
    found = [Found("order", order.pk, order.subject, order.number, ("refund",))]
    for said in (order.number, f"  {order.number.lower()} ", order.number.replace("-", " ")):
        assert finding.find(said, by=clerk) == found
    assert [(each.subject, each.facts) for each in searches()] == [(order.subject, {"way": "order", "found": 1})] * 3


def test_what_waits_for_the_job_is_named(order: Order) -> None:
    (found,) = finding.find(order.number, by=member("shipping", "support"))
    assert found.kinds == ("shipment", "lost_parcel", "order_trouble")
    (found,) = finding.find(order.number, by=member("privacy"))
    assert found.kinds == ()


def test_a_person_is_found_by_the_whole_address_with_what_can_be_done(order: Order, person: Person) -> None:
    begun = conversations.begin(
        person.subject, title="", text="Hello", reason="order", by=person.me, acknowledged=False
    )
    found = finding.find(f" {person.email.upper()} ", by=member("support"))
    assert [(each.thing, each.about, each.kinds) for each in found] == [
        ("person", person.subject, ()),
        ("order", order.pk, ("order_trouble",)),
        ("conversation", begun.pk, ("conversation",)),
    ]
    assert [each.facts["way"] for each in searches()] == ["email"]
    assert person.email not in str([bytes(each.body) for each in searches()])


def test_conversations_and_requests_are_found_by_their_numbers(
    person: Person, letters: Callable[[], list[Any]]
) -> None:
    begun = conversations.begin(
        person.subject, title="", text="Hello", reason="order", by=person.me, acknowledged=False
    )
    (found,) = finding.find(begun.number.lower(), by=member("support"))
    assert (found.thing, found.kinds) == ("conversation", ("conversation",))
    (asked,) = ask([Right.ERASURE], email=person.email)
    (found,) = finding.find(asked.number, by=member("privacy"))
    assert (found.thing, found.subject, found.kinds) == ("request", person.subject, ("rights_request",))


def test_a_parcel_is_found_by_its_tracking_number(shipped: Order) -> None:
    (found,) = finding.find("rr 123 456 785 de", by=member("shipping"))
    assert (found.thing, found.about, found.number) == ("order", shipped.pk, shipped.number)
    assert searches()[-1].facts["way"] == "tracking"


@pytest.mark.parametrize(
    "wanted",
    ["%", "*", "_", "@", "*@*", "%@example.org", "R-%", "C-", "C-________", "a" * 5000, "RR12345678", "\0", "'--"],
)
def test_a_part_or_a_wildcard_finds_nobody(wanted: str, shipped: Order, person: Person) -> None:
    assert finding.find(wanted, by=member("shipping", "support", "privacy", "billing")) == []
    (entry,) = searches()
    assert (entry.subject, entry.facts["found"]) == (None, 0)


def test_a_part_of_an_address_finds_nobody(person: Person) -> None:
    local, _, domain = person.email.partition("@")
    clerk = member("support")
    for typed in (local, f"@{domain}", person.email[1:], person.email[:-1]):
        assert finding.find(typed, by=clerk) == []
    assert finding.find("   ", by=clerk) == []  # no search at all
    assert len(searches()) == 4


def test_a_draft_of_an_order_is_not_found(shop: Shop) -> None:
    assert finding.find(shop.drafted("guide").number, by=member("billing")) == []


def test_who_works_on_no_cases_does_not_search(order: Order) -> None:
    for job in ("news", "shop", "administration"):
        with pytest.raises(NotYourJob):
            finding.find(order.number, by=member(job))
    assert searches() == []


def test_too_many_searches_are_refused_and_reported(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "SEARCHES", finding.Limit("cases.searches", 3, 3600))
    clerk = member("billing")
    for _ in range(3):
        finding.find("00000-00000", by=clerk)
    for _ in range(2):
        with pytest.raises(TooManySearches, match="privacy officer was told"):
            finding.find(order.number, by=clerk)
    assert [(each.kind, each.member) for each in Oddity.objects.all()] == [("rate", clerk.pk)]
    assert len(searches()) == 3
    assert finding.find(order.number, by=member("billing"))  # a colleague's hour is their own


def test_what_is_found_can_be_started(order: Order) -> None:
    clerk = member("billing")
    (found,) = finding.find(order.number, by=clerk)
    case = taking.start(
        found.kinds[0], found.about, subject=found.subject, number=found.number, reason="goodwill", by=clerk
    )
    assert case.taken_by == clerk.pk
