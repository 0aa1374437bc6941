"""The inventory: which data, where from, what for, who else receives them, who opens them, and how long."""

from dataclasses import dataclass

from upheld.policy import words
from upheld.policy.document import Policy


@dataclass(frozen=True, slots=True)
class Use:
    """A purpose that uses the datum, in words; `choice` says whether it can be refused."""

    name: str
    title: str
    why: str
    choice: str


@dataclass(frozen=True, slots=True)
class Receiver:
    name: str
    title: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Kept:
    """How long, in words. `field` is empty for what holds in general, else the one field that it is about."""

    name: str
    field: str
    period: str
    reason: str


@dataclass(frozen=True, slots=True)
class InventoryRow:
    """One datum, with all that is declared about it. Everything is text, for a page to escape."""

    name: str
    title: str
    category: str
    sensitive: bool
    sources: tuple[str, ...]
    purposes: tuple[Use, ...]
    recipients: tuple[Receiver, ...]
    jobs: tuple[str, ...]
    retention: tuple[Kept, ...]


def inventory(policy: Policy) -> tuple[InventoryRow, ...]:
    """A row for each datum that the policy declares, in its order: nothing is on the page that is not enforced."""
    return tuple(_row(policy, name) for name in policy.data)


def _row(policy: Policy, name: str) -> InventoryRow:
    datum = policy.data[name]
    return InventoryRow(
        name=name,
        title=words.datum(policy, name),
        category=datum.category,
        sensitive=datum.sensitive,
        sources=tuple(policy.sources[source] for source in datum.sources),
        purposes=tuple(
            Use(each, words.purpose(policy, each), purpose.why, words.choice(purpose.choice))
            for each, purpose in policy.purposes_of(name).items()
        ),
        recipients=tuple(
            Receiver(each, words.recipient(policy, each), words.purpose(policy, recipient.purpose))
            for each, recipient in policy.recipients.items()
            if name in recipient.receives
        ),
        jobs=tuple(words.job(policy, each) for each, job in policy.jobs.items() if name in job.opens),
        retention=_kept(policy, name),
    )


def _kept(policy: Policy, name: str) -> tuple[Kept, ...]:
    """The general class first, then each class that names a field holding this datum."""
    general = [
        Kept(each, "", words.period(kept.keep), kept.reason)
        for each, kept in policy.retention.items()
        if not kept.fields
    ]
    special = [
        Kept(each, field, words.period(kept.keep), kept.reason)
        for each, kept in policy.retention.items()
        for field in kept.fields
        if field.split(".", 1)[1] == name
    ]
    return (*general, *special)
