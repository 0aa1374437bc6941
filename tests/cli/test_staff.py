"""Who acts at a terminal: the member who signed in there, on a case that is theirs while they do it."""

import pytest

from tests import seats, working
from tests.people import Person
from upheld.accounts.limits import HOUR, Limit
from upheld.cases import noticing, taking
from upheld.cases.errors import NoSuchCase, NotYourJob, TakenBy, TooManyOpenings
from upheld.cases.models import Case, Oddity, Turn
from upheld.cli.staff import NotStarted, acting, login, read
from upheld.conversations import verbs
from upheld.conversations.models import Conversation
from upheld.ledger import Entry
from upheld.policy.acts import Act
from upheld.rights.models import Request, Right
from upheld.rights.verbs import ask
from upheld.staff.errors import NotAtDesk


@pytest.fixture
def talk(person: Person) -> Conversation:
    return verbs.begin(person.subject, title="Hello", text="When are you open?", reason="support", by=person.me)


def asked(person: Person, right: Right = Right.RECTIFICATION) -> Request:
    found = ask([person.subject], [right], way="site", by=person.me)
    assert isinstance(found, list)
    return found[0]


def test_a_login_is_always_the_same_and_is_not_named() -> None:
    assert login() == login()


def test_nobody_acts_before_they_sign_in(talk: Conversation) -> None:
    with pytest.raises(NotAtDesk), acting("conversation", on=talk.pk, subject=talk.subject):
        pytest.fail("somebody acted")
    assert not Case.objects.exists()


def test_what_waits_is_taken_and_stays_theirs(talk: Conversation) -> None:
    member = seats.sit_down("support")
    with acting("conversation", on=talk.pk, subject=talk.subject) as by:
        assert (by.id, by.job) == (member.pk, "support")
        verbs.answer(talk, text="From nine to five.", by=by)
    assert Case.objects.open().get().taken_by == member.pk


def test_another_ones_case_is_left_alone(talk: Conversation) -> None:
    other = working.member("support")
    working.on_case(other, "conversation", talk.pk)
    seats.sit_down("support")
    with pytest.raises(TakenBy, match=other.pseudonym), acting("conversation", on=talk.pk, subject=talk.subject):
        pytest.fail("two people answered")


def test_a_job_that_does_not_work_on_it_is_refused(talk: Conversation) -> None:
    seats.sit_down("billing", "shipping")
    with pytest.raises(NotYourJob), acting("conversation", on=talk.pk, subject=talk.subject):
        pytest.fail("somebody else's job was done")


def test_what_is_over_is_not_taken_again(talk: Conversation) -> None:
    seats.sit_down("support")
    with acting("conversation", on=talk.pk, subject=talk.subject, starts=False) as by:
        verbs.close(talk, by=by)
    with pytest.raises(NoSuchCase), acting("conversation", on=talk.pk, subject=talk.subject, starts=False):
        pytest.fail("a closed matter was opened")


def test_what_was_started_for_one_thing_is_closed_after_it(person: Person) -> None:
    seats.sit_down("privacy")
    subject = person.subject
    with acting("rights_request", on=subject, subject=subject, reason="legal_hold") as by:
        assert by.case is not None
        assert Case.objects.open().get().reason == "legal_hold"
    with pytest.raises(ZeroDivisionError), acting("rights_request", on=subject, subject=subject, reason="authority"):
        raise ZeroDivisionError
    assert not Case.objects.open().exists()
    assert list(Turn.objects.values_list("ending", flat=True)) == ["closed", "closed"]
    facts = [each.facts.get("reason") for each in Entry.objects.filter(act=Act.CASE_START).order_by("id")]
    assert facts == ["legal_hold", "authority"]


@pytest.mark.parametrize("reason", ["", "curiosity"])
def test_nothing_is_started_without_one_of_its_reasons(person: Person, reason: str) -> None:
    seats.sit_down("privacy")
    refused = pytest.raises(NotStarted, match="asked_by_person, legal_hold, authority")
    with refused, acting("rights_request", on=person.subject, subject=person.subject, reason=reason):
        pytest.fail("a case was started")
    assert not Case.objects.exists()


def test_what_is_read_at_a_terminal_counts_as_on_the_desk(talk: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    member = seats.sit_down("support")
    monkeypatch.setattr(noticing, "OPENINGS", Limit("openings", 1, HOUR))
    assert [each.text for each in read("conversation", talk.pk)] == ["When are you open?"]
    with pytest.raises(TooManyOpenings):
        read("conversation", talk.pk)
    assert Oddity.objects.get().member == member.pk


def test_what_they_started_before_stays_open(person: Person) -> None:
    member, subject = seats.sit_down("privacy"), person.subject
    taking.start("rights_request", subject, subject=subject, number="", reason="authority", by=member)
    with acting("rights_request", on=subject, subject=subject):
        pass
    assert Case.objects.open().get().reason == "authority"


def test_the_next_thing_does_not_wait_for_the_worker(person: Person) -> None:
    """The matter ended with the command before, and its case is still there."""
    member, found = seats.sit_down("privacy"), asked(person)
    working.on_case(member, "rights_request", found.pk)
    Request.objects.filter(pk=found.pk).delete()
    subject = person.subject
    with pytest.raises(NoSuchCase), acting("rights_request", on=found.pk, subject=subject, starts=False):
        pytest.fail("a case without a matter was acted on")
    assert not Case.objects.open().exists()
