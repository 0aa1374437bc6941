"""What is out of the ordinary is reported once, and closed by the privacy officer alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from unittest import mock
from uuid import UUID

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from uuid_utils.compat import uuid7

from tests.people import Person
from tests.working import member
from upheld import ledger, vault
from upheld.accounts.limits import HOUR, Limit
from upheld.cases import counting, noticing, telling
from upheld.cases.errors import AlreadyClosed, OwnReview, ReasonNeeded, TooManyOpenings
from upheld.cases.models import BusyHour, Glass, Look, Oddity
from upheld.contact.models import Letter
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.errors import Refused
from upheld.staff.models import Member

pytestmark = pytest.mark.django_db
Sent = Callable[[], list[EmailMessage]]
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def clerk(db: None) -> Member:
    return member("support")


@pytest.fixture
def conversation(person: Person) -> Conversation:
    by = Actor.person(person.subject)
    return conversations.begin(person.subject, title="", text="Where is it?", reason="order", by=by, acknowledged=False)


def kinds() -> list[str]:
    return list(Oddity.objects.order_by("id").values_list("kind", flat=True))


def test_the_same_is_reported_once_an_hour(clerk: Member) -> None:
    first = noticing.report("refused", member=clerk.pk)
    assert noticing.report("refused", member=clerk.pk) == first
    assert noticing.report("refused", member=member("support").pk) != first
    Oddity.objects.filter(pk=first.pk).update(at=timezone.now() - noticing.ONCE)
    assert noticing.report("refused", member=clerk.pk) != first
    entries = ledger.Entry.objects.filter(act=Act.ODDITY_NOTICE)
    assert {each.facts["kind"] for each in entries} == {"refused"}
    assert entries.count() == 3


def test_the_privacy_officer_alone_closes_a_report_and_none_about_themselves(clerk: Member) -> None:
    officer = member("privacy")
    oddity = noticing.report("refused", member=clerk.pk)
    with pytest.raises(Refused):
        noticing.close(oddity, outcome="in_order", by=clerk)
    with pytest.raises(ReasonNeeded):
        noticing.close(oddity, outcome="fine", by=officer)
    closed = noticing.close(oddity, outcome="followed_up", by=officer)
    assert (closed.closed_by, closed.outcome) == (officer.pk, "followed_up")
    with pytest.raises(AlreadyClosed):
        noticing.close(oddity, outcome="in_order", by=officer)
    own = noticing.report("refused", member=officer.pk)
    with pytest.raises(OwnReview):
        noticing.close(own, outcome="in_order", by=officer)


def test_the_report_of_an_emergency_is_closed_by_neither_of_the_two(clerk: Member, conversation: Conversation) -> None:
    two, other = [member("privacy"), member("privacy")], member("privacy")
    glass = Glass.objects.create(
        subject=conversation.subject, number="E-7K3Q9XMT", reason="safety", asked_at=timezone.now(),
        asked_by=two[0].pk, agreed_by=two[1].pk,
    )  # fmt: skip
    oddity = noticing.report("no_action", member=clerk.pk, case=f"emergency:{glass.pk}")
    for each in two:
        with pytest.raises(OwnReview):
            noticing.close(oddity, outcome="in_order", by=each)
    assert noticing.close(oddity, outcome="in_order", by=other).closed_by == other.pk


def test_beyond_the_limit_of_a_job_nothing_is_opened_and_it_is_reported(
    clerk: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noticing, "OPENINGS", Limit("openings.few", 2, HOUR))
    for _ in range(2):
        noticing.allow_opening(clerk, "support")
    with pytest.raises(TooManyOpenings, match="Wait 30 minutes"):
        noticing.allow_opening(clerk, "support")
    assert kinds() == ["rate"]
    noticing.allow_opening(clerk, "billing")
    noticing.allow_opening(member("support"), "support")


def test_whoever_packs_may_open_more() -> None:
    assert noticing.most("shipping").times > noticing.most("support").times == noticing.most("nobody").times


def test_refusals_are_reported_when_there_are_many(clerk: Member) -> None:
    for _ in range(noticing.REFUSALS.times):
        noticing.refused(clerk)
    assert not kinds()
    noticing.refused(clerk)
    assert kinds() == ["refused"]


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """What is put on record has its time and its id from then."""

    def id_then() -> UUID:
        return UUID(int=vault.first_id(moment).int | (uuid7().int & ((1 << 80) - 1)))

    with mock.patch("upheld.ledger.appending.uuid7", id_then):
        yield


def opened(someone: Member, moment: datetime, times: int, *, act: Act = Act.FIELD_OPEN, job: str = "support") -> None:
    by = Actor.staff(someone.pk, job=job)
    with at(moment), transaction.atomic():
        ledger.append_many([ledger.Draft(act, by, vault.new_subject(), {"row": "address:1"}) for _ in range(times)])


@contextmanager
def clock(moment: datetime) -> Iterator[None]:
    with mock.patch("upheld.cases.counting.timezone.now", return_value=moment):
        yield


def looked_until(moment: datetime) -> None:
    Look.objects.update_or_create(pk=1, defaults={"until": moment})


def past(someone: Member, count: int, *, hours: int = counting.KNOWN, figure: str = "opened") -> None:
    """Busy hours of the days before, each with so many."""
    for n in range(hours):
        BusyHour.objects.create(
            member=someone.pk, job="support", at=NOON - timedelta(hours=n + 2), **{figure: count + n % 2}
        )


def test_each_hour_is_counted_once(clerk: Member) -> None:
    looked_until(NOON)
    opened(clerk, NOON + timedelta(minutes=1), 3)
    opened(clerk, NOON + timedelta(minutes=59), 1, act=Act.FIELD_COPY)
    opened(clerk, NOON + timedelta(minutes=60), 1)
    with at(NOON + timedelta(minutes=2)), transaction.atomic():
        ledger.append(Act.FIELD_OPEN, by=Actor.system("letters"), subject=vault.new_subject())
    with clock(NOON + timedelta(minutes=62)):
        assert counting.count_due() == 0  # what is being committed has time to come in
    with clock(NOON + timedelta(minutes=66)):
        assert counting.count_due() == 1
        assert counting.count_due() == 0
    hour = BusyHour.objects.get()
    assert (hour.member, hour.job, hour.at) == (clerk.pk, "support", NOON)
    assert (hour.opened, hour.copied, hour.printed) == (3, 1, 0)
    assert not kinds()


def test_hours_in_which_the_worker_stood_still_are_made_up_for(clerk: Member) -> None:
    looked_until(NOON - timedelta(days=90))
    opened(clerk, NOON - timedelta(days=3), 2)
    with clock(NOON):
        assert counting.count_due() > 24 * 27
    assert BusyHour.objects.get().opened == 2


@pytest.mark.parametrize("over", [0, 1])
@pytest.mark.parametrize(("own", "others", "most"), [
    (None, None, 40), (10, None, 31), (None, 12, 37), (30, 6, 19), (6, 30, 19), (1, 1, 15),
])  # fmt: skip
def test_more_than_three_times_the_usual_is_unusual(
    clerk: Member, own: int | None, others: int | None, most: int, over: int
) -> None:
    if own is not None:
        past(clerk, own)
    if others is not None:
        past(member("support"), others)
    looked_until(NOON)
    opened(clerk, NOON, most + over)
    with clock(NOON + timedelta(hours=1, minutes=5)):
        counting.count_due()
    said = f"{most + over} opened in an hour as support, {most} at most before"
    assert list(Oddity.objects.values_list("kind", "member", "figure")) == [("unusual", clerk.pk, said)] * over


def test_copies_are_judged_by_themselves(clerk: Member) -> None:
    past(clerk, 2, figure="copied")
    past(member("support"), 30)
    looked_until(NOON)
    opened(clerk, NOON, 9, act=Act.FIELD_COPY)
    with clock(NOON + timedelta(hours=1, minutes=5)):
        counting.count_due()
    assert Oddity.objects.get().figure == "9 copied in an hour as support, 7 at most before"


@pytest.fixture
def officer(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(settings.HOME.settings, "privacy.officer", "officer@example.org")
    return "officer@example.org"


def test_the_privacy_officer_is_written_to_once_a_day(
    clerk: Member, officer: str, letters: Sent, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    noticing.report("unusual", member=clerk.pk, figure="31 opened in an hour as support, 9 at most before")
    with django_capture_on_commit_callbacks(execute=True):
        assert telling.tell_due() == 1
    assert telling.tell_due() == 0
    letter = letters()[-1]
    body = letter.get_body(("plain",))
    assert body is not None
    text = " ".join(body.get_content().split())
    assert letter["To"] == officer
    assert f"{clerk.pseudonym}: Opened, copied or printed far more than usual (31 opened in an hour" in text
    assert "Staff Canary" not in text
    noticing.report("no_action", member=clerk.pk)
    assert telling.tell_due() == 0
    Oddity.objects.update(told_at=None)
    Oddity.objects.filter(kind="unusual").update(told_at=timezone.now() - telling.EVERY)
    assert telling.tell_due() == 1


@pytest.mark.parametrize("kind", sorted(telling.AT_ONCE))
def test_what_cannot_wait_is_told_at_once(clerk: Member, officer: str, kind: str) -> None:
    noticing.report("no_action", member=clerk.pk)
    assert telling.tell_due() == 1
    noticing.report("unusual", member=clerk.pk)
    noticing.report(kind, member=clerk.pk)
    assert telling.tell_due() == 2
    assert Letter.objects.filter(kind="oddity_report").count() == 2
