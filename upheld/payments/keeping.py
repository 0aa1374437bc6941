"""Having a processor keep the card behind a token, once for each token, and nothing it keeps being forgotten by us.

A row that names nobody is there before the processor is asked. The card becomes a person's in a transaction that
hands its token to the processor on record, under the same id. Where that never came, the processor forgets it.
"""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from uuid_utils.compat import uuid7

from upheld import vault
from upheld.payments import processors
from upheld.payments.answers import CARD_UNKNOWN, REFUSED, UNANSWERED, Declined
from upheld.payments.errors import CardDeclined, KeyReused, ProcessorRefused, TokenUnknown, Unreachable
from upheld.payments.models import Keeping
from upheld.payments.processor import CardPage, KeptCard
from upheld.vault.models import Disclosure

PROCESSOR = "processor"
LASTS = timedelta(hours=2)  # longer than a token serves, and than any form takes


def reference(card: UUID) -> str:
    return f"card:{card}"


def keep(token: str) -> tuple[Keeping, KeptCard] | Declined:
    """Ask, over the network. The same token asked about again is the same card."""
    keeping = _keeping(token)
    try:
        kept = processors.named(keeping.processor).keep_card(token, reference=str(keeping), key=str(keeping.pk))
    except CardDeclined as declined:
        return Declined(None, declined.reason)
    except (TokenUnknown, KeyReused):
        return Declined(None, CARD_UNKNOWN)
    except ProcessorRefused:
        return Declined(None, REFUSED)
    except Unreachable:
        return Declined(None, UNANSWERED)
    return keeping, kept


def card_page(*, back: str) -> CardPage:
    """Begin to take a card on the processor's own page, which leads to the address `back`. Raises PaymentsError.

    What is typed there and never kept the processor forgets by this row, which names nobody either.
    """
    id, processor = uuid7(), processors.current()
    row = Keeping(id=id, digest=vault.digest("card", f"page:{id}"), processor=processor.name, asked_at=timezone.now())
    row.save(force_insert=True)
    return processor.card_page(back=back, reference=str(row), key=str(row.pk))


def _keeping(token: str) -> Keeping:
    row = {"processor": processors.current().name, "asked_at": timezone.now()}
    keeping: Keeping = Keeping.objects.get_or_create(digest=vault.digest("card", token), defaults=row)[0]
    return keeping


def forget_orphans() -> int:
    """Have forgotten what no person's row came to name. Safe to interrupt and repeat; returns how many there were."""
    old = Keeping.objects.filter(asked_at__lt=timezone.now() - LASTS).order_by("asked_at")[:500]
    return sum(_forget(keeping) for keeping in old)


def _forget(keeping: Keeping) -> bool:
    is_somebodys = Disclosure.objects.filter(recipient=PROCESSOR, because=str(keeping)).exists()
    if not is_somebodys:
        try:
            if not processors.named(keeping.processor).forget(str(keeping), key=f"forget-{keeping.pk}"):
                return False  # under way: asked again next time
        except (Unreachable, ProcessorRefused):
            return False
    keeping.delete()
    return not is_somebodys
