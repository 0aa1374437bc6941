"""What the rows about a person hold, read model by model and page by page: a page costs one query, one key query and
one entry, and no more rows than a page are in memory."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, partial
from itertools import compress
from types import MappingProxyType
from uuid import UUID

from django.db import models

from upheld import vault
from upheld.conversations.models import Attachment
from upheld.policy.actors import Actor
from upheld.policy.document import Policy
from upheld.rights import words
from upheld.rights.corrections.correcting import how_to_correct_in
from upheld.rights.seen import records, reported
from upheld.rights.seen.held import Item, Record, Row, Use
from upheld.rights.seen.paging import PAGE, Listed
from upheld.vault import expiring
from upheld.vault.models import Disclosure, Lookup
from upheld.vault.rows import AboutPerson

FILES: Mapping[type[vault.Personal], str] = {Attachment: "content"}  # models that hold a file, and its field
MECHANISM = frozenset({"account.stamp", "session.data"})  # ids and random text, by which signing in works
KEPT = "It is kept for the books after your deletion, and only staff who work on these open it."
WITHHELD = "What proves who you are is never shown again, so that nobody who sees your screen can copy it."
NOTHING: Mapping[str, str] = MappingProxyType({})
_OWN = ("id", "subject", "sealed")


class Reading:
    """All rows about one person as they are now, or the newest `most` of each model. Their values are opened for `by`,
    and for nobody when that is None; files are never opened here."""

    def __init__(self, subject: UUID, policy: Policy, by: Actor | None, *, most: int | None = None) -> None:
        self.subject, self.policy, self.by = subject, policy, by
        self.is_erased = vault.is_erased(subject)
        self.older: dict[str, int] = {}
        self._most = most

    @cached_property
    def _listed(self) -> list[tuple[type[AboutPerson], Listed]]:
        return [(model, listed) for model in _models() if (listed := self._list(model))]

    @property
    def count(self) -> int:
        return sum(len(listed) for _, listed in self._listed)

    def pages(self) -> Iterator[list[Row]]:
        """Rows of one kind each, the oldest first."""
        yield from self.of_files()
        yield from self.of_the_rest()

    def of_files(self) -> Iterator[list[Row]]:
        """Of those that hold files, which are large."""
        yield from self._pages(model in FILES for model, _ in self._listed)

    def of_the_rest(self) -> Iterator[list[Row]]:
        yield from self._pages(model not in FILES for model, _ in self._listed)
        yield from self._lookups()

    def _pages(self, which: Iterable[bool]) -> Iterator[list[Row]]:
        for model, listed in compress(self._listed, which):
            for page in listed.pages(min(PAGE, model.at_once)):
                yield self.of(page)

    def of(self, page: Sequence[AboutPerson]) -> list[Row]:
        """What these rows of one model hold."""
        personal = [row for row in page if isinstance(row, vault.Personal)]
        return self._personal(personal) if personal else self._plain(page)

    def _list(self, model: type[AboutPerson]) -> Listed:
        listed = Listed(model._base_manager.order_by("id"), subject=self.subject)
        if self._most is not None and len(listed) > self._most:
            self.older[model.label()] = len(listed) - self._most
            listed.newest(self._most)
        return listed

    def _plain(self, page: Sequence[AboutPerson]) -> list[Row]:
        said = records.Said(self.subject, page)
        return [Row(row.label(), row.pk, (), _record(row, said)) for row in page]

    def _personal(self, page: Sequence[vault.Personal]) -> list[Row]:
        said, received = records.Said(self.subject, page), self._received(page)
        values = self._opened(page)
        item_of = partial(_items, policy=self.policy, kept=KEPT if self.is_erased else "")
        return [
            Row(
                row.label(),
                row.pk,
                tuple(item_of(row, opened, received.get(row.reference, {}))),
                _record(row, said, reported.of(row, opened)),
            )
            for row, opened in zip(page, values, strict=True)
        ]

    def _opened(self, page: Sequence[vault.Personal]) -> Iterable[Mapping[str, str | None]]:
        model = type(page[0])
        shown = [name for name, field in model.sealed_fields().items() if not is_secret(self.policy, field.datum)]
        if self.by is None or not shown or self.is_erased or model in FILES:
            return [{}] * len(page)
        return vault.open(page, shown, by=self.by, purpose="access")

    def _received(self, page: Sequence[vault.Personal]) -> Mapping[str, Mapping[str, list[str]]]:
        """Who did receive something, by row and datum."""
        fields = {field.datum for field in type(page[0]).sealed_fields().values()}
        found: dict[str, dict[str, list[str]]] = {}
        if not any(fields.intersection(each.receives) for each in self.policy.recipients.values()):
            return found
        rows = Disclosure.objects.filter(subject=self.subject, row__in=[row.reference for row in page])
        for row, recipient, data in rows.order_by("at").values_list("row", "recipient", "fields"):
            for datum in data:
                titles = found.setdefault(row, {}).setdefault(datum, [])
                titles += [title for title in [words.recipient(self.policy, recipient)] if title not in titles]
        return found

    def _lookups(self) -> Iterator[list[Row]]:
        """Sorted here: asked for in the order of the table's key, SQLite walks everybody's. A person has few."""
        mine = sorted(Lookup.objects.filter(subject=self.subject), key=lambda each: (each.field, bytes(each.digest)))
        shown = mine[: self._most]
        if len(shown) < len(mine):
            self.older["lookup"] = len(mine) - len(shown)
        for begin in range(0, len(shown), PAGE):
            yield [Row("lookup", each.row, (), _lookup(each)) for each in shown[begin : begin + PAGE]]


def _models() -> list[type[AboutPerson]]:
    """Those that say something of their own; disclosures are told apart."""
    return [
        model for model in reversed(vault.people()) if model is not Disclosure and (_columns(model) or _sealed(model))
    ]


def _sealed(model: type[AboutPerson]) -> bool:
    return issubclass(model, vault.Personal)


def is_secret(policy: Policy, datum: str) -> bool:
    """Whether a value proves who someone is, and must not be copied from a screen: a password's hash, a TOTP secret."""
    declared = policy.data.get(datum)
    return declared is not None and declared.sensitive and declared.category.startswith("user.authorization")


def _items(
    row: vault.Personal,
    opened: Mapping[str, str | None],
    received: Mapping[str, list[str]],
    *,
    policy: Policy,
    kept: str,
) -> Iterator[Item]:
    for envelope in row.envelopes():
        rule = policy.retention[envelope.retention]
        for name, origin in envelope.fields.items():
            datum = row.field(name).datum
            since = expiring.since(row, envelope) if row.kept_from else words.day(origin.at)
            yield Item(
                label=row.label(),
                row=row.id,
                field=name,
                datum=datum,
                title=words.field(policy, type(row), name),
                sensitive=policy.data[datum].sensitive,
                value=opened.get(name),
                withheld=WITHHELD if is_secret(policy, datum) else kept,
                uses=_uses(policy, datum),
                source=origin.source,
                source_words=policy.sources.get(origin.source, origin.source),
                at=datetime.fromtimestamp(origin.at, UTC),
                retention=envelope.retention,
                retention_words=words.retention(rule, since, type(row)),
                until=rule.until(since) if since else None,
                reason=rule.reason,
                recipients=tuple(r.title or n for n, r in policy.recipients.items() if datum in r.receives),
                received=tuple(received.get(datum, ())),
                how=how_to_correct_in(row, name),
            )


def _uses(policy: Policy, datum: str) -> tuple[Use, ...]:
    return tuple(
        Use(name, purpose.title or name, purpose.why, purpose.choice)
        for name, purpose in policy.purposes_of(datum).items()
    )


def _record(row: AboutPerson, said: records.Said, besides: Mapping[str, str] = NOTHING) -> Record | None:
    columns, label = _columns(type(row)), row.label()
    if not columns:
        return None
    facts = {c.name: _shown(c, row) for c in columns if f"{label}.{c.name}" not in MECHANISM}
    return Record(label, records.title(label), row.pk, said.of(row), {**facts, **besides})


def _lookup(row: Lookup) -> Record:
    return Record("lookup", records.title("lookup"), row.row, "", {"field": row.field, "digest": _digest(row.digest)})


def _columns(model: type[AboutPerson]) -> list["models.Field[object, object]"]:
    return [field for field in model._meta.concrete_fields if field.name not in _OWN]


def _shown(column: "models.Field[object, object]", row: models.Model) -> str:
    value = column.value_from_object(row)
    if isinstance(value, bytes | memoryview):
        return _digest(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return "" if value is None else str(value)


def _digest(value: bytes | memoryview) -> str:
    """Digests and tokens are told of, not told: whoever copies one from a screen gains nothing."""
    return f"a digest of {len(bytes(value))} bytes" if value else ""
