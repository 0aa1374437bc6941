"""The check of trouble with orders: it reads the whole record, in constant memory."""

from collections.abc import Iterator

from upheld import ledger
from upheld.orders.letters import DisputeOpened, OrderInTrouble
from upheld.orders.models import Trouble
from upheld.orders.troubling import DISPUTE
from upheld.policy import Promise
from upheld.policy.acts import Act
from upheld.policy.checks import Finding, check

CHUNK, MOST = 500, 20


@check(
    Promise.ORDER_TROUBLE,
    how="For every trouble on record the ledger must have its entry, and a letter about it to the same person: of the "
    "kind order_in_trouble, or order_disputed for a dispute, for the purpose order_trouble, written with that entry or "
    "after it.",
)
def told() -> Finding:
    count, wrong = 0, []
    for trouble in Trouble.objects.order_by("id").iterator(chunk_size=CHUNK):
        count += 1
        wrong += [f"{trouble.reference} {why}" for why in _missing(trouble)]
    return Finding(not wrong, f"{count} troubles with orders, each written of", tuple(wrong[:MOST]))


def _missing(trouble: Trouble) -> Iterator[str]:
    entries = ledger.Entry.objects.of(trouble.subject)
    noted = next((e for e in entries.filter(act=Act.ORDER_TROUBLE) if e.facts["row"] == trouble.reference), None)
    if noted is None:
        yield "has no entry in the ledger"
        return
    wanted = DisputeOpened if trouble.kind == DISPUTE else OrderInTrouble
    letters = entries.filter(act=Act.LETTER_SEND, id__gte=noted.id)
    if not any((e.facts["kind"], e.facts["purpose"]) == (wanted.kind, wanted.purpose) for e in letters):
        yield "was written of to nobody"
