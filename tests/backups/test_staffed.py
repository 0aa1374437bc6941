"""After a restore of an older copy, who left our staff is out, and what each opened can still be judged by its case."""

from pathlib import Path

import pytest

from tests.backups.restored import copy_data, restore
from tests.rights.conftest import Planted, ann
from tests.working import at_the_desk, member, on_case
from upheld import vault
from upheld.cases import glass as emergencies
from upheld.cases import promises, taking
from upheld.cases.models import Case, Draft, Glass, Note, Turn
from upheld.cases.notes import note
from upheld.contact.models import Address
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.policy.actors import Actor
from upheld.staff import leaving
from upheld.staff.changing import change_jobs
from upheld.staff.inviting import invite
from upheld.staff.models import DeskSession, Invitation, Member

__all__ = ["ann"]  # a fixture
pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
OPERATOR = Actor.operator()


@pytest.fixture
def conversation(ann: Planted) -> Conversation:
    return conversations.begin(ann.subject, title="", text="Where is it?", reason="order", by=ann.by)


@pytest.fixture
def clerk(db: None) -> Member:
    member("administration")  # so that somebody is left who can invite
    return member("support", "privacy")


def opens(ann: Planted, by: Actor) -> None:
    address = Address.objects.get(subject=ann.subject)
    assert by.case
    vault.open(address, ["email"], by=by, purpose="reply", because=f"{by.case.kind}:{by.case.id}")


def test_who_left_is_out_again(clerk: Member, tmp_path: Path) -> None:
    at_the_desk(clerk)
    data = copy_data()
    leaving.leave(clerk, by=OPERATOR)
    done = restore(tmp_path, data=data)
    clerk.refresh_from_db()
    assert (clerk.left_at is not None, clerk.jobs) == (True, [])
    assert not DeskSession.objects.exists()
    assert done.counts["staff"] == 1


def test_nobody_is_signed_in_any_more(clerk: Member, tmp_path: Path) -> None:
    at_the_desk(clerk)
    invite("new@staff.example.org", name="New", jobs=["news"], by=OPERATOR)
    restore(tmp_path, data=copy_data())
    assert not DeskSession.objects.exists()
    assert not Invitation.objects.exists()


def test_the_last_word_about_jobs_counts(clerk: Member, tmp_path: Path) -> None:
    data = copy_data()
    for jobs in (["billing"], ["support"], ["news"]):
        change_jobs(clerk, jobs=jobs, by=OPERATOR)
    restore(tmp_path, data=data)
    clerk.refresh_from_db()
    assert clerk.jobs == ["news"]


def test_who_was_invited_since_is_told_of(clerk: Member, tmp_path: Path) -> None:
    data = copy_data()
    invite("new@staff.example.org", name="New", jobs=["news"], by=OPERATOR)
    gone = invite("gone@staff.example.org", name="Gone", jobs=["news"], by=OPERATOR)
    leaving.leave(Member.objects.exclude(pk=clerk.pk).latest("invited_at"), by=OPERATOR)
    done = restore(tmp_path, data=data)
    assert gone
    assert "1 members of staff who were invited or joined since are shut out; invite them again." in done.lines()


def test_each_opening_lies_in_a_turn_again(
    ann: Planted, conversation: Conversation, clerk: Member, tmp_path: Path
) -> None:
    """Taken after the copy was made, handed back, taken again by another, closed."""
    other, data = member("support"), copy_data()
    case, by = on_case(clerk, "conversation", conversation.pk)
    opens(ann, by)
    taking.hand_over(case, to=other, by=clerk)
    opens(ann, taking.acts_as(other, Case.objects.get(pk=case.pk)))
    taking.hand_back(Case.objects.get(pk=case.pk), by=other)
    on_case(clerk, "conversation", conversation.pk)
    taking.end(Case.objects.get(pk=case.pk), by=Actor.system("cases"))
    before = list(Turn.objects.order_by("since").values_list("member", "ending"))
    assert promises.within_turns().upheld
    restore(tmp_path, data=data)
    assert list(Turn.objects.order_by("since").values_list("member", "ending")) == before
    [again] = Case.objects.all()
    assert (again.number, again.taken_by, again.closed_at is None) == (conversation.number, None, False)
    assert promises.within_turns().upheld


def test_what_was_open_in_the_copy_is_closed_again(
    ann: Planted, conversation: Conversation, clerk: Member, tmp_path: Path
) -> None:
    case, _ = on_case(clerk, "conversation", conversation.pk)
    note(case, text="Very patient.", by=clerk)
    data = copy_data()
    taking.end(case, by=Actor.system("cases"))
    done = restore(tmp_path, data=data)
    case.refresh_from_db()
    assert case.closed_at is not None
    assert Turn.objects.get().ending == "closed"
    assert Note.objects.get().closed_at is not None
    assert not Draft.objects.exists()
    assert done.counts["cases"] == 1


def test_nothing_is_made_of_the_erased(ann: Planted, conversation: Conversation, clerk: Member, tmp_path: Path) -> None:
    data = copy_data()
    _, by = on_case(clerk, "conversation", conversation.pk)
    opens(ann, by)
    vault.shred(ann.subject, by=Actor.system("erasure"))
    restore(tmp_path, data=data)
    assert not Case.objects.exists()
    assert not Turn.objects.exists()


def test_no_emergency_goes_without_its_review(ann: Planted, clerk: Member, tmp_path: Path) -> None:
    other, officer, data = member("shipping"), member("privacy"), copy_data()
    open_still, done, refused = (emergencies.ask(ann.subject, reason="safety", by=each) for each in three(clerk))
    emergencies.agree(open_still, by=other)
    emergencies.agree(done, by=other)
    emergencies.review(done, outcome="justified", by=officer)
    emergencies.refuse(refused, by=other)
    before = states()
    restore(tmp_path, data=data)
    assert states() == before
    assert [each.pk for each in emergencies.unreviewed()] == [open_still.pk]


def three(clerk: Member) -> list[Member]:
    return [clerk, member("billing"), member("support")]


def states() -> list[tuple[object, ...]]:
    names = ("number", "reason", "asked_by", "agreed_by", "reviewed_by", "outcome")
    return list(Glass.objects.order_by("number").values_list(*names))


def test_it_is_done_once(ann: Planted, conversation: Conversation, clerk: Member, tmp_path: Path) -> None:
    data = copy_data()
    on_case(clerk, "conversation", conversation.pk)
    change_jobs(clerk, jobs=["billing"], by=OPERATOR)
    done = restore(tmp_path, data=data)  # which looks whether anything is left to do
    assert (done.counts["staff"], done.counts["cases"]) == (1, 1)
    assert "1 cases and emergencies taken further again." in done.lines()
    assert Case.objects.count() == Turn.objects.count() == 1
