"""Cases end with what they were about, and wait again when whoever had them is gone."""

import pytest
from django.db import transaction
from django.utils import timezone

from tests.people import Person
from tests.working import member, on_case
from upheld import ledger
from upheld.cases import sweeping, taking
from upheld.cases.models import Case, Turn
from upheld.cases.notes import note
from upheld.cli import periodic
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.ledger.models import Entry
from upheld.orders.models import Order
from upheld.policy.acts import Act
from upheld.staff.models import Member
from upheld.vault import first_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(person: Person) -> Conversation:
    by = person.me
    return conversations.begin(person.subject, title="", text="Where is it?", reason="order", by=by, acknowledged=False)


def test_the_worker_does_it_each_minute() -> None:
    assert (periodic.MINUTE, sweeping.settle) in [each for lane in periodic.EVERY for each in lane]


def test_a_case_ends_with_what_it_was_about(conversation: Conversation, person: Person) -> None:
    case, _ = on_case(member("support"), "conversation", conversation.pk)
    assert sweeping.settle() == 0
    conversations.close(conversation, by=person.me)
    assert sweeping.settle() == 1
    assert sweeping.settle() == 0
    assert Case.objects.get(pk=case.pk).closed_at
    assert Turn.objects.get(case=case.pk).ending == "closed"
    entry = ledger.Entry.objects.get(act=Act.CASE_CLOSE)
    assert entry.facts == {"case": f"conversation:{conversation.pk}", "number": conversation.number}


def test_one_that_nobody_has_ends_too(conversation: Conversation, person: Person) -> None:
    clerk = member("support")
    case, _ = on_case(clerk, "conversation", conversation.pk)
    taking.hand_back(case, by=clerk)
    conversations.close(conversation, by=person.me)
    assert sweeping.settle() == 1
    assert Turn.objects.get(case=case.pk).ending == "handed_back"


def test_one_that_staff_started_stays_until_they_close_it(person: Person) -> None:
    now = timezone.now()
    order = Order.objects.create(
        subject=person.subject, number="00000-0000X", currency="EUR", card=person.subject, drafted_at=now, placed_at=now
    )
    clerk = member("billing")
    case = taking.start("refund", order.pk, subject=person.subject, number=order.number, reason="goodwill", by=clerk)
    assert sweeping.settle() == 0
    taking.close(case, by=clerk)
    assert sweeping.settle() == 0


def test_one_that_staff_started_and_let_lie_ends(person: Person) -> None:
    clerk = member("privacy")
    given = {"subject": person.subject, "number": "", "reason": "authority", "by": clerk}
    case = taking.start("rights_request", person.subject, **given)
    long_ago = timezone.now() - sweeping.IDLE
    Case.objects.filter(pk=case.pk).update(opened_at=long_ago, taken_at=long_ago)
    note(case, text="Nothing new.", by=clerk)
    by = taking.acts_as(clerk, case)
    with transaction.atomic():
        done = ledger.append(Act.REQUEST_STEP, by=by, subject=person.subject, facts={})
    assert sweeping.settle() == 0
    Entry.objects.filter(pk=done.pk).update(id=first_id(long_ago))
    assert sweeping.settle() == 1
    assert sweeping.settle() == 0
    assert Case.objects.get().closed_at
    assert Turn.objects.get().ending == "lapsed"


@pytest.mark.parametrize(("changed", "ending"), [({"left_at": timezone.now()}, "left"), ({"jobs": ["news"]}, "lapsed")])
def test_who_left_or_lost_the_job_has_it_no_more(
    changed: dict[str, object], ending: str, conversation: Conversation
) -> None:
    clerk = member("support")
    case, _ = on_case(clerk, "conversation", conversation.pk)
    Member.objects.filter(pk=clerk.pk).update(**changed)
    assert sweeping.settle() == 1
    assert sweeping.settle() == 0
    assert Turn.objects.get(case=case.pk).ending == ending
    case, _ = on_case(member("support"), "conversation", conversation.pk)
    assert sweeping.settle() == 0


def test_one_that_fails_keeps_no_other_waiting(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    by = person.me
    for text in ("One", "Two"):
        begun = conversations.begin(person.subject, title="", text=text, reason="order", by=by, acknowledged=False)
        on_case(member("support"), "conversation", begun.pk)
        conversations.close(begun, by=by)
    real, calls = taking.end, list[Case]()

    def end(case: Case, **given: object) -> Case:
        calls.append(case)
        if len(calls) == 1:
            raise RuntimeError
        return real(case, **given)

    monkeypatch.setattr(taking, "end", end)
    with pytest.raises(RuntimeError):
        sweeping.settle()
    assert Case.objects.open().count() == 1
