"""What an erasure would do, told before it is confirmed: each kind of thing goes now, or after what it waits for, or
stays until a day because of a law. However many rows there are, the plan has a line for each kind, and for each day on
which something that stays goes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from upheld import ledger, vault
from upheld.orders.models import Order
from upheld.policy import force
from upheld.rights import words
from upheld.rights.erasure import waiting
from upheld.rights.erasure.waiting import Wait
from upheld.rights.models import ErasureRequest
from upheld.rights.reasons import Reason
from upheld.rights.seen import records
from upheld.vault import holding
from upheld.vault.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Going:
    """Rows of one kind that go. `titles` names what they hold, and is empty for rows with nothing sealed."""

    label: str
    rows: int
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Staying:
    """Rows that a law has us keep: only staff on a case open them, and they go on the day named."""

    label: str
    titles: tuple[str, ...]  # what they hold, and the rows that stay with them
    until: date | None
    reason: str
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """`wait` is what all that goes would wait for, were it asked for now and nothing delivered before, or waits for
    now; None when it goes at once. `open_orders` are the numbers of those that are settled first."""

    subject: UUID
    goes: tuple[Going, ...]
    stays: tuple[Staying, ...]
    entries: int  # of the ledger: ids and codes, in which nothing about the person can be read
    wait: Wait | None = None
    open_orders: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return sum(going.rows for going in self.goes)


def plan(subject: UUID) -> Plan:
    """What goes when, and what stays until when and why. Opens nothing."""
    staying = _staying_rows(subject)
    return Plan(
        subject,
        tuple(_going(subject, staying)),
        tuple(_grouped(subject, (row for row in vault.rows_of(subject) if row.pk in staying))),
        ledger.Entry.objects.of(subject).count(),
        _wait(subject),
        tuple(Order.objects.for_subject(subject).open().order_by("placed_at").values_list("number", flat=True)),
    )


def staying_of(subject: UUID, row: UUID) -> tuple[Staying, ...]:
    """What would stay of this row, if it went by itself."""
    found = (model._default_manager.filter(subject=subject, pk=row).first() for model in vault.registry())
    return tuple(_grouped(subject, [each for each in found if each is not None]))


def _wait(subject: UUID) -> Wait | None:
    asked = ErasureRequest.objects.filter(subject=subject).first()
    if asked is not None:
        return waiting.of(asked)
    if hold := holding.standing(subject):
        return Wait(Reason.LEGAL_HOLD, hold.until)
    days = force.in_force().undo
    return Wait(Reason.UNDO_WINDOW, timezone.now() + timedelta(days=days)) if days else None


def _going(subject: UUID, staying: frozenset[UUID]) -> Iterator[Going]:
    policy, kept = force.in_force(), vault.kept_classes()
    for model in reversed(vault.people()):
        rows, data = 0, dict[str, None]()
        found = model._base_manager.filter(subject=subject)
        if not issubclass(model, vault.Personal):
            rows = vault.going(model, subject, staying).count()
        else:
            for row in found.iterator(chunk_size=model.at_once):
                assert isinstance(row, vault.Personal)  # as its model is
                held = {each.retention: each.fields for each in row.readable()}
                going = [names for retention, names in held.items() if retention not in kept or row.pk not in staying]
                rows += bool(going or not held)  # else all of the row stays
                data |= {model.field(name).datum: None for names in going for name in names}
        if rows:
            yield Going(model.label(), rows, tuple(words.title(policy, datum) for datum in data))


def _grouped(subject: UUID, rows: Iterable[vault.Personal]) -> Iterator[Staying]:
    """One for all rows that hold the same and go on the same day, with how many rows of what stay with them."""
    policy, kept, count_of = force.in_force(), vault.kept_classes(), _belonging(subject)
    counts = dict[Staying, int]()
    belonging = dict[Staying, dict[str, int]]()
    for row in rows:
        for each in row.readable():
            if each.retention not in kept:
                continue
            rule = policy.retention[each.retention]
            titles = tuple(dict.fromkeys(words.title(policy, row.field(name).datum) for name in each.fields))
            group = Staying(row.label(), titles, rule.until(_since(each)), rule.reason)
            counts[group] = counts.get(group, 0) + 1
            names = belonging.setdefault(group, {})
            for name, number in count_of.get(row.pk, {}).items():
                names[name] = names.get(name, 0) + number
    for group, number in counts.items():
        more = (f"{name} ({count})" for name, count in belonging[group].items())
        yield Staying(group.label, (*group.titles, *more), group.until, group.reason, number)


def _since(envelope: Envelope) -> date:
    return words.day(max(origin.at for origin in envelope.fields.values()))


def _staying_rows(subject: UUID) -> frozenset[UUID]:
    """An order that was never placed is in nobody's books: an erasure drops it first."""
    drafts = Order.objects.filter(subject=subject, placed_at=None).values_list("pk", flat=True)
    return vault.staying(subject) - frozenset(drafts)


def _belonging(subject: UUID) -> dict[UUID, dict[str, int]]:
    """How many rows of what stay with each row, as in `{"Things ordered": 2}`; counted by the database."""
    found: dict[UUID, dict[str, int]] = {}
    for model in reversed(vault.people()):
        if model.stays_with:
            rows = model._base_manager.filter(subject=subject).order_by().values_list(model.stays_with)
            for id, number in rows.annotate(number=Count("pk")):
                found.setdefault(id, {})[records.plural(model.label())] = number
    return found
