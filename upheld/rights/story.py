"""What happened about a person: the ledger's entries, as they read them."""

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
        event = _event(entry)
        if entry.act == Act.FIELD_OPEN:
            openings.append(_opening(event, policy))
        else:
            story.append(event)
    return tuple(openings), tuple(story)


def _event(entry: "ledger.Entry") -> Event:
    by = entry.by
    return Event(entry.id, entry.index, entry.act, words.act(entry.act), entry.at, by, words.who(by), entry.facts)


def _opening(event: Event, policy: Policy) -> Opening:
    facts = event.facts
    fields, purpose = facts["fields"], str(facts["purpose"])
    assert isinstance(fields, list)  # as the vault writes it
    return Opening(
        event.entry,
        event.index,
        event.act,
        event.words,
        event.at,
        event.by,
        event.who,
        facts,
        row=str(facts["row"]),
        fields=tuple(fields),
        purpose=purpose,
        purpose_title=purpose_title(policy, purpose),
        because=str(facts.get("because", "")),
    )


def purpose_title(policy: Policy, purpose: str) -> str:
    declared = policy.purposes.get(purpose)
    return (declared.title if declared else _RIGHTS.get(purpose)) or purpose
