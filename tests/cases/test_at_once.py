"""Two at the same time: one of them has the case, and nothing opens for whoever has it no more."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from tests.accounts.test_at_once import at_once
from tests.working import member
from upheld import ledger, vault
from upheld.cases import drafts, fields, notes, sweeping, taking
from upheld.cases.errors import CasesError, NoSuchCase, NotYours, TakenBy
from upheld.cases.models import Case, Draft, Note, Turn
from upheld.contact.models import Address
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.errors import Refused
from upheld.rights.requests.writers import writer
from upheld.staff.models import Member
from upheld.vault.errors import Erased

pytestmark = pytest.mark.django_db(transaction=True)

MAILBOX = Actor.system("mailbox")


@pytest.fixture
def conversation() -> Conversation:
    subject = writer("ann.canary@example.org", by=MAILBOX)
    return conversations.begin(subject, title="", text="Hello", reason="order", by=MAILBOX, acknowledged=False)


@pytest.fixture
def clerks() -> list[Member]:
    return [member("support") for _ in range(2)]


def tried(verb: Any, *args: Any, **given: Any) -> Any:
    """The answer, or what refused."""
    try:
        return verb(*args, **given)
    except (CasesError, Refused, Erased) as refused:
        return refused


def test_of_two_who_take_it_one_has_it(conversation: Conversation, clerks: list[Member]) -> None:
    answers = at_once(*[partial(tried, taking.take, "conversation", conversation.pk, by=each) for each in clerks * 2])
    assert sorted({type(each) for each in answers}, key=str) == sorted({Case, TakenBy}, key=str)
    case = Case.objects.get()
    assert Turn.objects.get().member == case.taken_by
    assert ledger.Entry.objects.filter(act=Act.CASE_TAKE).count() == 1


def test_what_is_opened_is_opened_within_a_turn(conversation: Conversation, clerks: list[Member]) -> None:
    address = Address.objects.get()
    for _ in range(5):
        case = taking.take("conversation", conversation.pk, by=clerks[0])
        opened, _ = at_once(
            partial(tried, fields.open_field, case, "address", address.pk, "email", by=clerks[0]),
            partial(tried, taking.hand_back, case, by=clerks[0]),
        )
        assert opened == "ann.canary@example.org" or isinstance(opened, NotYours)
    turns = [(as_recorded(turn.since), turn.until) for turn in Turn.objects.all()]
    for entry in ledger.Entry.objects.filter(act=Act.FIELD_OPEN):
        assert any(since <= entry.at <= until for since, until in turns if until)


def as_recorded(moment: datetime) -> datetime:
    """The ledger tells milliseconds."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def test_handing_over_and_back_at_once_is_one_of_them(conversation: Conversation, clerks: list[Member]) -> None:
    case = taking.take("conversation", conversation.pk, by=clerks[0])
    answers = at_once(
        lambda: tried(taking.hand_over, case, to=clerks[1], by=clerks[0]),
        lambda: tried(taking.hand_back, case, by=clerks[0]),
        lambda: tried(sweeping.settle),
    )
    assert sum(isinstance(each, NotYours) for each in answers) == 1
    assert Turn.objects.filter(until=None).count() == (Case.objects.get().taken_by is not None)


def test_a_person_who_is_erased_meanwhile_leaves_no_case(conversation: Conversation, clerks: list[Member]) -> None:
    """Either the case was theirs and went with them, or there was nothing to take."""
    subject: UUID = conversation.subject

    def work() -> None:
        case = taking.take("conversation", conversation.pk, by=clerks[0])
        notes.note(case, text="She called.", by=clerks[0])
        drafts.keep(case, text="Dear friend", by=clerks[0])

    def erase() -> None:
        vault.shred(subject, by=Actor.system("rights"))

    answers = at_once(lambda: tried(work), erase)
    assert answers[0] is None or isinstance(answers[0], (NoSuchCase, Refused, Erased))
    for model in (Case, Turn, Note, Draft):
        assert not model.objects.exists()
    with pytest.raises(NoSuchCase):
        taking.take("conversation", conversation.pk, by=clerks[0])


def test_closing_and_settling_at_once_closes_once(conversation: Conversation, clerks: list[Member]) -> None:
    case = taking.take("conversation", conversation.pk, by=clerks[0])
    drafts.keep(case, text="Dear friend", by=clerks[0])
    conversations.close(conversation, by=taking.acts_as(clerks[0], case))
    at_once(sweeping.settle, sweeping.settle, lambda: tried(taking.close, case, by=clerks[0]))
    assert ledger.Entry.objects.filter(act=Act.CASE_CLOSE).count() == 1
    assert Turn.objects.get().ending == "closed"
    assert not Draft.objects.exists()
