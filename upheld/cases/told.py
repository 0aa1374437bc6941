"""What staff did about a person, in the words in which that person reads it, and what of it they can delete alone."""

from typing import Any

from upheld import vault
from upheld.cases.models import Case, Draft, Glass, Note, Turn
from upheld.cases.titles import title
from upheld.rights.erasure import deleting
from upheld.rights.seen import records
from upheld.rights.seen.records import Said

IS_OPEN = "It belongs to a case that is open. When the case is over, delete it."
_ENDINGS = {
    "closed": "closed",
    "handed_back": "handed back",
    "handed_over": "handed to a colleague",
    "lapsed": "handed back by itself",
    "left": "handed back, since they left",
}
_OUTCOMES = {"justified": "there was reason for it", "unjustified": "there was no reason for it"}


def begin() -> None:
    """From here on the rooms below tell of cases, and let a person delete a note."""
    for model, line in ((Case, _case), (Turn, _turn), (Note, _note), (Draft, _draft), (Glass, _glass)):
        records.say(model, line)
    deleting.let_go(Note, unless=_why_not_note)


def _case(said: Said, row: Any) -> str:
    end = f"closed on {row.closed_at:%-d %B %Y}" if row.closed_at else "open"
    whose = f", with {said.staff(row.taken_by)}" if row.taken_by else ""
    why = f", because of: {row.reason.replace('_', ' ')}" if row.reason else ""
    return f"{title(row.kind)} {row.number}{why}; {end}{whose}."


def _turn(said: Said, row: Any) -> str:
    end = f"{row.until:%-d %B %Y, %H:%M} UTC, then {_ENDINGS.get(row.ending, 'ended')}" if row.until else "now"
    return f"With {said.staff(row.member)} from {row.since:%-d %B %Y, %H:%M} UTC until {end}."


def _note(said: Said, row: Any) -> str:
    return f"Written by {said.staff(row.member)} on {row.at:%-d %B %Y, %H:%M} UTC."


def _draft(said: Said, row: Any) -> str:
    return f"Begun by {said.staff(row.member)}, last changed on {row.at:%-d %B %Y, %H:%M} UTC."


def _glass(said: Said, row: Any) -> str:
    asked = f"Number {row.number}, asked for by {said.staff(row.asked_by)}, because of: {row.reason.replace('_', ' ')}"
    if row.refused_at:
        return f"{asked}; refused by a colleague."
    if row.agreed_by is None:
        return f"{asked}; nobody has agreed."
    end = f" until {row.ends_at:%-d %B %Y, %H:%M} UTC" if row.ends_at else ""
    found = f"; reviewed: {_OUTCOMES.get(row.outcome, row.outcome)}" if row.reviewed_at else "; its review is open"
    return f"{asked}; agreed to by {said.staff(row.agreed_by)}{end}{found}."


def _why_not_note(row: vault.AboutPerson) -> str:
    return "" if getattr(row, "closed_at", None) else IS_OPEN
