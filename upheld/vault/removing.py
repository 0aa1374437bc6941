"""One row goes, and nothing else of its subject."""

from django.db import transaction

from upheld import ledger
from upheld.policy.actors import Actor, Kind
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault import holding, index, notices
from upheld.vault.rows import Personal
from upheld.vault.scrubbing import scrub_after_commit
from upheld.vault.spent import destroy_after_commit


@transaction.atomic
def remove(row: Personal, *, by: Actor, because: str = "") -> None:
    """Delete a row, and its ciphertext from the database's files; who received something of it is told. Raises
    Refused; OnHold for the person themselves while a hold stands: what the program tidies up is no evidence.

    With the subject's last envelope of a class goes the key of that class, so that no copy of the data from before can
    be opened either. While another row of theirs holds something of the class, the key stays and such a copy can be.
    """
    require(Act.ROW_REMOVE, by=by, subject=row.subject)
    if by.kind is Kind.PERSON:
        holding.refuse_to_let_go(row.subject)
    notices.after_removal(row)
    index.leave(row, row.sealed_fields())
    row.delete()
    facts: dict[str, ledger.Fact] = {"row": row.reference}
    if because:
        facts["because"] = because
    ledger.append(Act.ROW_REMOVE, by=by, subject=row.subject, facts=facts)
    scrub_after_commit()
    destroy_after_commit(row.subject, row.classes())
