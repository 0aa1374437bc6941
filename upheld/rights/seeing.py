"""Everything held about a person, from the registry: whatever a room comes to hold shows up here by itself."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.policy.document import Policy
from upheld.rights import story, words
from upheld.rights.correcting import how_to_correct
from upheld.rights.held import Handed, Held, Item, Record, Use
from upheld.vault.models import Disclosure, Lookup

MECHANISM = frozenset({"account.stamp", "session.data"})  # ids and random text, by which signing in works
WITHHELD = "What proves who you are is never shown again, so that nobody who sees your screen can copy it."


@transaction.atomic
def see(subject: UUID, *, by: Actor) -> Held:
    """Everything, opened for the person's own access. Raises Refused unless they themselves ask."""
    require(Act.DATA_SEE, by=by, subject=subject)
    policy = force.in_force()
    items = tuple(_items(subject, policy, by))
    ledger.append(Act.DATA_SEE, by=by, subject=subject, facts={"items": len(items)})
    return _held(subject, policy, items)


def outline(subject: UUID) -> Held:
    """The same with no value opened: what is held, from where, and who looked. Needs no key and leaves no entry."""
    policy = force.in_force()
    return _held(subject, policy, tuple(_items(subject, policy, None)))


def _held(subject: UUID, policy: Policy, items: tuple[Item, ...]) -> Held:
    openings, events = story.of(subject, policy)
    return Held(
        subject=subject,
        policy=policy,
        seen_at=timezone.now(),
        items=items,
        records=tuple(_records(subject)),
        disclosures=tuple(_disclosures(subject, policy)),
        openings=openings,
        story=events,
    )


def is_secret(policy: Policy, datum: str) -> bool:
    """Whether a value proves who someone is, and must not be copied from a screen: a password's hash, a TOTP secret."""
    declared = policy.data.get(datum)
    return declared is not None and declared.sensitive and declared.category.startswith("user.authorization")


def _items(subject: UUID, policy: Policy, by: Actor | None) -> Iterator[Item]:
    """Model by model, so that a person's rows of one model cost one query, one key query and one entry."""
    for model, fields in vault.registry().items():
        rows = list(model._default_manager.filter(subject=subject).order_by("id"))
        shown = [name for name, field in fields.items() if not is_secret(policy, field.datum)]
        values: Iterable[Mapping[str, str | None]] = [{}] * len(rows)
        if by is not None and rows and shown:
            values = vault.open(rows, shown, by=by, purpose="access")
        for row, opened in zip(rows, values, strict=True):
            yield from _items_of(row, opened, policy)


def _items_of(row: vault.Personal, opened: Mapping[str, str | None], policy: Policy) -> Iterator[Item]:
    for envelope in row.envelopes():
        kept = policy.retention[envelope.retention]
        for name, origin in envelope.fields.items():
            datum = row.field(name).datum
            since = words.day(origin.at)
            yield Item(
                label=row.label(),
                row=row.id,
                field=name,
                datum=datum,
                title=words.title(policy, datum),
                sensitive=policy.data[datum].sensitive,
                value=opened.get(name),
                withheld=WITHHELD if is_secret(policy, datum) else "",
                uses=_uses(policy, datum),
                source=origin.source,
                source_words=policy.sources.get(origin.source, origin.source),
                at=datetime.fromtimestamp(origin.at, UTC),
                retention=envelope.retention,
                retention_words=words.retention(kept, since),
                until=kept.until(since),
                recipients=tuple(r.title or n for n, r in policy.recipients.items() if datum in r.receives),
                how=how_to_correct(row.label(), name),
            )


def _uses(policy: Policy, datum: str) -> tuple[Use, ...]:
    return tuple(
        Use(name, purpose.title or name, purpose.why, purpose.choice)
        for name, purpose in policy.purposes.items()
        if datum in purpose.uses
    )


def _records(subject: UUID) -> Iterator[Record]:
    for model in reversed(vault.people()):
        columns = [field for field in model._meta.concrete_fields if field.name not in ("id", "subject", "sealed")]
        if columns and model is not Disclosure:
            for row in model._base_manager.filter(subject=subject).order_by("id"):
                yield Record(
                    model.label(),
                    row.pk,
                    {c.name: _shown(c, row) for c in columns if f"{model.label()}.{c.name}" not in MECHANISM},
                )
    for lookup in Lookup.objects.filter(subject=subject).order_by("field"):
        yield Record("lookup", lookup.row, {"field": lookup.field, "digest": _digest(bytes(lookup.digest))})


def _shown(column: "models.Field[object, object]", row: models.Model) -> str:
    value = column.value_from_object(row)
    if isinstance(value, bytes | memoryview):
        return _digest(bytes(value))
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return "" if value is None else str(value)


def _digest(value: bytes) -> str:
    """Digests and tokens are told of, not told: whoever copies one from a screen gains nothing."""
    return f"a digest of {len(value)} bytes" if value else ""


def _disclosures(subject: UUID, policy: Policy) -> Iterator[Handed]:
    for row in Disclosure.objects.filter(subject=subject).order_by("-at"):
        declared = policy.recipients.get(row.recipient)
        title = declared.title if declared and declared.title else row.recipient
        yield Handed(row.recipient, title, tuple(row.fields), row.purpose, row.because, row.at, row.entry)
