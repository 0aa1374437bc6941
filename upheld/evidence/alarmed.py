"""The check of the alarm: a made-up person says that the policy is broken now."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from upheld import ledger
from upheld.contact import languages
from upheld.contact.delivering import SENT
from upheld.contact.models import Letter
from upheld.evidence import alarms, running
from upheld.evidence.letters import ConcernAlarm
from upheld.policy import Promise, force
from upheld.policy.acts import Act
from upheld.policy.checks import Finding, check
from upheld.rights import verbs as rights
from upheld.rights.checks import rehearsed
from upheld.rights.checks.rehearsal import Nobody
from upheld.rights.models import MadeUp, Request, Right
from upheld.rights.requests import officer

ABOUT = Promise.INVENTORY  # whose check needs no made-up person, and is quick
LATELY = timedelta(days=7)


@check(
    Promise.TELL_US_NOW,
    how="A made-up person says that the policy is broken now. Within a minute a letter to the privacy officer must be "
    "written, with the concern's number, the day by which its answer is due, and what the check of the promise sees, "
    "and without a word of what the person wrote.",
)
def alarm() -> Finding:
    return rehearsed.shown("alarm")


@check(
    Promise.TELL_US_NOW,
    how="Every urgent concern of the last seven days is looked at: the letter to the privacy officer must have left "
    "within a minute. The privacy officer's address must not be one of those that the program itself reads.",
)
def in_time() -> Finding:
    now = timezone.now()
    made_up = MadeUp.objects.values("id")
    urgent = Request.objects.filter(right=Right.CONCERN, is_urgent=True, asked_at__gt=now - LATELY)
    rows = list(urgent.exclude(subject__in=made_up))
    late = [each for each in rows if (_told_at(each) or now) - each.asked_at > alarms.SOON and _waits(each)]
    wrong = (*officer.unreached(), *(f"{each.number} was not told of within a minute" for each in late))
    return Finding(not wrong, f"{len(rows)} urgent concerns in seven days, {len(late)} told of late", wrong)


def _told_at(concern: Request) -> datetime | None:
    """When the letter that the record names left; None while it has not."""
    letter = _letter(concern)
    return letter.ended_at if letter and letter.ending == SENT else None


def _waits(concern: Request) -> bool:
    """One that has ended before anybody was told of it was answered, and needs no alarm any more."""
    return bool(concern.alarmed_at) or concern.ended_at is None


def _alarm(nobody: Nobody) -> Finding:
    about = ABOUT if ABOUT in force.in_force().promises else ""
    concern = rights.raise_concern(
        nobody.subject, text=nobody.value("message"), promise=about, is_urgent=True, way="site", by=nobody.by
    )
    alarms.sound(concern)
    concern = Request.objects.get(subject=concern.subject, pk=concern.pk)
    took = ((concern.alarmed_at or timezone.now()) - concern.asked_at).total_seconds()
    wrong = list(_flaws(nobody, concern))
    if took > alarms.SOON.total_seconds():
        wrong.append("it took longer than a minute")
    return Finding(not wrong, "the privacy officer is told of an urgent concern within a minute", tuple(wrong))


def _flaws(nobody: Nobody, concern: Request) -> Iterator[str]:
    if concern.alarmed_at is None or _letter(concern) is None:
        yield "no letter was written to the privacy officer"
    seen = running.verdicts()
    evidence = [seen[Promise(concern.promise)]] if concern.promise else list(seen.values())
    said = " ".join(re.split(r"\s+", alarms.letter_about(concern, evidence).text()))
    if concern.number not in said:
        yield "the letter does not say which concern it is about"
    if languages.day(concern.due_at) not in said:
        yield "the letter does not say by when an answer is due"
    if not all(" ".join(verdict.figure.split()) in said for verdict in evidence):
        yield "the letter does not hold what the checks saw"
    if nobody.token in said:
        yield "the letter holds what the person wrote"


def _letter(concern: Request) -> Letter | None:
    """The one that the record names, which is there and for nobody whom we hold."""
    entries = ledger.Entry.objects.of(concern.subject).filter(act=Act.ALARM_SEND).order_by("-id")
    entry = next((each for each in entries if each.facts["request"] == concern.reference), None)
    if entry is None:
        return None
    name = str(entry.facts["letter"]).removeprefix(f"{Letter.label()}:")
    found: Letter | None = Letter.objects.filter(pk=name, kind=ConcernAlarm.kind).first()
    return found


rehearsed.also("alarm", _alarm)
