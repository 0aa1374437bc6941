"""What our staff did since a copy was made is done again: who left is cut off, whose each case was is known, so that
what they opened then can be judged, and no emergency goes without its review.

As in `again`: each returns whether it changed anything, and what is done once more changes nothing. The log's times are
cut to milliseconds, so a turn that an entry begins is never over at that entry.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from upheld.cases.models import Case, Glass, Note, Turn
from upheld.ledger.models import Entry
from upheld.policy.acts import Act
from upheld.staff.models import DeskSession, Invitation, Member, StaffPasskey, StaffTotp, Terminal

WAYS_IN = (DeskSession, Invitation, StaffPasskey, StaffTotp, Terminal)
SAME = timedelta(seconds=1)
_ENDINGS = {
    Act.CASE_CLOSE: "closed",
    Act.CASE_HAND_BACK: "handed_back",
    Act.CASE_HAND_OVER: "handed_over",
}


def left(entry: Entry) -> bool:
    member = Member.objects.filter(pk=entry.facts["member"], left_at=None).first()
    if member is None:
        return False
    for way in WAYS_IN:
        way._base_manager.filter(member=member).delete()
    member.left_at, member.jobs = entry.at, []
    member.save(update_fields=["left_at", "jobs"])
    return True


def jobs_changed(entry: Entry) -> bool:
    """The last word about a member's jobs."""
    member = Member.objects.filter(pk=entry.facts["member"], left_at=None).first()
    if member is None or member.jobs == entry.facts["jobs"]:
        return False
    member.jobs = entry.facts["jobs"]
    member.save(update_fields=["jobs"])
    return True


def passkey_removed(entry: Entry) -> bool:
    return bool(StaffPasskey.objects.filter(pk=entry.facts["passkey"]).delete()[0])


def codes_removed(entry: Entry) -> bool:
    """Those that were set up before."""
    return bool(StaffTotp.objects.filter(member=_by(entry), confirmed_at__lt=entry.at).delete()[0])


def taken(entry: Entry) -> bool:
    """The case is there, open, and this member's from then on."""
    return _is_of(_by(entry), entry)


def handed_over(entry: Entry) -> bool:
    """The case is the colleague's from then on."""
    ended = turned(entry)
    return _is_of(UUID(entry.facts["to"]), entry) or ended


def _is_of(member: UUID, entry: Entry) -> bool:
    cases = _cases(entry)
    near = (entry.at - SAME, entry.at + SAME)
    turns = Turn.objects.filter(subject=_whose(entry), case__in=cases.values("pk"), member=member, since__range=near)
    if turns.exclude(until__lt=entry.at).exists():
        return False
    case = cases.filter(closed_at=None).first() or _begun(entry)
    Turn.objects.create(subject=_whose(entry), case=case.pk, member=member, since=entry.at)
    case.taken_by, case.taken_at = member, entry.at
    case.save(update_fields=["taken_by", "taken_at"])
    return True


def turned(entry: Entry) -> bool:
    """The case was handed back or over, or closed."""
    open_then = _cases(entry).filter(closed_at=None, opened_at__lt=entry.at)
    turns = Turn.objects.filter(
        subject=_whose(entry), case__in=open_then.values("pk"), until=None, since__lt=entry.at
    )  # fmt: skip
    changed = turns.update(until=entry.at, ending=_ENDINGS[Act(entry.act)])
    if changed:
        open_then.update(taken_by=None, taken_at=None)
    if entry.act == Act.CASE_CLOSE and open_then.update(closed_at=entry.at):
        notes = Note.objects.filter(subject=_whose(entry), about=_about(entry), closed_at=None)
        notes.update(closed_at=entry.at)
        return True
    return bool(changed)


def asked(entry: Entry) -> bool:
    facts = entry.facts
    values: dict[str, Any] = {"number": facts["number"], "reason": facts["reason"], "asked_at": entry.at}
    values["asked_by"] = _by(entry)
    return bool(Glass.objects.get_or_create(subject=_whose(entry), pk=UUID(facts["glass"]), defaults=values)[1])


def agreed(entry: Entry) -> bool:
    """Or refused, and then there is nothing to review."""
    waits = Glass.objects.filter(pk=entry.facts["glass"], agreed_by=None, refused_at=None)
    if entry.facts.get("agreed") is False:
        return bool(waits.update(refused_at=entry.at, reviewed_at=entry.at))
    ends = entry.at + timedelta(minutes=int(entry.facts["minutes"]))
    return bool(waits.update(agreed_by=_by(entry), ends_at=ends))


def reviewed(entry: Entry) -> bool:
    waits = Glass.objects.filter(pk=entry.facts["glass"], reviewed_at=None)
    return bool(waits.update(reviewed_by=_by(entry), reviewed_at=entry.at, outcome=entry.facts["outcome"]))


def signed_out() -> int:
    """Nobody is signed in any more, at the desk or at a terminal, and no link of before asks anybody in."""
    return sum(model._base_manager.all().delete()[0] for model in (DeskSession, Terminal, Invitation))


def is_shut_out(entry: Entry) -> str:
    """The id of a member who was invited, or joined, and cannot come in now; empty for any other."""
    id = str(entry.facts["member"]) if entry.act == Act.MEMBER_INVITE else str(entry.by["id"])
    member = Member.objects.filter(pk=id).first()
    return "" if member and (member.enrolled_at or member.left_at) else id


def _begun(entry: Entry) -> Case:
    kind, _, about = str(entry.facts["case"]).partition(":")
    case: Case = Case.objects.create(
        subject=_whose(entry), kind=kind, about=about, number=entry.facts["number"],
        reason=entry.facts.get("reason", ""), opened_at=entry.at,
    )  # fmt: skip
    return case


def _cases(entry: Entry) -> Any:
    kind, _, about = str(entry.facts["case"]).partition(":")
    return Case.objects.filter(subject=_whose(entry), kind=kind, about=about)


def _about(entry: Entry) -> UUID:
    return UUID(str(entry.facts["case"]).partition(":")[2])


def _whose(entry: Entry) -> UUID:
    assert entry.subject is not None  # cases and emergencies are about somebody
    return entry.subject


def _by(entry: Entry) -> UUID:
    return UUID(entry.by["id"])
