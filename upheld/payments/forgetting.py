"""What we hold no more the processor forgets too: told of every removal and erasure, until it says that it has."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from upheld.payments.errors import PaymentsError
from upheld.payments.keeping import PROCESSOR, forget_orphans
from upheld.payments.processor import Processor
from upheld.payments.used import used
from upheld.policy.actors import Actor
from upheld.vault import notices
from upheld.vault.models import Disclosure, Notice

BY = "payments"
MOST = 500  # notices a run
TYPED_THERE, SHARED = "typed_there", "in_use"  # answers, beside done


def tell_processor() -> int:
    """Have every removal and erasure carried out at the processor, and what nobody came to own forgotten.

    For the worker. Safe to interrupt and repeat; returns how many are done now.
    """
    return forget_orphans() + _tell(notices.least_tried(PROCESSOR)[:MOST])


def tell_about(subject: UUID) -> int:
    """The same for one person, at once."""
    return _tell(notices.pending(PROCESSOR).filter(subject=subject))


def _tell(pending: Iterable[Notice]) -> int:
    found = list(pending)
    processors = used() if found else []
    return sum(_settled(notice, processors) for notice in found)


def _settled(notice: Notice, processors: Sequence[Processor]) -> bool:
    by = Actor.system(BY)
    notices.tried(notice)
    answer = _without_asking(notice)
    if not answer:
        forgotten = [_forgets(processor, notice) for processor in processors]
        notices.told(notice, by=by)
        answer = notices.DONE if all(forgotten) else ""
    if answer:
        notices.answered(notice, answer=answer, by=by)
    return bool(answer)


def _without_asking(notice: Notice) -> str:
    """A correction changes nothing there: what the processor has of a card was typed at its own place, and all that we
    handed over is its own token. A card that a sign-up sent twice named twice is kept while one of the two holds it."""
    if notice.reason == notices.CORRECTED:
        return TYPED_THERE
    others = Disclosure.objects.filter(recipient=PROCESSOR, because=notice.because).exclude(subject=notice.subject)
    return SHARED if others.exists() else ""


def _forgets(processor: Processor, notice: Notice) -> bool:
    try:
        return processor.forget(notice.because, key=f"forget-{notice.pk}")
    except PaymentsError:
        return False
