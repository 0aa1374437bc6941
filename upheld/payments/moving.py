"""Taking what is reserved, letting go of it, giving back what was taken: never more than the movements leave.

What was asked for and is not answered counts as done until the answer says otherwise, so that two who ask at once
cannot take or give the same money twice.
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.db import transaction
from django.db.models import Sum

from upheld.payments.answers import SENTENCES, Done, Moved, Refused, Unanswered
from upheld.payments.asking import carry_out, instruct
from upheld.payments.errors import NotMoney
from upheld.payments.models import CHALLENGED, DONE, Instruction, Payment
from upheld.payments.money import shown
from upheld.payments.processor import Kind
from upheld.payments.totals import Totals
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require

TOO_MUCH = MappingProxyType(
    {
        Kind.CAPTURE: "No more than {0} of this payment can still be taken.",
        Kind.REFUND: "No more than {0} of this payment can still be given back.",
    }
)
NOTHING_LEFT = MappingProxyType(
    {
        Kind.CANCEL: "Nothing of this payment is reserved any more.",
        Kind.CAPTURE: "Nothing of this payment is reserved any more.",
        Kind.REFUND: "Nothing of this payment is left to give back.",
    }
)
FAILED = MappingProxyType(
    {
        Kind.CANCEL: "The payment processor would not release this payment.",
        Kind.CAPTURE: "The payment processor would not take this payment.",
        Kind.REFUND: "The payment processor would not give this payment back.",
    }
)


def capture(payment: Payment, *, amount: int, by: Actor) -> Moved:
    """Take all or part of what is reserved, in minor units. Raises NotMoney, Refused of the policy."""
    return _move(payment, Kind.CAPTURE, amount, by=by)


def give_back(payment: Payment, *, amount: int, by: Actor) -> Moved:
    """Give back all or part of what was taken, in minor units. Raises NotMoney, Refused of the policy."""
    return _move(payment, Kind.REFUND, amount, by=by)


def release(payment: Payment, *, by: Actor) -> Moved:
    """Let go of everything that is reserved and not taken, or of a charge that still waits for 3-D Secure."""
    return _move(payment, Kind.CANCEL, None, by=by)


def _move(payment: Payment, kind: Kind, amount: int | None, *, by: Actor) -> Moved:
    asked = begin(payment, kind, amount, by=by)
    return finish(asked, payment, by=by) if isinstance(asked, Instruction) else asked


def finish(asked: Instruction, payment: Payment, *, by: Actor) -> Moved:
    """Ask the processor for what `begin` wrote down. Never call it within a transaction."""
    said = carry_out(asked, Payment.objects.get(subject=payment.subject, pk=payment.pk), by=by)
    if said.outcome == DONE:
        return Done(said.payment)
    if not said.outcome:
        return Unanswered(said.payment)
    is_decline = said.charge is not None and said.outcome == said.charge.decline
    return Refused(SENTENCES[said.outcome] if is_decline else FAILED[Kind(asked.kind)], said.outcome)


@transaction.atomic
def begin(payment: Payment, kind: Kind, amount: int | None, *, by: Actor) -> Instruction | Refused | Unanswered:
    """Write down what is to be moved, in the transaction of whoever decides it: from then on it happens, once.

    `amount` is None for as much as there is. Raises NotMoney, Refused of the policy.
    """
    if amount is not None and amount <= 0:
        raise NotMoney("only more than nothing can be moved")
    require(Act.PAYMENT_INSTRUCT, by=by, subject=payment.subject)
    payment = Payment.objects.lock(payment)
    totals = payment.totals
    left = _left(payment, kind, totals, {})
    free = _left(payment, kind, totals, _under_way(payment))
    wanted = left if amount is None else amount
    if wanted > left or not left:
        return _too_much(payment, kind, left)
    if wanted > free:
        return Unanswered(payment)
    return instruct(payment, kind, wanted, by=by)


def _left(payment: Payment, kind: Kind, totals: Totals, under_way: Mapping[str, int]) -> int:
    """How much of this kind is still possible."""
    if kind is Kind.REFUND:
        return max(0, totals.ours - under_way.get(Kind.REFUND, 0))
    if kind is Kind.CANCEL and payment.outcome == CHALLENGED:
        return 0 if Kind.CANCEL in under_way else payment.amount
    return max(0, totals.reserved - under_way.get(Kind.CAPTURE, 0) - under_way.get(Kind.CANCEL, 0))


def _under_way(payment: Payment) -> dict[str, int]:
    rows = Instruction.objects.of(payment).unanswered().values_list("kind").annotate(Sum("amount"))
    return dict(rows)


def _too_much(payment: Payment, kind: Kind, left: int) -> Refused | Unanswered:
    if not payment.outcome:
        return Unanswered(payment)  # nobody knows yet whether there is anything to move
    if not left:
        return Refused(NOTHING_LEFT[kind], "nothing_left")
    return Refused(TOO_MUCH[kind].format(shown(left, payment.currency)), "too_much")
