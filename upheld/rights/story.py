"""What happened about a person: the ledger's entries, as they read them."""

from collections.abc import Iterable
from uuid import UUID

from upheld import ledger
from upheld.policy.acts import Act
from upheld.policy.document import Policy
from upheld.rights import words
from upheld.rights.held import Event, Opening

_RIGHTS = {"access": "Showing it to you", "correction": "Correcting it", "portability": "Your copy of it"}


def of(subject: UUID, policy: Policy) -> tuple[tuple[Opening, ...], tuple[Event, ...]]:
    """The openings, and everything else; each newest first. One query."""
    openings, story = [], []
    for entry in ledger.Entry.objects.of(subject).reverse():
        if entry.act == Act.FIELD_OPEN:
            openings.append(_opening(entry, policy))
        else:
            story.append(Event(*_event(entry)))
    return tuple(openings), tuple(story)


def _event(entry: "ledger.Entry") -> tuple[object, ...]:
    by = entry.by
    return (entry.id, entry.index, entry.act, words.act(entry.act), entry.at, by, words.who(by), entry.facts)


def _opening(entry: "ledger.Entry", policy: Policy) -> Opening:
    facts = entry.facts
    purpose = str(facts["purpose"])
    return Opening(
        *_event(entry),
        row=str(facts["row"]),
        fields=tuple(_texts(facts["fields"])),
        purpose=purpose,
        purpose_title=purpose_title(policy, purpose),
        because=str(facts.get("because", "")),
    )


def purpose_title(policy: Policy, purpose: str) -> str:
    declared = policy.purposes.get(purpose)
    return (declared.title if declared else _RIGHTS.get(purpose)) or purpose


def _texts(values: Iterable[object]) -> Iterable[str]:
    return map(str, values)
