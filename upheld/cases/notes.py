"""What staff write down on a case for whoever works on it next. The person sees it with everything else of theirs."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from upheld import ledger, vault
from upheld.cases import noticing, taking
from upheld.cases.errors import NoteHoldsCard, NoteTooLong
from upheld.cases.fields import purpose_of
from upheld.cases.models import Case, Note
from upheld.payments.card_numbers import looks_like_card_number
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.staff.models import Member

LONGEST = 2_000  # characters
ONCE = timedelta(minutes=1)  # within which the same words of one member are a form sent twice
SOURCE = "letter"  # of the policy, which names our notes beside what people write
DATUM = Note.field("text").datum


def note(case: Case, *, text: str, by: Member) -> Note:
    """Keep a note on the case; the same words sent twice within a minute are one note. Raises NoteTooLong,
    NoteHoldsCard, NotYours, NoSuchCase; Refused, also of a job that could not read it again."""
    refuse(text, longest=LONGEST)
    with taking.theirs(case, by=by) as actor:
        require(Act.NOTE_KEEP, by=actor, subject=case.subject, data=(DATUM,))
        lately = Note.objects.filter(member=by.pk, at__gt=timezone.now() - ONCE)
        for kept, said in _opened(case, lately, actor):
            if said == text:
                return kept
        row = Note(subject=case.subject, about=case.about, member=by.pk, at=timezone.now())
        kept = vault.collect(row, {"text": text}, source=SOURCE, by=taking.US)
        facts: dict[str, ledger.Fact] = {"case": taking.reference(case), "note": kept.reference}
        ledger.append(Act.NOTE_KEEP, by=actor, subject=case.subject, facts=facts)
    return kept


def notes_of(case: Case, *, by: Member) -> list[tuple[Note, str]]:
    """Those of the case, opened, the oldest first. Not to be called in a transaction. Raises NotYours, NoSuchCase,
    TooManyOpenings, Refused."""
    noticing.allow_opening(by, taking.job_of(by, case.kind))
    with taking.theirs(case, by=by) as actor:
        return _opened(case, Note.objects.all(), actor)


def _opened(case: Case, among: QuerySet[Note], actor: Actor) -> list[tuple[Note, str]]:
    notes = list(among.filter(subject=case.subject, about=case.about).order_by("at", "id"))
    purpose, because = purpose_of(case.kind, DATUM), taking.reference(case)
    opened = vault.open(notes, ["text"], by=actor, purpose=purpose, because=because)
    return [(each, said["text"] or "") for each, said in zip(notes, opened, strict=True)]


def refuse(text: str, *, longest: int) -> None:
    """Raises NoteTooLong, NoteHoldsCard."""
    if len(text) > longest:
        raise NoteTooLong(longest)
    if looks_like_card_number(text):
        raise NoteHoldsCard
