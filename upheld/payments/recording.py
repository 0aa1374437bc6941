"""What the processor says of a charge, written down: each movement once, whoever brought the news and how often."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from upheld import ledger
from upheld.payments import processors, watchers
from upheld.payments.models import CHALLENGED, DONE, Instruction, Movement, Payment
from upheld.payments.processor import Charge, Event, Kind, Moved, State
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require

BY = "payments"
PREFIX = "payment:"
OURS = re.compile(rf"{PREFIX}[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}")
NOT_YET = ("", CHALLENGED)  # outcomes that may still become others


@dataclass(frozen=True, slots=True)
class News:
    """A payment, and what was not known of it before: values of `Kind`, `declined`, `cancelled`; perhaps nothing."""

    payment: Payment
    kinds: frozenset[str] = frozenset()


def take_event(event: Event, *, by: Actor | None = None) -> News | None:
    """A webhook came: look at its charge, and record what is new. Any number of times, in any order.

    None for a charge that is none of ours. Raises Unreachable; the processor sends the event again.
    """
    payment = Payment.objects.filter(processor_id=event.charge).first()
    processor = processors.named(payment.processor) if payment else processors.current()
    charge = processor.fetch(event.charge)
    if charge is None:
        return None
    payment = payment or of_reference(charge.reference)
    return record(payment, charge, by=by or Actor.system(BY)) if payment else None


def of_reference(reference: str) -> Payment | None:
    """The payment that a charge names as ours."""
    found: Payment | None = Payment.objects.filter(pk__in=ids_in([reference])).first()
    return found


def ids_in(references: Iterable[str]) -> list[UUID]:
    """The ids of payments that charges name; others may have charges at the same processor."""
    return [UUID(each.removeprefix(PREFIX)) for each in references if OURS.fullmatch(each)]


def record(payment: Payment, charge: Charge, *, by: Actor) -> News:
    """Everything of the charge that our rows do not say yet. With nothing new, nothing is written."""
    return write(payment, charge, by=by) if _is_news(payment, charge) else News(payment)


def _is_news(payment: Payment, charge: Charge) -> bool:
    known, outcome = set(_movements(payment).values_list("processor_id", flat=True)), payment.outcome
    is_settled = outcome not in NOT_YET or outcome == _outcome(charge)
    return not (payment.processor_id and is_settled and known >= {each.id for each in charge.movements})


@transaction.atomic
def write(payment: Payment, charge: Charge, *, by: Actor) -> News:
    """`record`, without looking first whether there is anything."""
    require(Act.PAYMENT_RECORD, by=by, subject=payment.subject)
    payment = Payment.objects.lock(payment)
    if not payment.processor_id:
        payment.processor_id = charge.id
        payment.save(update_fields=["processor_id"])
    moved = _move(payment, charge, by=by)
    settled = _settle(payment, _outcome(charge), by=by)
    news = News(payment, frozenset({each.kind.value for each in moved}) | settled)
    if news.kinds:
        watchers.tell_after_commit(payment, news.kinds)
    return news


def _move(payment: Payment, charge: Charge, *, by: Actor) -> list[Moved]:
    known = set(_movements(payment).values_list("processor_id", flat=True))
    fresh = [each for each in charge.movements if each.id not in known]
    Movement.objects.bulk_create(
        Movement(
            subject=payment.subject, pays_for=payment.pays_for, payment=payment.pk,
            kind=each.kind.value, amount=each.amount, at=each.at, processor_id=each.id,
        )
        for each in fresh
    )  # fmt: skip
    ledger.append_many([_entry(payment, each, by=by) for each in fresh])
    return fresh


def _entry(payment: Payment, moved: Moved, *, by: Actor) -> ledger.Draft:
    facts: dict[str, ledger.Fact] = {"row": payment.reference, "kind": moved.kind.value}
    facts |= {"amount": moved.amount, "currency": payment.currency}
    return ledger.Draft(Act.PAYMENT_RECORD, by=by, subject=payment.subject, facts=facts)


def _settle(payment: Payment, outcome: str, *, by: Actor) -> frozenset[str]:
    """Whether it was authorised, once that is known; a later look never takes it back."""
    asked = Instruction.objects.of(payment, [Kind.AUTHORISE]).filter(outcome__in=NOT_YET).exclude(outcome=outcome)
    if not asked.update(outcome=outcome, answered_at=timezone.now()) or outcome == DONE:
        return frozenset()  # that it was done is told by its movement
    facts: dict[str, ledger.Fact] = {"row": payment.reference, "kind": Kind.AUTHORISE.value, "outcome": outcome}
    ledger.append(Act.PAYMENT_RECORD, by=by, subject=payment.subject, facts=facts)
    return watchers.kinds_of(Kind.AUTHORISE, outcome)


def _outcome(charge: Charge) -> str:
    """Of asking for the authorisation: what was authorised once stays so, whatever became of it since."""
    if any(each.kind is Kind.AUTHORISE for each in charge.movements):
        return DONE
    if charge.state is State.DECLINED:
        return charge.decline
    return DONE if charge.state is State.AUTHORISED else charge.state.value


def _movements(payment: Payment) -> "models.QuerySet[Movement]":
    return Movement.objects.filter(subject=payment.subject, payment=payment.pk)
