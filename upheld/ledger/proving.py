"""Make a proof from the stored tree."""

from upheld.ledger import merkle, proofs
from upheld.ledger.errors import NotSequenced
from upheld.ledger.models import Entry
from upheld.ledger.sequencing import latest
from upheld.ledger.tree import Tree


def prove(entry: Entry) -> str:
    """The text of a `.tlog-proof` file for the newest checkpoint. Raises NotSequenced for an entry without a place."""
    place = Entry.objects.only("index").get(id=entry.id).index
    checkpoint = latest()
    if place is None or checkpoint is None:
        raise NotSequenced(entry.id)
    path = merkle.inclusion_proof(Tree(checkpoint.size).read, place, checkpoint.size)
    return proofs.write(salt=bytes(entry.salt), body=bytes(entry.body), index=place, path=path, checkpoint=checkpoint)
