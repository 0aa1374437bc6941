"""A case is one member's at a time, and opens while it is theirs and open."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from tests.people import Person
from tests.working import member, on_case
from upheld import ledger, vault
from upheld.cases import kinds, relations, taking
from upheld.cases.errors import ChooseAnother, IsDerived, NoSuchCase, NotYourJob, NotYours, ReasonNeeded, TakenBy
from upheld.cases.models import Case, Glass, Turn
from upheld.contact.models import Address
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.errors import Refused
from upheld.staff.models import Member
from upheld.vault.keys.models import Erasure

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(person: Person) -> Conversation:
    by = Actor.person(person.subject)
    return conversations.begin(person.subject, title="", text="Where is it?", reason="order", by=by, acknowledged=False)


def opens(conversation: Conversation, by: Actor) -> str | None:
    address = Address.objects.get(subject=conversation.subject)
    return vault.open(address, ["email"], by=by, purpose="reply", because=conversation.reference)["email"]


def test_it_opens_while_it_is_theirs(conversation: Conversation, person: Person) -> None:
    clerk, other = member("support"), member("support")
    case, by = on_case(clerk, "conversation", conversation.pk)
    assert opens(conversation, by) == person.email
    with pytest.raises(TakenBy, match=f"worked on by {clerk.pseudonym}"):
        taking.take("conversation", conversation.pk, by=other)
    with pytest.raises(Refused, match="is not theirs"):
        opens(conversation, Actor.staff(other.pk, job="support", case=by.case))
    taking.hand_back(case, by=clerk)
    with pytest.raises(Refused, match="is not theirs"):
        opens(conversation, by)
    with pytest.raises(NotYourJob):
        taking.take("conversation", conversation.pk, by=member("billing"))


def test_it_opens_no_more_when_it_is_closed(conversation: Conversation) -> None:
    clerk = member("support")
    _, by = on_case(clerk, "conversation", conversation.pk)
    conversations.close(conversation, by=by)
    with pytest.raises(Refused, match="is closed"):
        opens(conversation, by)
    assert by.case
    made_up = replace(by, case=replace(by.case, id=uuid4()))
    with pytest.raises(Refused, match="there is no open case"):
        opens(conversation, made_up)


def test_who_left_opens_nothing_any_more(conversation: Conversation) -> None:
    clerk = member("support")
    _, by = on_case(clerk, "conversation", conversation.pk)
    Member.objects.filter(pk=clerk.pk).update(left_at=timezone.now())
    with pytest.raises(Refused, match="they do not work here"):
        opens(conversation, by)


def turns(case: Case) -> list[tuple[UUID, str]]:
    return list(Turn.objects.filter(case=case.pk).order_by("since", "id").values_list("member", "ending"))


def test_it_is_handed_over_to_whoever_holds_the_job(conversation: Conversation, person: Person) -> None:
    clerk, other = member("support"), member("support", "billing")
    case, by = on_case(clerk, "conversation", conversation.pk)
    with pytest.raises(NotYourJob):
        taking.hand_over(case, to=member("billing"), by=clerk)
    gone = member("support")
    Member.objects.filter(pk=gone.pk).update(left_at=timezone.now())
    with pytest.raises(Refused, match="they do not work here"):
        taking.hand_over(case, to=gone, by=clerk)
    assert opens(conversation, by) == person.email  # nothing was handed anywhere
    case = taking.hand_over(case, to=other, by=clerk)
    assert (case.taken_by, opens(conversation, taking.acts_as(other, case))) == (other.pk, person.email)
    with pytest.raises(NotYours):
        taking.hand_over(case, to=clerk, by=clerk)
    assert turns(case) == [(clerk.pk, "handed_over"), (other.pk, "")]
    acts = ledger.Entry.objects.filter(act__startswith="cases:case:").order_by("id")
    assert [each.act for each in acts] == [Act.CASE_TAKE, Act.CASE_HAND_OVER], "the colleague did nothing"
    assert acts[1].facts["to"] == str(other.pk)


def test_nobody_hears_to_whom_a_colleague_is_close(conversation: Conversation, person: Person) -> None:
    clerk, other = member("support"), member("support")
    relations.declare(other, address=person.email, kind="relative")
    case, _ = on_case(clerk, "conversation", conversation.pk)
    with pytest.raises(ChooseAnother) as refused:
        taking.hand_over(case, to=other, by=clerk)
    assert str(refused.value) == "Choose another colleague for this one."
    assert Case.objects.get().taken_by == clerk.pk


def test_an_emergency_is_over_for_whoever_holds_no_job_any_more(conversation: Conversation) -> None:
    asker, now = member("support"), timezone.now()
    glass = Glass.objects.create(
        subject=conversation.subject, number="E-7K3Q9XMT", reason="safety", asked_by=asker.pk, asked_at=now,
        agreed_by=member("billing").pk, ends_at=now + timedelta(minutes=15),
    )  # fmt: skip
    case, by = on_case(asker, "emergency", glass.pk)
    opens(conversation, by)
    Member.objects.filter(pk=asker.pk).update(jobs=[])
    with pytest.raises(Refused, match="they do not hold the job emergency"):
        opens(conversation, by)
    with pytest.raises(NotYourJob):
        taking.acts_as(Member.objects.get(pk=asker.pk), case)


def test_the_turns_tell_who_had_it_when(conversation: Conversation) -> None:
    clerk, other = member("support"), member("support")
    case, _ = on_case(clerk, "conversation", conversation.pk)
    assert taking.take("conversation", conversation.pk, by=clerk) == case  # again: nothing new
    taking.hand_back(case, by=clerk)
    for _ in range(2):
        with pytest.raises(NotYours):
            taking.hand_back(case, by=clerk)
    case, by = on_case(other, "conversation", conversation.pk)
    conversations.close(conversation, by=by)
    with pytest.raises(NoSuchCase):
        taking.hand_back(case, by=other)
    with pytest.raises(NoSuchCase):
        taking.take("conversation", conversation.pk, by=clerk)
    taking.end(case, by=taking.US)
    taking.end(case, by=taking.US)
    assert turns(case) == [(clerk.pk, "handed_back"), (other.pk, "closed")]
    rows = list(Turn.objects.order_by("since"))
    assert rows[0].until
    assert rows[0].since <= rows[0].until <= rows[1].since


def test_only_what_staff_started_is_closed_by_them(conversation: Conversation, person: Person) -> None:
    clerk, officer = member("support"), member("privacy")
    case, _ = on_case(clerk, "conversation", conversation.pk)
    with pytest.raises(IsDerived):
        taking.close(case, by=clerk)
    started = begun(officer, person.subject)
    assert [each.about for each in kinds.matters("rights_request")] == [person.subject]
    taking.hand_back(started, by=officer)
    other = member("privacy")
    taken, _ = on_case(other, "rights_request", person.subject)
    assert taken == started
    with pytest.raises(NotYours):
        taking.close(started, by=officer)
    closed = taking.close(started, by=other)
    assert closed.closed_at
    with pytest.raises(NoSuchCase):
        taking.close(started, by=other)
    assert list(kinds.matters("rights_request")) == []


def begun(by: Member, subject: UUID, *, about: UUID | None = None, kind: str = "rights_request", **given: str) -> Case:
    reason = given.get("reason", "asked_by_person")
    return taking.start(kind, about or subject, subject=subject, number="", reason=reason, by=by)


def test_a_case_is_started_with_a_reason_on_a_thing_of_that_person(person: Person) -> None:
    officer, clerk = member("privacy"), member("support")
    with pytest.raises(ReasonNeeded, match="asked_by_person, legal_hold, authority"):
        begun(officer, person.subject, reason="curious")
    with pytest.raises(ReasonNeeded, match="not started by staff"):
        begun(clerk, person.subject, kind="conversation")
    with pytest.raises(NotYourJob):
        begun(clerk, person.subject)
    for subject, about in ((person.subject, uuid4()), (uuid4(), person.subject), (uuid4(), None)):
        with pytest.raises(NoSuchCase):
            begun(officer, subject, about=about)
    with pytest.raises(NoSuchCase):
        begun(member("billing"), person.subject, kind="refund", reason="goodwill")  # no order has the person's id
    assert not Case.objects.exists()


def test_a_case_about_a_person_has_a_number_of_its_own(person: Person) -> None:
    case = begun(member("privacy"), person.subject)
    assert re.fullmatch("P-[0-9A-Z]{8}", case.number)
    assert str(NotYours(case)) == f"Request {case.number} is not yours: take it first."


def test_who_loses_the_job_opens_nothing_from_then_on(conversation: Conversation) -> None:
    clerk = member("support")
    _, by = on_case(clerk, "conversation", conversation.pk)
    Member.objects.filter(pk=clerk.pk).update(jobs=["news"])
    with pytest.raises(Refused, match="they do not hold the job support"):
        opens(conversation, by)
    with pytest.raises(NotYourJob):
        taking.take("conversation", conversation.pk, by=Member.objects.get(pk=clerk.pk))


def test_a_case_says_nothing_for_another_job(conversation: Conversation) -> None:
    """Who holds two jobs works in the one that the case is for."""
    clerk = member("support", "shipping")
    _, by = on_case(clerk, "conversation", conversation.pk)
    with pytest.raises(Refused, match="does not work on conversation"):
        opens(conversation, replace(by, job="shipping"))


def test_no_kind_that_is_made_up_is_taken(conversation: Conversation) -> None:
    clerk = member("support", "administration", "privacy")
    for kind in ("", "staff", "oversight", "news", "conversations"):
        with pytest.raises((NotYourJob, NoSuchCase)):
            taking.take(kind, conversation.pk, by=clerk)
    with pytest.raises(NoSuchCase):
        taking.take("conversation", uuid4(), by=clerk)
    with pytest.raises(NoSuchCase):
        taking.take("emergency", conversation.pk, by=clerk)


def test_nothing_can_be_taken_of_whoever_is_being_erased(conversation: Conversation) -> None:
    Erasure.objects.create(subject=conversation.subject, started_at=timezone.now())
    with pytest.raises(NoSuchCase):
        taking.take("conversation", conversation.pk, by=member("support"))
