"""What was opened for which purpose, counted over the whole ledger."""

from collections import Counter
from functools import cache

from upheld import ledger, vault
from upheld.policy.acts import Act
from upheld.rights.checks import rehearsal

CHUNK = 2000
Opened = tuple[str, str, str]


def openings() -> Counter[Opened]:
    """Of people's data, by row's label, datum and purpose. Those who were made up do not count."""
    nobody, counted = rehearsal.subjects(), Counter[Opened]()
    for entry in ledger.Entry.objects.filter(act=Act.FIELD_OPEN).iterator(chunk_size=CHUNK):
        if entry.subject not in nobody:
            facts = entry.facts
            label = str(facts["row"]).partition(":")[0]
            counted.update((label, datum, str(facts["purpose"])) for datum in _data(label, tuple(facts["fields"])))
    return counted


@cache
def _data(label: str, fields: tuple[str, ...]) -> frozenset[str]:
    """The policy's names of these fields; a field that a later version no longer has counts under its own."""
    model = vault.by_label(label)
    known = model.sealed_fields() if model else {}
    return frozenset(known[name].datum if name in known else name for name in fields)
