"""Whoever opens something on a case and does nothing on it is reported."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from tests.cases.test_noticing import clerk, conversation, kinds, looked_until
from tests.working import member, on_case
from upheld import vault
from upheld.cases import counting, notes, taking
from upheld.cases.models import Oddity, Turn
from upheld.contact.models import Address
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.ledger.models import Entry
from upheld.policy.actors import Actor
from upheld.staff.models import Member

__all__ = ["clerk", "conversation"]  # fixtures
pytestmark = pytest.mark.django_db


def later(turn: Turn, ago: timedelta) -> None:
    """Everything about it happened so long ago."""
    ended = turn.until - ago if turn.until else None
    Turn.objects.filter(pk=turn.pk).update(since=turn.since - ago, until=ended)
    for entry in Entry.objects.of(turn.subject):
        moved = UUID(int=entry.id.int - (int(ago.total_seconds() * 1000) << 80))
        Entry.objects.filter(pk=entry.pk).update(id=moved)


def judged() -> list[str]:
    looked_until(counting._hour(timezone.now() - timedelta(hours=3)))
    counting.count_due()
    return kinds()


def open_on(conversation: Conversation, by: Actor) -> None:
    address = Address.objects.get(subject=conversation.subject)
    vault.open(address, ["email"], by=by, purpose="reply", because=conversation.reference)


def test_opening_without_doing_anything_is_reported_a_day_later(clerk: Member, conversation: Conversation) -> None:
    case, by = on_case(clerk, "conversation", conversation.pk)
    open_on(conversation, by)
    taking.hand_back(case, by=clerk)
    assert judged() == []
    later(Turn.objects.get(), timedelta(hours=26))
    assert judged() == ["no_action"]
    oddity = Oddity.objects.get()
    assert (oddity.member, oddity.case) == (clerk.pk, f"conversation:{conversation.pk}")
    assert oddity.figure == "1 openings, and nothing done"


def test_a_case_that_is_kept_for_days_is_reported_too(clerk: Member, conversation: Conversation) -> None:
    _, by = on_case(clerk, "conversation", conversation.pk)
    open_on(conversation, by)
    later(Turn.objects.get(), timedelta(hours=26))
    assert judged() == []
    later(Turn.objects.get(), timedelta(hours=48))
    assert judged() == ["no_action"]


def test_each_three_days_are_judged_and_a_note_is_nothing_done(clerk: Member, conversation: Conversation) -> None:
    case, by = on_case(clerk, "conversation", conversation.pk)
    conversations.answer(conversation, text="We are looking for it.", by=by)
    later(Turn.objects.get(), timedelta(hours=70))
    open_on(conversation, by)
    assert judged() == []
    later(Turn.objects.get(), timedelta(hours=4))
    assert judged() == [], "they answered in the first three"
    open_on(conversation, by)
    notes.note(case, text="She called.", by=clerk)
    later(Turn.objects.get(), timedelta(hours=72))
    assert judged() == ["no_action"]
    open_on(conversation, by)
    taking.hand_back(case, by=clerk)
    Oddity.objects.all().delete()
    later(Turn.objects.get(), timedelta(hours=26))
    assert judged() == ["no_action"], "on the sixth day"


def test_whoever_did_something_or_opened_nothing_is_not_reported(clerk: Member, conversation: Conversation) -> None:
    case, by = on_case(clerk, "conversation", conversation.pk)
    open_on(conversation, by)
    conversations.answer(conversation, text="It is on its way.", by=by)
    taking.hand_back(case, by=clerk)
    later(Turn.objects.get(), timedelta(hours=26))
    other = member("support")
    case, _ = on_case(other, "conversation", conversation.pk)
    taking.hand_back(case, by=other)
    later(Turn.objects.get(member=other.pk), timedelta(hours=26))
    assert judged() == []
