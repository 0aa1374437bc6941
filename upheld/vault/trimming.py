"""One row is cut down to what a law has us keep of it, and the rest of its subject stays as it is."""

from django.db import transaction

from upheld import ledger
from upheld.policy.actors import Actor, Kind
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault import envelope, holding, index, notices
from upheld.vault.rows import Personal
from upheld.vault.scrubbing import scrub_after_commit
from upheld.vault.shredding import kept_classes
from upheld.vault.spent import destroy_after_commit


@transaction.atomic
def trim(row: Personal, *, by: Actor, because: str = "") -> None:
    """Of a row that stays, only the envelopes of classes stay that outlive erasure. Who received something of it is
    told, and a class of which nothing else is held loses its key. Of a row that nobody can read, nothing stays sealed.
    Raises Refused; OnHold for the person themselves while a hold stands."""
    require(Act.ROW_REMOVE, by=by, subject=row.subject)
    if by.kind is Kind.PERSON:
        holding.refuse_to_let_go(row.subject)
    kept = kept_classes()
    envelopes = row.readable()
    staying = [each for each in envelopes if each.retention in kept]
    notices.after_removal(row)
    index.leave(row, row.sealed_fields().keys() - {name for each in staying for name in each.fields})
    row.sealed = envelope.pack(staying)
    row.save(update_fields=["sealed"])
    facts: dict[str, ledger.Fact] = {"row": row.reference, "kept": sorted({each.retention for each in staying})}
    if because:
        facts["because"] = because
    ledger.append(Act.ROW_REMOVE, by=by, subject=row.subject, facts=facts)
    scrub_after_commit()
    destroy_after_commit(row.subject, {each.retention for each in envelopes} - kept)


def holds_more(row: Personal) -> bool:
    """Whether there is something in it that need not stay; what nobody can read need not."""
    kept, envelopes = kept_classes(), row.readable()
    return bool(row.sealed and not envelopes) or any(each.retention not in kept for each in envelopes)
