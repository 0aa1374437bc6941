"""An answer that a member has not sent yet: sealed, theirs alone, and gone with the case or when its days are over."""

from django.utils import timezone

from upheld import vault
from upheld.cases import notes, taking
from upheld.cases.fields import purpose_of
from upheld.cases.models import Case, Draft
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.staff.models import Member

LONGEST = 20_000  # characters
DATUM = Draft.field("text").datum


def keep(case: Case, *, text: str, by: Member) -> None:
    """In place of what was kept before; nothing is kept of nothing. Raises NoteTooLong, NoteHoldsCard, NotYours,
    NoSuchCase, Refused."""
    notes.refuse(text, longest=LONGEST)
    if not text.strip():
        return drop(case, by=by)
    with taking.theirs(case, by=by) as actor:
        require(Act.NOTE_KEEP, by=actor, subject=case.subject, data=(DATUM,))
        row = _of(case, by) or Draft(subject=case.subject, about=case.about, member=by.pk)
        row.at = timezone.now()
        if not row._state.adding:
            row.save(update_fields=["at"])
        vault.collect(row, {"text": text}, source=notes.SOURCE, by=taking.US)
    return None


def draft_of(case: Case, *, by: Member) -> str:
    """What this member has not sent yet, or nothing. Raises NotYours, NoSuchCase, Refused."""
    with taking.theirs(case, by=by) as actor:
        row = _of(case, by)
        if row is None:
            return ""
        purpose, because = purpose_of(case.kind, DATUM), taking.reference(case)
        return vault.open(row, ["text"], by=actor, purpose=purpose, because=because)["text"] or ""


def drop(case: Case, *, by: Member) -> None:
    """It was sent, or is not to be. Safe to repeat. Raises NotYours, NoSuchCase."""
    with taking.theirs(case, by=by):
        row = _of(case, by)
        if row is not None:
            vault.remove(row, by=taking.US, because=taking.reference(case))


def _of(case: Case, member: Member) -> Draft | None:
    found: Draft | None = Draft.objects.filter(subject=case.subject, about=case.about, member=member.pk).first()
    return found
