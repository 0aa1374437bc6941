"""The checks of tell-us-now, and what breaks it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from tests.evidence.sounding import INVENTORY, OFFICER, Sent, raised, to_officer
from upheld.contact.models import Letter
from upheld.evidence import alarmed, alarms
from upheld.evidence import verbs as evidence
from upheld.evidence.verdicts import Mark, Verdict
from upheld.policy.checks import Finding
from upheld.rights.checks import rehearsed
from upheld.rights.checks.rehearsal import somebody_made_up
from upheld.rights.models import MadeUp, Request
from upheld.rights.requests import concerns

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _officer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.HOME.settings, "privacy.officer", OFFICER)
    rehearsed.forget()


def shown() -> Finding:
    """The step of the rehearsal that is ours, alone."""
    with somebody_made_up() as nobody:
        return alarmed._alarm(nobody)


def test_the_promise_is_shown_on_somebody_made_up(letters: Sent) -> None:
    finding = alarmed.alarm()
    assert finding.upheld is True, finding
    assert not to_officer(letters)  # a made-up person's alarm disturbs nobody
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    ("flaw", "told"),
    [
        (lambda concern: False, "no letter was written to the privacy officer"),
        (lambda concern: alarms._tell(concern, []), "the letter does not hold what the checks saw"),
    ],
)
def test_an_alarm_that_is_not_sounded_is_found(
    flaw: Callable[[Request], bool], told: str, letters: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarms, "sound", flaw)
    if "checks saw" in told:
        real = alarms.letter_about
        monkeypatch.setattr(alarms, "letter_about", lambda concern, seen: real(concern, []))
    finding = shown()
    assert finding.upheld is False
    assert told in finding.details


def test_a_letter_that_quotes_the_person_is_found(letters: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    said = list[str]()
    real, begin = alarms.letter_about, concerns.conversations.begin

    def heard(*args: Any, **given: Any) -> Any:
        said.append(given["text"])
        return begin(*args, **given)

    def quoting(concern: Request, seen: Any) -> Any:
        wording = real(concern, seen)
        return type(wording)(
            wording.number, wording.asked, wording.due, wording.promise,
            (*wording.evidence, Verdict(INVENTORY, Mark.UPHELD, said[-1], None, 0.0)),
        )  # fmt: skip

    monkeypatch.setattr(concerns.conversations, "begin", heard)
    monkeypatch.setattr(alarms, "letter_about", quoting)
    assert "the letter holds what the person wrote" in shown().details


def test_an_alarm_that_takes_longer_than_a_minute_is_found(letters: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    real = alarms.sound

    def late(concern: Request) -> bool:
        done = real(concern)
        Request.objects.filter(pk=concern.pk).update(asked_at=timezone.now() - timedelta(seconds=61))
        return done

    monkeypatch.setattr(alarms, "sound", late)
    assert shown() == Finding(
        False, "the privacy officer is told of an urgent concern within a minute", ("it took longer than a minute",)
    )


def test_a_concern_of_which_nobody_was_told_in_time_is_found(letters: Sent) -> None:
    concern = raised()
    assert alarmed.in_time().upheld is True
    Request.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    assert alarmed.in_time().details == (f"{concern.number} was not told of within a minute",)
    evidence.sound_due()
    assert alarmed.in_time().upheld is False
    Request.objects.update(asked_at=timezone.now() - timedelta(days=8))
    assert alarmed.in_time().upheld is True
    MadeUp.objects.create(id=raised().subject, made_at=timezone.now())
    Request.objects.filter(alarmed_at=None).update(asked_at=timezone.now() - timedelta(minutes=2))
    assert alarmed.in_time().upheld is True


def test_a_letter_that_has_not_left_told_nobody(letters: Sent) -> None:
    concern = raised()
    evidence.sound_due()
    assert alarmed.in_time().upheld is True
    Letter.objects.filter(kind="concern_alarm").update(ending="", ended_at=None)
    assert alarmed.in_time().upheld is True, "it is young, and under way"
    Letter.objects.filter(kind="concern_alarm").update(ending="failed", ended_at=timezone.now())
    Request.objects.update(asked_at=concern.asked_at - timedelta(minutes=2), alarmed_at=concern.asked_at)
    assert alarmed.in_time().upheld is False
    sent = concern.asked_at - timedelta(seconds=100)
    Letter.objects.filter(kind="concern_alarm").update(ending="sent", ended_at=sent)
    assert alarmed.in_time().upheld is True


@pytest.mark.parametrize("door", ["mail.imap", "mail.listen", "mail.maildir"])
def test_an_alarm_to_the_mailbox_that_the_program_empties_is_found(monkeypatch: pytest.MonkeyPatch, door: str) -> None:
    monkeypatch.setitem(settings.HOME.settings, "privacy.officer", "")
    assert alarmed.in_time().upheld is True
    monkeypatch.setitem(settings.HOME.settings, door, "anything")
    assert alarmed.in_time().details == (
        "nobody answers for concerns: the program reads the mailbox of the privacy officer's address itself",
    )
    monkeypatch.setitem(settings.HOME.settings, "privacy.officer", OFFICER)
    assert alarmed.in_time().upheld is True
