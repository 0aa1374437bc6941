"""Whoever is close to a member is somebody else's case."""

import pytest

from tests.people import Person
from tests.working import member
from upheld import ledger
from upheld.cases import finding, relations, taking
from upheld.cases.errors import ChooseAnother, NotYours, ReasonNeeded, TooClose
from upheld.cases.models import Case, Oddity, Relation
from upheld.contact.errors import NotAnAddress
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(person: Person) -> Conversation:
    by = Actor.person(person.subject)
    return conversations.begin(person.subject, title="", text="Where is it?", reason="order", by=by, acknowledged=False)


@pytest.mark.parametrize("kind", list(relations.KINDS))
def test_a_case_of_somebody_declared_is_not_taken(person: Person, conversation: Conversation, kind: str) -> None:
    clerk = member("support")
    relations.declare(clerk, address=f"  {person.email.upper()} ", kind=kind)
    with pytest.raises(TooClose):
        taking.take("conversation", conversation.pk, by=clerk)
    oddity = Oddity.objects.get()
    assert (oddity.kind, oddity.member, oddity.case) == ("too_close", clerk.pk, f"conversation:{conversation.pk}")
    assert not Case.objects.exists()
    assert taking.take("conversation", conversation.pk, by=member("support"))


def test_a_case_that_is_theirs_waits_again_once_they_declare_it(person: Person, conversation: Conversation) -> None:
    clerk = member("support")
    case = taking.take("conversation", conversation.pk, by=clerk)
    relations.declare(clerk, address="somebody.else@example.org", kind="relative")
    assert taking.acts_as(clerk, case)
    relations.declare(clerk, address=person.email, kind="relative")
    with pytest.raises(NotYours):
        taking.acts_as(clerk, Case.objects.get())
    assert ledger.Entry.objects.get(act=Act.CASE_HAND_BACK).subject == person.subject
    assert taking.take("conversation", conversation.pk, by=member("support"))


def test_somebody_declared_is_not_searched_for(person: Person, conversation: Conversation) -> None:
    clerk = member("support")
    relations.declare(clerk, address=person.email, kind="relative")
    for what in (person.email, conversation.number):
        with pytest.raises(TooClose):
            finding.find(what, by=clerk)
    assert ledger.Entry.objects.filter(act=Act.SEARCH_MAKE, subject=person.subject).count() == 2
    assert Oddity.objects.get().kind == "too_close"


def test_what_one_member_declared_is_not_anothers(person: Person, conversation: Conversation) -> None:
    relations.declare(member("support"), address=person.email, kind="relative")
    assert taking.take("conversation", conversation.pk, by=member("support"))


def test_ones_own_case_is_known_without_a_word(person: Person, conversation: Conversation) -> None:
    clerk = member("support", address=person.email)
    with pytest.raises(TooClose):
        taking.take("conversation", conversation.pk, by=clerk)


def test_a_case_is_not_handed_to_somebody_close(person: Person, conversation: Conversation) -> None:
    clerk, close = member("support"), member("support")
    relations.declare(close, address=person.email, kind="colleague")
    case = taking.take("conversation", conversation.pk, by=clerk)
    with pytest.raises(ChooseAnother):
        taking.hand_over(case, to=close, by=clerk)
    assert Case.objects.get().taken_by == clerk.pk
    assert not Oddity.objects.exists()  # whoever hands over cannot know


def test_it_is_declared_once_and_without_the_address(person: Person) -> None:
    clerk = member("support")
    first = relations.declare(clerk, address=person.email, kind="relative")
    assert relations.declare(clerk, address=person.email, kind="relative") == first
    assert Relation.objects.count() == 1
    entry = ledger.Entry.objects.get(act=Act.RELATION_DECLARE)
    assert entry.subject is None
    assert person.email.encode() not in bytes(entry.body)


def test_what_is_no_address_or_no_kind_is_not_declared() -> None:
    clerk = member("support")
    with pytest.raises(NotAnAddress):
        relations.declare(clerk, address="nobody", kind="relative")
    with pytest.raises(ReasonNeeded, match="own, colleague, relative"):
        relations.declare(clerk, address="ada@example.org", kind="friend")
    assert not Relation.objects.exists()


def test_a_withdrawal_is_seen_by_the_privacy_officer(person: Person, conversation: Conversation) -> None:
    clerk = member("support")
    relation = relations.declare(clerk, address=person.email, kind="relative")
    relations.withdraw(relation, by=member("support"))  # not theirs
    assert Relation.objects.count() == 1
    relations.withdraw(relation, by=clerk)
    relations.withdraw(relation, by=clerk)
    assert taking.take("conversation", conversation.pk, by=clerk)
    oddity = Oddity.objects.get()
    assert (oddity.kind, oddity.figure) == ("too_close", "withdrew a declaration (relative)")
