"""Working on a case is killed before each step: who had it, its drafts and its notes always agree with one another."""

import pytest

from tests.crash import Step, kill_at_each_step
from tests.working import member
from upheld import ledger, vault
from upheld.cases import drafts, notes, sweeping, taking
from upheld.cases.models import Case, Draft, Note, Turn
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights.requests.writers import writer
from upheld.staff.models import Member

MAILBOX = Actor.system("mailbox")


def begin() -> None:
    subject = writer("ann.canary@example.org", by=MAILBOX)
    conversations.begin(subject, title="", text="Hello", reason="order", by=MAILBOX, acknowledged=False)
    member("support")
    member("support")


def clerks() -> list[Member]:
    return list(Member.objects.order_by("id"))


def case() -> Case:
    found: Case = Case.objects.open().get()
    return found


def take() -> None:
    taking.take("conversation", Conversation.objects.get().pk, by=clerks()[0])


def take_and_write() -> None:
    begin()
    take()
    write()


def write() -> None:
    notes.note(case(), text="She called.", by=clerks()[0])
    drafts.keep(case(), text="Dear friend", by=clerks()[0])


def hand_over() -> None:
    taking.hand_over(case(), to=clerks()[1], by=clerks()[0])


def close_what_it_is_about() -> None:
    take_and_write()
    conversations.close(Conversation.objects.get(), by=taking.acts_as(clerks()[0], case()))


def settle() -> None:
    sweeping.settle()


def the_turns_agree() -> None:
    for each in Case.objects.all():
        turns = list(Turn.objects.filter(case=each.pk, until=None))
        assert [turn.member for turn in turns] == ([each.taken_by] if each.taken_by else [])
    begun = (Act.CASE_TAKE, Act.CASE_HAND_OVER)
    assert ledger.Entry.objects.filter(act__in=begun).count() == Turn.objects.count()
    ended = Turn.objects.exclude(until=None).count()
    acts = (Act.CASE_CLOSE, Act.CASE_HAND_BACK, Act.CASE_HAND_OVER)
    assert ledger.Entry.objects.filter(act__in=acts).count() == ended


def it_can_be_taken() -> None:
    the_turns_agree()
    take()
    assert case().taken_by == clerks()[0].pk
    the_turns_agree()


def what_was_written_is_whole() -> None:
    assert Note.objects.count() == ledger.Entry.objects.filter(act=Act.NOTE_KEEP).count()
    write()
    assert {text for _, text in notes.notes_of(case(), by=clerks()[0])} == {"She called."}
    assert drafts.draft_of(case(), by=clerks()[0]) == "Dear friend"


def one_of_them_has_it() -> None:
    the_turns_agree()
    assert case().taken_by in {each.pk for each in clerks()}


def it_is_over_after_the_next_round() -> None:
    the_turns_agree()
    vault.resume()
    sweeping.settle()
    the_turns_agree()
    assert Case.objects.get().closed_at == Note.objects.get().closed_at is not None
    assert not Draft.objects.exists()


def begin_and_take() -> None:
    begin()
    take()


@pytest.mark.parametrize(
    ("before", "verb", "check"),
    [
        (begin, take, it_can_be_taken),
        (begin_and_take, write, what_was_written_is_whole),
        (take_and_write, hand_over, one_of_them_has_it),
        (close_what_it_is_about, settle, it_is_over_after_the_next_round),
    ],
    ids=["taking", "writing", "handing over", "settling"],
)
def test_a_crash_anywhere_leaves_nothing_half_done(before: Step, verb: Step, check: Step) -> None:
    assert kill_at_each_step(verb, before=before, check=check) > 3
