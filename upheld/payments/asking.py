"""Asking the processor for something: on record first, then over the network, with no transaction open meanwhile.

    instruct   the instruction is a row, whose id is the idempotency key     one transaction
    carry_out  the processor is asked                                        none
               what it says is recorded, and the instruction answered        one transaction

Death in between leaves an unanswered instruction, which is asked again with the same key: done once all the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from upheld import ledger
from upheld.payments import processors, watchers
from upheld.payments.answers import AT_FAULT, CARD_UNKNOWN, KEY_REUSED, REFUSED
from upheld.payments.errors import KeyReused, PaymentsError, ProcessorRefused, TokenUnknown, Unreachable
from upheld.payments.models import DONE, Card, Instruction, Payment
from upheld.payments.processor import Charge, Kind, Processor, State
from upheld.payments.recording import write
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require

Call = Callable[[Processor, Payment, Instruction], Charge]
CALLS: Mapping[str, Call] = {
    Kind.CANCEL: lambda p, payment, asked: p.cancel(payment.processor_id, key=str(asked.pk)),
    Kind.CAPTURE: lambda p, payment, asked: p.capture(payment.processor_id, amount=asked.amount, key=str(asked.pk)),
    Kind.REFUND: lambda p, payment, asked: p.refund(payment.processor_id, amount=asked.amount, key=str(asked.pk)),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What came of asking: `outcome` is that of the instruction, empty when there was no answer."""

    payment: Payment
    outcome: str
    charge: Charge | None = None


def instruct(
    payment: Payment, kind: Kind, amount: int, *, by: Actor, back: str = "", off_session: bool = False
) -> Instruction:
    """Write down what the processor is about to be asked for. In the caller's transaction, with the payment locked."""
    require(Act.PAYMENT_INSTRUCT, by=by, subject=payment.subject)
    asked = Instruction.objects.create(
        subject=payment.subject, pays_for=payment.pays_for, payment=payment.pk, kind=kind.value, amount=amount,
        back=back, off_session=off_session, asked_at=timezone.now(),
    )  # fmt: skip
    facts: dict[str, ledger.Fact] = {"row": payment.reference, "kind": kind.value, "instruction": asked.reference}
    facts |= {"amount": amount, "currency": payment.currency}
    ledger.append(Act.PAYMENT_INSTRUCT, by=by, subject=payment.subject, facts=facts)
    return asked


def carry_out(asked: Instruction, payment: Payment, *, by: Actor, token: str = "") -> Said:
    """Ask, and record the answer. `token` is for an authorisation alone. Never call it within a transaction."""
    processor = processors.named(payment.processor)
    said = _ask(processor, asked, payment, token)
    if said.outcome == REFUSED and payment.processor_id:
        said = replace(said, charge=_looked_at(processor, payment))  # it stands otherwise than we thought
    return _take(said, asked, by=by) if said.outcome else said


@transaction.atomic
def _take(said: Said, asked: Instruction, *, by: Actor) -> Said:
    payment = said.payment
    if said.charge is not None:
        payment = write(payment, said.charge, by=by).payment
    answer(asked, said.outcome, by=by)
    if said.outcome in AT_FAULT and (asked.off_session or asked.kind == Kind.CAPTURE):
        Card.objects.filter(subject=payment.subject, pk=payment.card).update(declined_at=timezone.now())
    return replace(said, payment=payment)


def _ask(processor: Processor, asked: Instruction, payment: Payment, token: str) -> Said:
    try:
        if asked.kind == Kind.AUTHORISE:
            charge = processor.authorise(
                token, amount=asked.amount, currency=payment.currency, reference=payment.reference, back=asked.back,
                key=str(asked.pk), off_session=asked.off_session,
            )  # fmt: skip
        else:
            charge = CALLS[asked.kind](processor, payment, asked)
    except Unreachable:
        return Said(payment, "")
    except TokenUnknown:
        return Said(payment, CARD_UNKNOWN)
    except KeyReused:
        return Said(payment, KEY_REUSED)
    except ProcessorRefused:
        return Said(payment, REFUSED)
    return Said(payment, _outcome(asked, charge), charge)


def _looked_at(processor: Processor, payment: Payment) -> Charge | None:
    try:
        return processor.fetch(payment.processor_id)
    except PaymentsError:
        return None


def _outcome(asked: Instruction, charge: Charge) -> str:
    if charge.state is State.DECLINED and asked.kind in (Kind.AUTHORISE, Kind.CAPTURE):
        return charge.decline
    if asked.kind == Kind.AUTHORISE and charge.state is not State.AUTHORISED:
        return charge.state.value
    return DONE


@transaction.atomic
def answer(asked: Instruction, outcome: str, *, by: Actor) -> bool:
    """Close an instruction, once. False when it was closed already, by recording its charge or by somebody else."""
    mine = Instruction.objects.unanswered().filter(subject=asked.subject, pk=asked.pk)
    if not mine.update(outcome=outcome, answered_at=timezone.now()):
        return False
    if outcome == DONE:
        return True  # its movement is on record
    require(Act.PAYMENT_RECORD, by=by, subject=asked.subject)
    payment = Payment.objects.get(subject=asked.subject, pk=asked.payment)
    facts: dict[str, ledger.Fact] = {"row": payment.reference, "kind": asked.kind, "outcome": outcome}
    ledger.append(Act.PAYMENT_RECORD, by=by, subject=asked.subject, facts=facts)
    watchers.tell_after_commit(payment, watchers.kinds_of(asked.kind, outcome))
    return True
