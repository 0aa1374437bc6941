"""Somebody says that the policy is not kept: the privacy officer hears of it at once, with what the checks see.

    1  look    the check of the promise that the concern names, now, when it is quick and no other concern waits; else
               what was seen last
    2  tell    the concern marked as told of, the letter written, both on record              one transaction

Killed in between, the worker looks again and tells then. A concern that is not urgent is told of in the same way, in
other words.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from upheld import ledger
from upheld.contact import verbs as contact
from upheld.evidence import running
from upheld.evidence.letters import ConcernAlarm, ConcernRaised
from upheld.evidence.models import CheckRun
from upheld.evidence.verdicts import Verdict
from upheld.policy import Promise
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.rights.checks.rehearsal import PLACE
from upheld.rights.models import MadeUp, Request, Right
from upheld.rights.requests import officer
from upheld.vault import failing

BY = Actor.system("alarms")
SOON = timedelta(minutes=1)  # within which an alarm must have been sounded
FRESH = timedelta(seconds=30)  # a check that has just looked is not asked again: many may have the same concern
LONGEST = 20.0  # seconds: what took longer the last time does not hold an alarm up
OF_NOBODY = f"officer@{PLACE}.invalid"  # who hears of a made-up person's concern


def sound_due() -> int:
    """Tell the privacy officer of each concern that they were not told of, the urgent ones first. Must not run inside a
    transaction. Returns how many. What one of them raises is raised once the others were told of."""
    rows = Request.objects.filter(right=Right.CONCERN, alarmed_at=None, ended_at=None)
    waiting = list(rows.order_by("-is_urgent", "asked_at", "id"))
    return failing.each(partial(sound, may_look=len(waiting) == 1), waiting)


def sound(concern: Request, *, may_look: bool = True) -> bool:
    """Tell of one; False when somebody else has, or the person was erased since. Raises Refused."""
    return _tell(concern, _evidence(concern.promise, may_look=may_look))


def letter_about(concern: Request, evidence: Sequence[Verdict]) -> ConcernRaised:
    kind = ConcernAlarm if concern.is_urgent else ConcernRaised
    return kind(concern.number, concern.asked_at, concern.due_at, concern.promise, tuple(evidence))


def _evidence(name: str, *, may_look: bool) -> Sequence[Verdict]:
    """What the check of the promise sees now, if that is known to be quick, or saw last; of all promises what was seen
    last, when none is named."""
    latest = running.verdicts()
    if not name:
        return list(latest.values())
    promise = Promise(name)
    last = CheckRun.objects.newest().filter(promise=promise).first()
    if not may_look or last is None or timezone.now() - last.at < FRESH or last.seconds > LONGEST:
        return [latest[promise]]
    return running.run([promise], by=BY)


@transaction.atomic
def _tell(concern: Request, evidence: Sequence[Verdict]) -> bool:
    rows = Request.objects.select_for_update().filter(subject=concern.subject, pk=concern.pk, alarmed_at=None)
    found = rows.first()
    if found is None:
        return False
    require(Act.ALARM_SEND, by=BY, subject=found.subject)
    is_nobody = MadeUp.objects.filter(id=found.subject).exists()
    wording = letter_about(found, evidence)
    letter = contact.answer(wording, email=OF_NOBODY if is_nobody else officer.address(), by=BY)
    found.alarmed_at = timezone.now()
    found.save(update_fields=["alarmed_at"])
    facts: dict[str, ledger.Fact] = {
        "letter": letter.reference, "promise": found.promise or None, "request": found.reference,
        "urgent": found.is_urgent,
    }  # fmt: skip
    ledger.append(Act.ALARM_SEND, by=BY, subject=found.subject, facts=facts)
    return True
