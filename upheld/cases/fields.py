"""What a case holds of its person: the contact address and, of a case about an order, that order, its card and its
parcels. Masked until a member whose case it is asks for a value; nothing of the person's other orders, ever."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from upheld import vault
from upheld.cases import kinds, noticing, taking
from upheld.cases.errors import NoSuchCase, NotYours
from upheld.cases.models import Case
from upheld.contact.models import Address
from upheld.conversations import reading
from upheld.conversations.models import Conversation
from upheld.orders.models import Order, Shipment
from upheld.payments.models import Card
from upheld.policy import force
from upheld.policy.acts import Act
from upheld.policy.errors import Refused
from upheld.rights import words
from upheld.staff.models import Member
from upheld.vault import restricting, showing
from upheld.vault.rows import Personal

NEVER = frozenset({"token"})  # the processor's name for a card: of no use to anybody here
NOT_USED = "They asked us not to use this for {0}. It stays closed until they lift that."


@dataclass(frozen=True, slots=True)
class Field:
    """A value that a case holds, as it is shown before anybody opens it. `masked` is None, and `why_not` says why,
    where its person refused the use."""

    row_label: str
    row: UUID
    name: str
    datum: str
    title: str
    masked: str | None
    purpose: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class _Value:
    """A sealed value that the case's job may open, and what for."""

    row: Personal
    name: str
    datum: str
    purpose: str


def fields(case: Case, *, by: Member) -> list[Field]:
    """What the member's job may see of the case, masked, which is on record; nothing of a case that is not theirs."""
    with suppress(NotYours, NoSuchCase), taking.theirs(case, by=by) as actor:
        values = list(_values(case, actor.job))
        refused = restricting.restricted(case.subject)
        shown: dict[tuple[UUID, str], str | None] = {}
        for purpose, of_model in _by_model(value for value in values if value.purpose not in refused):
            rows, names = list(dict.fromkeys(v.row for v in of_model)), list(dict.fromkeys(v.name for v in of_model))
            because = taking.reference(case)
            opened = showing.masked(rows, names, by=actor, purpose=purpose, because=because)
            shown |= {(row.pk, name): each[name] for row, each in zip(rows, opened, strict=True) for name in names}
        return [_field(value, shown.get((value.row.pk, value.name)), refused) for value in values]
    return []


def open_field(case: Case, label: str, row: UUID, name: str, *, by: Member) -> str | None:
    """The value itself, on record; None where nothing is held. Not to be called in a transaction.

    Raises NotYours, NoSuchCase, TooManyOpenings, Refused (also of what the case does not hold), Restricted.
    """
    noticing.allow_opening(by, taking.job_of(by, case.kind))
    with taking.theirs(case, by=by) as actor:
        found = _found(case, label, row, name, actor.job)
        because = taking.reference(case)
        return vault.open(found.row, [name], by=actor, purpose=found.purpose, because=because)[name]


def copied(case: Case, label: str, row: UUID, name: str, *, by: Member) -> None:
    """What is open was copied. Raises NotYours, NoSuchCase, Refused, Restricted."""
    _took(case, label, row, name, act=Act.FIELD_COPY, by=by)


def printed(case: Case, label: str, row: UUID, name: str, *, by: Member) -> None:
    """What is open was printed. Raises NotYours, NoSuchCase, Refused, Restricted."""
    _took(case, label, row, name, act=Act.FIELD_PRINT, by=by)


def read_conversation(case: Case, *, by: Member) -> list[reading.Said]:
    """All that was said in the conversation that the case is about, oldest first; nothing where there is none. Not to
    be called in a transaction. Raises NotYours, NoSuchCase, TooManyOpenings, Refused."""
    noticing.allow_opening(by, taking.job_of(by, case.kind))
    with taking.theirs(case, by=by) as actor:
        conversation = Conversation.objects.filter(subject=case.subject, pk=case.about).first()
        return reading.read(conversation, by=actor) if conversation else []


def purpose_of(kind: str, datum: str) -> str:
    """What a case of this kind opens the datum for: its own purpose when that uses it, otherwise the first of the
    policy that does and that cases are about, such as billing for a name; empty for none."""
    policy = force.in_force()
    about = {each.purpose for each in kinds.KINDS.values()}
    uses = [name for name in policy.purposes_of(datum) if name in about]
    own = kinds.KINDS[kind].purpose
    return own if own in uses else next(iter(uses), "")


def _values(case: Case, job: str) -> Iterator[_Value]:
    """Those that are held, in the order of the page. Reading which they are needs no key."""
    opens = force.in_force().jobs[job].opens
    for row in _rows(case):
        held = row.held()
        for name, sealed in row.sealed_fields().items():
            purpose = purpose_of(case.kind, sealed.datum)
            if name in held and name not in NEVER and sealed.datum in opens and purpose:
                yield _Value(row, name, sealed.datum, purpose)


def _rows(case: Case) -> Iterator[Personal]:
    yield from Address.objects.filter(subject=case.subject)
    order = _order(case)
    if order is not None:
        yield order
        yield from Card.objects.filter(subject=case.subject, pk=order.card)
        yield from Shipment.objects.of(order)


def _order(case: Case) -> Order | None:
    """The case's own. Of an emergency, the one placed last, which says where the person is."""
    rows = Order.objects.placed().filter(subject=case.subject)
    found: Order | None = None
    if case.kind in kinds.ABOUT_ORDERS:
        found = rows.filter(pk=case.about).first()
    elif case.kind == taking.EMERGENCY:
        found = rows.order_by("-placed_at", "-id").first()
    return found


def _by_model(values: Iterable[_Value]) -> list[tuple[str, list[_Value]]]:
    """Those of one model and purpose together: each is one entry in the ledger."""
    found = defaultdict(list)
    for value in values:
        found[value.purpose, type(value.row)].append(value)
    return [(purpose, of_model) for (purpose, _), of_model in found.items()]


def _field(value: _Value, masked: str | None, refused: frozenset[str]) -> Field:
    policy, model = force.in_force(), type(value.row)
    title = words.field(policy, model, value.name)
    why_not = NOT_USED.format(policy.purposes[value.purpose].title) if value.purpose in refused else ""
    return Field(model.label(), value.row.pk, value.name, value.datum, title, masked, value.purpose, why_not)


def _found(case: Case, label: str, row: UUID, name: str, job: str) -> _Value:
    wanted = (label, row, name)
    for value in _values(case, job):
        if (value.row.label(), value.row.pk, value.name) == wanted:
            return value
    raise Refused(f"the case {case.about} holds no such value for jobs.{job}")


def _took(case: Case, label: str, row: UUID, name: str, *, act: Act, by: Member) -> None:
    with taking.theirs(case, by=by) as actor:
        found = _found(case, label, row, name, actor.job)
        because = taking.reference(case)
        showing.took(found.row, [name], act=act, by=actor, purpose=found.purpose, because=because)
