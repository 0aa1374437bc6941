"""The check of what staff did upholds what holds, and sees a look outside every turn."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.people import Person
from tests.working import member, on_case
from upheld import ledger, vault
from upheld.cases import promises, taking
from upheld.cases.models import Turn
from upheld.contact.models import Address
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.conversations.promises import reply_only
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.staff.models import Member

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(person: Person) -> Conversation:
    by = Actor.person(person.subject)
    return conversations.begin(person.subject, title="", text="Where is it?", reason="order", by=by, acknowledged=False)


def look(conversation: Conversation, by: Actor) -> None:
    address = Address.objects.get(subject=conversation.subject)
    vault.open(address, ["email"], by=by, purpose="reply", because=conversation.reference)


def test_the_check_of_answers_asks_about_nobody_and_needs_no_case(conversation: Conversation) -> None:
    assert reply_only().upheld


def test_it_holds_through_hands_that_change(conversation: Conversation) -> None:
    ann, bob = member("support"), member("support")
    case, by = on_case(ann, "conversation", conversation.pk)
    look(conversation, by)
    case = taking.hand_over(case, to=bob, by=ann)
    look(conversation, taking.acts_as(bob, case))
    finding = promises.within_turns()
    assert finding.upheld
    assert finding.figure.startswith("2 looks")


@pytest.mark.parametrize("act", [Act.FIELD_OPEN, Act.FIELD_COPY])
def test_a_look_without_a_turn_breaks_it(conversation: Conversation, act: Act) -> None:
    """Written past the verbs, as a fault of ours would."""
    clerk = member("support")
    _, by = on_case(clerk, "conversation", conversation.pk)
    curious = Actor.staff(member("support").pk, job="support", case=by.case)
    facts: dict[str, ledger.Fact] = {"row": "address", "fields": ["email"], "purpose": "reply"}
    ledger.append(act, by=curious, subject=conversation.subject, facts=facts)
    finding = promises.within_turns()
    assert finding.upheld is False
    assert "lies outside every turn" in finding.details[0]


def test_a_look_after_the_turn_breaks_it(conversation: Conversation) -> None:
    _, by = on_case(member("support"), "conversation", conversation.pk)
    look(conversation, by)
    before = timezone.now() - timedelta(hours=1)
    Turn.objects.update(since=before, until=before + timedelta(minutes=1))
    assert promises.within_turns().upheld is False


def test_what_was_before_there_were_members_is_left_alone(conversation: Conversation) -> None:
    _, by = on_case(member("support"), "conversation", conversation.pk)
    look(conversation, by)
    Turn.objects.all().delete()
    assert promises.within_turns().upheld is False
    Member.objects.update(invited_at=timezone.now() + timedelta(seconds=1))
    assert promises.within_turns().upheld
