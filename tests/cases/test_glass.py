"""What no job covers opens for two members together, for minutes, in sight of the person and the privacy officer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.people import Person
from tests.working import member
from upheld import ledger, vault
from upheld.cases import glass, promises, relations, taking
from upheld.cases.errors import NeedsAnother, NotInvolved, NotWaiting, NotYours, OwnReview, ReasonNeeded, TooClose
from upheld.cases.models import Case, Glass, Oddity
from upheld.contact.models import Address, Letter
from upheld.policy.actors import Actor
from upheld.policy.actors import Case as Named
from upheld.policy.acts import Act
from upheld.policy.errors import Refused
from upheld.staff.models import Member
from upheld.vault.errors import Erased

pytestmark = pytest.mark.django_db
Sent = Callable[[], list[EmailMessage]]


@pytest.fixture
def asker(db: None) -> Member:
    return member("support")


@pytest.fixture
def other(db: None) -> Member:
    return member("billing")


@pytest.fixture
def officer(db: None) -> Member:
    return member("privacy")


@pytest.fixture
def asked(person: Person, asker: Member) -> Glass:
    return glass.ask(person.subject, reason="safety", by=asker)


def email_of(subject: Any, by: Actor) -> str | None:
    return vault.open(Address.objects.get(subject=subject), ["email"], by=by, purpose="reply")["email"]


def past(one: Glass, **times: timedelta) -> None:
    """So long ago."""
    Glass.objects.filter(pk=one.pk).update(**{name: timezone.now() - ago for name, ago in times.items()})


def test_it_opens_once_another_agreed_and_for_minutes(
    person: Person, asker: Member, other: Member, asked: Glass
) -> None:
    with pytest.raises(Refused, match="no open case"):
        email_of(person.subject, acting(asker, asked))
    case = glass.agree(asked, by=other)
    assert (case.kind, case.about, case.taken_by) == ("emergency", asked.pk, asker.pk)
    by = taking.acts_as(asker, case)
    assert email_of(person.subject, by) == person.email
    past(asked, ends_at=timedelta(seconds=1))
    with pytest.raises(Refused, match="is closed"):
        email_of(person.subject, by)


def acting(someone: Member, asked: Glass) -> Actor:
    return Actor.staff(someone.pk, job="emergency", case=Named("emergency", asked.pk, asked.subject))


def test_nobody_agrees_with_themselves_or_with_somebody_close(asker: Member, other: Member, asked: Glass) -> None:
    with pytest.raises(NeedsAnother):
        glass.agree(asked, by=asker)
    relations.declare(asker, address=f"{other.pk}@staff.example.org", kind="relative")
    with pytest.raises(NeedsAnother):
        glass.agree(asked, by=other)
    assert not Case.objects.exists()


def test_nobody_agrees_about_somebody_close_to_them(person: Person, other: Member, asked: Glass) -> None:
    relations.declare(other, address=person.email, kind="relative")
    with pytest.raises(TooClose):
        glass.agree(asked, by=other)


def test_nobody_asks_about_somebody_close_to_them(person: Person, asker: Member) -> None:
    relations.declare(asker, address=person.email, kind="own")
    with pytest.raises(TooClose):
        glass.ask(person.subject, reason="safety", by=asker)
    assert Oddity.objects.get().kind == "too_close"
    assert not Glass.objects.exists()


def test_a_reason_is_one_of_the_list(person: Person, asker: Member) -> None:
    with pytest.raises(ReasonNeeded, match="safety, court_order"):
        glass.ask(person.subject, reason="curious", by=asker)


def test_what_is_asked_twice_is_asked_once(person: Person, asker: Member, asked: Glass) -> None:
    assert glass.ask(person.subject, reason="safety", by=asker) == asked


def test_it_is_the_askers_alone(asker: Member, other: Member, asked: Glass) -> None:
    case = glass.agree(asked, by=other)
    with pytest.raises(NotYours):
        taking.hand_over(case, to=other, by=asker)
    taking.hand_back(case, by=asker)
    with pytest.raises(NotYours):
        taking.take("emergency", asked.pk, by=other)


def test_what_was_refused_or_forgotten_counts_no_more(
    person: Person, asker: Member, other: Member, asked: Glass
) -> None:
    glass.refuse(asked, by=other)
    with pytest.raises(NotWaiting):
        glass.agree(asked, by=other)
    again = glass.ask(person.subject, reason="safety", by=asker)
    past(again, asked_at=glass.WAITS)
    with pytest.raises(NotWaiting):
        glass.agree(again, by=other)
    assert glass.lapse_due() == 1
    assert glass.lapse_due() == 0
    assert not glass.waiting()
    assert not glass.unreviewed()
    assert not Letter.objects.filter(kind="emergency_opened").exists()


def test_a_request_of_somebody_who_left_meanwhile_is_not_agreed_to(asker: Member, other: Member, asked: Glass) -> None:
    Member.objects.filter(pk=asker.pk).update(left_at=timezone.now())
    with pytest.raises(NotWaiting):
        glass.agree(asked, by=other)


def test_the_person_is_written_to_at_once(
    person: Person, other: Member, asker: Member, asked: Glass, letters: Sent,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        glass.agree(asked, by=other)
    letter = letters()[-1]
    body = letter.get_body(("plain",))
    assert body is not None
    text = " ".join(body.get_content().split())
    assert letter["To"] == person.email
    assert asked.number in text
    assert "Somebody may come to harm." in text
    assert "15 minutes" in text
    assert not any(each in text for each in (asker.pseudonym, other.pseudonym, person.email, "Staff Canary"))


def test_whoever_has_no_address_is_opened_all_the_same(person: Person, other: Member, asked: Glass) -> None:
    Address.objects.filter(subject=person.subject).delete()
    assert glass.agree(asked, by=other)


def test_the_privacy_officer_is_told(asker: Member, other: Member, asked: Glass) -> None:
    glass.agree(asked, by=other)
    oddity = Oddity.objects.get()
    assert (oddity.kind, oddity.member, oddity.case) == ("emergency", asker.pk, f"emergency:{asked.pk}")
    assert oddity.figure == f"agreed to by {other.pseudonym}"


def test_either_of_them_ends_it(person: Person, asker: Member, other: Member, officer: Member, asked: Glass) -> None:
    with pytest.raises(NotWaiting):
        glass.end(asked, by=asker)
    case = glass.agree(asked, by=other)
    by = taking.acts_as(asker, case)
    with pytest.raises(NotInvolved):
        glass.end(asked, by=officer)
    assert glass.counting(other) == glass.counting(asker) == [asked]
    glass.end(asked, by=other)
    glass.end(asked, by=other)
    _, ended = ledger.Entry.objects.filter(act=Act.GLASS_AGREE).order_by("id")
    assert (ended.by["id"], ended.facts["agreed"]) == (str(other.pk), False)
    assert ledger.Entry.objects.get(act=Act.CASE_CLOSE).by["kind"] == "system"
    assert not glass.counting(asker)
    with pytest.raises(Refused, match="no open case"):
        email_of(person.subject, by)


def test_its_review_is_open_until_somebody_else_has_made_it(asker: Member, officer: Member, asked: Glass) -> None:
    glass.agree(asked, by=officer)
    past(asked, ends_at=timedelta(days=40))
    assert glass.unreviewed() == [asked]
    with pytest.raises(OwnReview):
        glass.review(asked, outcome="justified", by=officer)
    with pytest.raises(Refused):
        glass.review(asked, outcome="justified", by=asker)
    second = member("privacy")
    with pytest.raises(ReasonNeeded):
        glass.review(asked, outcome="fine", by=second)
    reviewed = glass.review(asked, outcome="unjustified", by=second)
    assert (reviewed.reviewed_by, reviewed.outcome) == (second.pk, "unjustified")
    assert not glass.unreviewed()
    with pytest.raises(NotWaiting):
        glass.review(asked, outcome="justified", by=second)


def test_a_review_ends_what_still_counts(
    person: Person, asker: Member, other: Member, officer: Member, asked: Glass
) -> None:
    by = taking.acts_as(asker, glass.agree(asked, by=other))
    glass.review(asked, outcome="unjustified", by=officer)
    with pytest.raises(Refused):
        email_of(person.subject, by)


def test_an_erasure_takes_it_with_it(person: Person, other: Member, officer: Member, asked: Glass) -> None:
    vault.shred(person.subject, by=person.me)
    for verb in (
        lambda: glass.agree(asked, by=other),
        lambda: glass.refuse(asked, by=other),
        lambda: glass.review(asked, outcome="justified", by=officer),
    ):
        with pytest.raises(Erased):
            verb()


def test_each_step_is_on_record(person: Person, asker: Member, other: Member, officer: Member, asked: Glass) -> None:
    glass.agree(asked, by=other)
    glass.review(asked, outcome="justified", by=officer)
    for act, who in ((Act.GLASS_ASK, asker), (Act.GLASS_AGREE, other), (Act.GLASS_REVIEW, officer)):
        entry = ledger.Entry.objects.get(act=act)
        assert (entry.subject, entry.by["id"], entry.facts["number"]) == (person.subject, str(who.pk), asked.number)


def test_the_check_sees_that_two_opened_it_together(person: Person, asker: Member, other: Member, asked: Glass) -> None:
    case = glass.agree(asked, by=other)
    email_of(person.subject, taking.acts_as(asker, case))
    refused = glass.ask(person.subject, reason="safety", by=other)
    glass.refuse(refused, by=asker)
    finding = promises.two_together()
    assert finding.upheld
    assert finding.figure.startswith("1 emergencies")


def test_the_check_sees_one_that_nobody_else_agreed_to(person: Person, asker: Member, asked: Glass) -> None:
    """Written past the verbs, as a fault of ours would."""
    facts: dict[str, ledger.Fact] = {"glass": str(asked.pk), "number": asked.number, "minutes": 15}
    ledger.append(Act.GLASS_AGREE, by=Actor.staff(asker.pk, job=""), subject=person.subject, facts=facts)
    finding = promises.two_together()
    assert not finding.upheld
    assert finding.details == (f"emergency {asked.pk} was not asked for by one member and agreed to by another",)


def test_the_check_sees_what_was_opened_after_the_minutes(
    person: Person, asker: Member, other: Member, asked: Glass
) -> None:
    """As a fault of ours would open it: an emergency that lasts longer than was agreed."""
    case = glass.agree(asked, by=other)
    agreed = ledger.Entry.objects.get(act=Act.GLASS_AGREE)
    late = datetime.now(UTC) + timedelta(minutes=16)
    with mock.patch("upheld.ledger.appending.datetime") as clock:
        clock.now.return_value = late
        email_of(person.subject, taking.acts_as(asker, case))
    assert agreed.facts["minutes"] == 15
    finding = promises.two_together()
    assert not finding.upheld
    assert finding.details[0].endswith(f"lies outside emergency {asked.pk}")
