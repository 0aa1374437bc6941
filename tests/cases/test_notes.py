"""Notes and drafts: sealed, on their case alone, and gone in time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.people import Person
from tests.working import member, on_case
from upheld import ledger
from upheld.cases import drafts, notes, sweeping, taking
from upheld.cases.errors import NoSuchCase, NoteHoldsCard, NoteTooLong, NotYours
from upheld.cases.models import Case, Draft, Note
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.orders.models import Order
from upheld.policy.acts import Act
from upheld.policy.errors import Refused
from upheld.rights import verbs as rights
from upheld.staff.models import Member
from upheld.vault import expiring

pytestmark = pytest.mark.django_db

CARD = "My card is 4242 4242 4242 4242, take it"


@pytest.fixture
def conversation(person: Person) -> Conversation:
    by = person.me
    return conversations.begin(person.subject, title="", text="Where is it?", reason="order", by=by, acknowledged=False)


@pytest.fixture
def clerk() -> Member:
    return member("support")


@pytest.fixture
def case(conversation: Conversation, clerk: Member) -> Case:
    return on_case(clerk, "conversation", conversation.pk)[0]


def test_a_note_is_for_whoever_works_on_it_next(case: Case, clerk: Member) -> None:
    notes.note(case, text="She called about it twice.", by=clerk)
    taking.hand_over(case, to=(other := member("support")), by=clerk)
    assert [(row.member, text) for row, text in notes.notes_of(case_now(case), by=other)] == [
        (clerk.pk, "She called about it twice.")
    ]
    with pytest.raises(NotYours):
        notes.notes_of(case_now(case), by=clerk)
    entry = ledger.Entry.objects.get(act=Act.NOTE_KEEP)
    assert entry.facts["case"] == f"conversation:{case.about}"


def test_a_note_is_short_and_holds_no_card(case: Case, clerk: Member) -> None:
    notes.note(case, text="x" * notes.LONGEST, by=clerk)
    with pytest.raises(NoteTooLong, match="longer than 2000"):
        notes.note(case, text="x" * (notes.LONGEST + 1), by=clerk)
    for verb in (notes.note, drafts.keep):
        with pytest.raises(NoteHoldsCard):
            verb(case, text=CARD, by=clerk)
    assert Note.objects.count() == 1
    assert not Draft.objects.exists()


def test_a_draft_is_kept_in_place_of_the_one_before(case: Case, clerk: Member) -> None:
    assert drafts.draft_of(case, by=clerk) == ""
    drafts.keep(case, text="Dear", by=clerk)
    drafts.keep(case, text="Dear friend", by=clerk)
    assert drafts.draft_of(case, by=clerk) == "Dear friend"
    assert Draft.objects.count() == 1
    drafts.keep(case, text="  ", by=clerk)
    drafts.drop(case, by=clerk)
    assert not Draft.objects.exists()


def test_a_draft_is_its_writers_alone(case: Case, clerk: Member) -> None:
    drafts.keep(case, text="Dear friend", by=clerk)
    taking.hand_over(case, to=(other := member("support")), by=clerk)
    assert drafts.draft_of(case_now(case), by=other) == ""
    for verb in (drafts.draft_of, drafts.drop):
        with pytest.raises(NotYours):
            verb(case_now(case), by=clerk)
    with pytest.raises(NotYours):
        drafts.keep(case_now(case), text="And more", by=clerk)


def test_closing_takes_the_drafts_and_the_period_of_notes_begins(
    case: Case, clerk: Member, conversation: Conversation, person: Person
) -> None:
    kept = notes.note(case, text="She called.", by=clerk)
    drafts.keep(case, text="Dear friend", by=clerk)
    conversations.close(conversation, by=taking.acts_as(clerk, case))
    with pytest.raises(NoSuchCase):
        notes.note(case, text="Too late", by=clerk)
    assert sweeping.settle() == 1
    assert not Draft.objects.exists()
    closed = case_now(case).closed_at
    assert Note.objects.get(pk=kept.pk).closed_at == closed is not None
    conversations.add(conversation, title="", text="It is still not here", by=person.me)
    again, _ = on_case(clerk, "conversation", conversation.pk)
    assert again.pk != case.pk
    assert Note.objects.get(pk=kept.pk).closed_at is None
    assert [text for _, text in notes.notes_of(again, by=clerk)] == ["She called."]


def test_nobody_writes_what_their_job_could_not_read_again(person: Person) -> None:
    now, billing = timezone.now(), member("billing")
    order = Order.objects.create(
        subject=person.subject, number="00000-0000X", currency="EUR", card=person.subject, drafted_at=now, placed_at=now
    )
    case = taking.start("refund", order.pk, subject=order.subject, number=order.number, reason="goodwill", by=billing)
    notes.note(case, text="She called.", by=billing)
    assert [text for _, text in notes.notes_of(case, by=billing)] == ["She called."]
    with pytest.raises(Refused, match=r"jobs\.billing does not open message"):
        drafts.keep(case, text="Dear friend", by=billing)


def test_a_hold_keeps_no_draft_of_ours(case: Case, clerk: Member, conversation: Conversation, person: Person) -> None:
    """What we did not send is no evidence of theirs; what we noted down stays."""
    notes.note(case, text="She called.", by=clerk)
    drafts.keep(case, text="Dear friend", by=clerk)
    officer = member("privacy")
    held = taking.start(
        "rights_request", person.subject, subject=person.subject, number="", reason="legal_hold", by=officer
    )
    until = timezone.now().date() + timedelta(days=30)
    rights.place_hold(person.subject, reason="claim", until=until, by=taking.acts_as(officer, held))
    conversations.close(conversation, by=taking.acts_as(clerk, case))
    assert sweeping.settle() == 1
    assert (Draft.objects.count(), Note.objects.count()) == (0, 1)


def test_a_note_and_a_draft_have_their_periods(case: Case, clerk: Member, conversation: Conversation) -> None:
    notes.note(case, text="She called.", by=clerk)
    drafts.keep(case, text="Dear friend", by=clerk)
    assert due_in(8) == set()
    assert due_in(10) == {"draft"}
    assert due_in(400) == {"draft"}  # a note's time does not run while its case is open
    conversations.close(conversation, by=taking.acts_as(clerk, case))
    sweeping.settle()
    assert due_in(90) == set()
    assert due_in(92) == {"message", "note"}


def due_in(days: int) -> set[str]:
    """What has had its time so many days from now."""
    today = timezone.now().date() + timedelta(days=days)
    return {row.label() for row, _ in expiring.over(today=today)}


def case_now(case: Case) -> Case:
    return Case.objects.get(subject=case.subject, pk=case.pk)
