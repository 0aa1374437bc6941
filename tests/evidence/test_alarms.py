"""The privacy officer hears of a concern at once, with what the checks see."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from tests.canaries import Canaries, seen_in
from tests.crash import kill_at_each_step
from tests.evidence.sounding import INVENTORY, OFFICER, Sent, raised, to_officer
from upheld import ledger
from upheld.contact import languages
from upheld.contact.models import Letter
from upheld.evidence import alarms, running
from upheld.evidence import verbs as evidence
from upheld.evidence.letters import MOST
from upheld.evidence.models import CheckRun
from upheld.evidence.verdicts import Mark, Verdict
from upheld.policy import Promise, Refused
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights.checks import rehearsed
from upheld.rights.erasure.erasing import erase
from upheld.rights.models import Request, State

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _officer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.HOME.settings, "privacy.officer", OFFICER)
    rehearsed.forget()


def looked(monkeypatch: pytest.MonkeyPatch) -> list[Promise]:
    """Which checks were run."""
    run, seen = running.run, list[Promise]()

    def spy(promises: Any = None, **said: Any) -> list[Verdict]:
        seen.extend(promises)
        return run(promises, **said)

    monkeypatch.setattr(running, "run", spy)
    return seen


def test_an_urgent_concern_sounds_an_alarm_with_what_the_check_sees_now(letters: Sent, canaries: Canaries) -> None:
    evidence.run([INVENTORY], by=Actor.operator())
    CheckRun.objects.update(at=timezone.now() - timedelta(hours=2), seconds=0.1)
    concern = raised(text=canaries["message"])
    assert evidence.sound_due() == 1
    assert timezone.now() - CheckRun.objects.get().at < timedelta(hours=1)
    [(subject, text)] = to_officer(letters)
    assert subject.startswith("Alarm")
    assert concern.number in text
    assert languages.day(concern.due_at) in text
    assert "It is about the promise inventory." in text
    assert CheckRun.objects.get(promise=INVENTORY).figure in text
    assert "upheld verify inventory" in text
    assert f"upheld rights show {concern.number}" in text
    assert not seen_in("".join(message.as_string() for message in letters()).encode(), [canaries["message"]])


def test_it_sounds_once_and_is_on_record(letters: Sent) -> None:
    concern = raised()
    assert (evidence.sound_due(), evidence.sound_due()) == (1, 0)
    assert not alarms.sound(concern)
    assert len(to_officer(letters)) == 1
    concern.refresh_from_db()
    assert concern.alarmed_at is not None
    entry = ledger.Entry.objects.of(concern.subject).get(act=Act.ALARM_SEND)
    letter = Letter.objects.get(kind="concern_alarm")
    assert entry.facts["letter"] == letter.reference
    assert (entry.facts["promise"], entry.facts["request"], entry.facts["urgent"]) == (
        INVENTORY, concern.reference, True,
    )  # fmt: skip


def test_a_concern_that_is_not_urgent_is_told_of_without_alarm(letters: Sent) -> None:
    raised(is_urgent=False)
    evidence.sound_due()
    [(subject, text)] = to_officer(letters)
    assert "alarm" not in (subject + text).lower()
    assert "at once" not in text


def test_one_that_names_no_promise_brings_every_verdict(letters: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = looked(monkeypatch)
    raised("")
    evidence.sound_due()
    [(_, text)] = to_officer(letters)
    assert all(f"- {promise}: " in text for promise in Promise)
    assert not seen


def test_urgent_ones_are_told_of_first(letters: Sent) -> None:
    raised(is_urgent=False)
    urgent = raised()
    evidence.sound_due()
    told = ledger.Entry.objects.filter(act=Act.ALARM_SEND).order_by("id").first()
    assert told is not None
    assert told.subject == urgent.subject


def test_many_wait_for_no_check(letters: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    evidence.run([INVENTORY], by=Actor.operator())
    CheckRun.objects.update(at=timezone.now() - timedelta(hours=2), seconds=0.1)
    seen = looked(monkeypatch)
    for _ in range(4):
        raised()
    assert evidence.sound_due() == 4
    assert not seen
    assert all(CheckRun.objects.get().figure in text for _, text in to_officer(letters))


def test_a_check_of_which_nobody_knows_how_long_it_takes_holds_no_alarm_up(
    letters: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = looked(monkeypatch)
    raised()
    assert evidence.sound_due() == 1
    assert not seen


def test_one_that_cannot_be_told_of_keeps_no_other_from_it(letters: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    first, real = raised(), alarms.letter_about

    def told(concern: Request, seen: Any) -> Any:
        if concern.pk == first.pk:
            raise RuntimeError
        return real(concern, seen)

    monkeypatch.setattr(alarms, "letter_about", told)
    other = raised()
    with pytest.raises(RuntimeError):
        evidence.sound_due()
    [(_, text)] = to_officer(letters)
    assert other.number in text


def test_a_check_that_takes_long_holds_no_alarm_up(letters: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    evidence.run([INVENTORY], by=Actor.operator())
    CheckRun.objects.update(at=timezone.now() - timedelta(hours=2), seconds=alarms.LONGEST + 1)
    seen = looked(monkeypatch)
    raised()
    assert evidence.sound_due() == 1
    assert not seen
    [(_, text)] = to_officer(letters)
    assert CheckRun.objects.get().figure in text


def test_whoever_was_erased_or_answered_sounds_none(letters: Sent) -> None:
    gone, ended = raised(), raised()
    erase(gone.subject, by=Actor.person(gone.subject))
    Request.objects.filter(pk=ended.pk).update(state=State.DENIED, ended_at=timezone.now())
    assert not alarms.sound(gone)
    assert evidence.sound_due() == 0
    assert not to_officer(letters)


def test_nobody_but_the_program_sounds_one(letters: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    concern = raised()
    monkeypatch.setattr(alarms, "BY", Actor.visitor())
    with pytest.raises(Refused):
        alarms._tell(concern, [])
    assert not Letter.objects.filter(kind="concern_alarm").exists()


def test_details_of_a_check_are_shown_and_bounded() -> None:
    details = tuple(f"row {n} is odd" for n in range(50))
    seen = Verdict(INVENTORY, Mark.BROKEN, "50 odd rows", timezone.now(), 0.1, details)
    concern = Request(number="R-7K3Q9XMT", asked_at=timezone.now(), due_at=timezone.now(), promise=INVENTORY)
    text = alarms.letter_about(concern, [seen]).text()
    assert "inventory: broken" in text
    assert text.count("is odd") == MOST


def write_a_concern() -> None:
    raised("")  # no check is run for it: a death in one is the checks' own matter


def sound_it() -> None:
    evidence.sound_due()


def one_letter_was_written() -> None:
    evidence.sound_due()
    assert Request.objects.get().alarmed_at is not None
    assert Letter.objects.filter(kind="concern_alarm").count() == 1
    assert ledger.Entry.objects.filter(act=Act.ALARM_SEND).count() == 1


def test_a_crash_anywhere_sounds_it_once() -> None:
    assert kill_at_each_step(sound_it, before=write_a_concern, check=one_letter_was_written) > 3
