"""What happened about a person: the ledger's entries, as they read them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from upheld import ledger
from upheld.policy.acts import Act
from upheld.policy.document import Policy
from upheld.rights import words
from upheld.rights.seen.held import Event, Opening

SHOWN: Mapping[str, str] = {
    Act.FIELD_OPEN: "Opened",
    Act.FIELD_MASK: "Shown masked",
    Act.FIELD_COPY: "Copied",
    Act.FIELD_PRINT: "Printed",
}
"""What is done with a value that somebody looks at, each on record by itself."""
OPENINGS = Q(act__in=tuple(SHOWN))
PAGE = 500
_RIGHTS = {"access": "Showing it to you", "correction": "Correcting it", "portability": "Your copy of it"}


def pages(subject: UUID, policy: Policy, which: Q) -> Iterator[list[Event]]:
    """The openings (`OPENINGS`) or everything else (`~OPENINGS`), newest first. What is appended meanwhile is left to
    the next time."""
    entries = ledger.Entry.objects.of(subject).filter(which).reverse()
    page = list(entries[:PAGE])
    while page:
        yield events(page, policy)
        page = list(entries.filter(id__lt=page[-1].id)[:PAGE])


def newest(subject: UUID, policy: Policy, which: Q, most: int) -> tuple[tuple[Event, ...], int]:
    """The newest `most`, and how many there are besides."""
    entries = ledger.Entry.objects.of(subject).filter(which)
    found = tuple(events(entries.reverse()[:most], policy))
    return found, entries.count() - len(found) if len(found) == most else 0


def by_staff(subject: UUID, policy: Policy) -> list[datetime]:
    """When somebody on our staff opened something, newest first."""
    opened = Q(act=Act.FIELD_OPEN)
    return [each.at for page in pages(subject, policy, opened) for each in page if each.by["kind"] == "staff"]


def events(entries: Iterable["ledger.Entry"], policy: Policy) -> list[Event]:
    """As the person reads them; who of our staff it was is looked up once for them all."""
    read = [(entry, entry.by, entry.facts) for entry in entries]
    staff = words.pseudonyms(UUID(by["id"]) for _, by, _ in read if by["kind"] == "staff" and by.get("id"))
    told = [
        Event(entry.id, entry.index, entry.act, words.act(entry.act), entry.at, by, words.who(by, staff), facts)
        for entry, by, facts in read
    ]
    return [_opening(each, policy) if each.act in SHOWN else each for each in told]


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
