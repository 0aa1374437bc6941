"""Finishing what a crash, a time-out or a lost webhook left open. Safe to interrupt and repeat."""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from upheld.payments import paying
from upheld.payments.answers import LAPSED, Unanswered
from upheld.payments.asking import answer, carry_out
from upheld.payments.errors import Unreachable
from upheld.payments.models import CHALLENGED, DONE, Instruction, Instructions, Movement, Payment
from upheld.payments.processor import Kind, State
from upheld.policy.actors import Actor

BY = "payments"
PATIENCE = timedelta(seconds=30)  # whoever asked may still be waiting for the answer
CHALLENGE_PATIENCE = timedelta(minutes=15)  # between looks at what a person has yet to confirm
MOST, SILENT = 500, 5
log = logging.getLogger(__name__)
Look = Callable[[Instruction, Payment], bool]


def recover() -> int:
    """Ask again what was never answered, and look at challenges whose webhook may be lost.

    For the worker; returns how many answers came.
    """
    now = timezone.now()
    asked = Instruction.objects.unanswered().filter(asked_at__lt=now - PATIENCE).order_by("asked_at")
    waiting = Instruction.objects.filter(outcome=CHALLENGED, answered_at__lt=now - CHALLENGE_PATIENCE)
    return _each(asked, _ask_again) + _each(waiting.order_by("answered_at"), _look)


def _each(asked: Instructions, look: Look) -> int:
    """How many answers came. A processor that gives none to the first few will give none to the others either; the
    others of another processor are asked all the same. What goes wrong with one is logged, and stops no other."""
    answers, silent = Counter[str](), Counter[str]()
    for each in asked[:MOST]:
        payment = _payment(each)
        if payment is None or (silent[payment.processor] == SILENT and not answers[payment.processor]):
            continue
        try:
            came = look(each, payment)
        except Unreachable:
            came = False
        except Exception:  # whatever it is, the others can do nothing for it
            log.exception("The payment processor could not be asked again about an instruction. It stays open.")
            continue
        (answers if came else silent)[payment.processor] += 1
    return answers.total()


def _ask_again(asked: Instruction, payment: Payment) -> bool:
    by = Actor.system(BY)
    if asked.kind == Kind.AUTHORISE:
        return not isinstance(paying.looked_at(payment, by=by), Unanswered)
    if timezone.now() - asked.asked_at > paying.KEYS_LAST:
        # Asking anew might do it a second time. The charge as it stands says whether it was done; its movements count.
        is_known = not isinstance(paying.looked_at(payment, by=by), Unanswered)
        return is_known and answer(asked, DONE if _was_done(asked, payment) else LAPSED, by=by)
    return bool(carry_out(asked, payment, by=by).outcome)


def _was_done(asked: Instruction, payment: Payment) -> bool:
    """Whether more has moved than all the others account for. One that was not done is told to whoever watches, and
    may be asked for anew."""
    if asked.kind == Kind.CANCEL and payment.outcome == State.CANCELLED:
        return True  # of a charge that still waited for 3-D Secure: nothing moves
    others = Instruction.objects.of(payment, [asked.kind]).filter(outcome=DONE)
    moved = Movement.objects.filter(subject=asked.subject, payment=payment.pk, kind=asked.kind)
    return _sum(moved) >= _sum(others) + asked.amount


def _sum(rows: "models.QuerySet[Any]") -> int:
    return rows.aggregate(sum=models.Sum("amount"))["sum"] or 0


def _look(asked: Instruction, payment: Payment) -> bool:
    outcome = paying.looked_at(payment, by=Actor.system(BY))
    still = Instruction.objects.filter(subject=asked.subject, pk=asked.pk, outcome=CHALLENGED)
    still.update(answered_at=timezone.now())
    return not isinstance(outcome, Unanswered)


def _payment(asked: Instruction) -> Payment | None:
    """None when both were erased meanwhile."""
    found: Payment | None = Payment.objects.filter(subject=asked.subject, pk=asked.payment).first()
    return found
