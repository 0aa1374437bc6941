"""Reserving the money for one thing on one card, once, whoever asks how often."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from upheld import vault
from upheld.payments import processors
from upheld.payments.answers import CARD_UNKNOWN, LAPSED, Authorised, Challenged, Declined, Outcome, Unanswered
from upheld.payments.asking import Said, answer, carry_out, instruct
from upheld.payments.errors import NotMoney, PaymentsError
from upheld.payments.models import CHALLENGED, DONE, Card, Instruction, Payment
from upheld.payments.money import MOST, money
from upheld.payments.moving import release
from upheld.payments.processor import Charge, Kind
from upheld.payments.recording import NOT_YET, record
from upheld.policy.actors import Actor
from upheld.vault.restricting import is_restricted

PROCESSOR, PURPOSE = "processor", "billing"  # the policy's recipient, and what it receives the token for
KEYS_LAST = timedelta(hours=20)  # processors remember idempotency keys for a day: later, asking again is asking anew


@dataclass(frozen=True, slots=True)
class Wish:
    pays_for: UUID
    card: Card
    amount: int
    currency: str
    back: str
    off_session: bool

    def is_met_by(self, payment: Payment) -> bool:
        return (payment.card, payment.amount, payment.currency) == (self.card.pk, self.amount, self.currency)


@dataclass(frozen=True, slots=True)
class Begun:
    payment: Payment
    asked: Instruction
    token: str


def pay(
    *, pays_for: UUID, card: Card, amount: int, currency: str, back: str, by: Actor, off_session: bool = False
) -> Outcome:
    """Have the amount reserved on the card, to pay for the row with this id.

    While an earlier payment for it lives, that one is looked at instead: nothing is charged twice. Only a challenge
    that the person left for another card or amount gives way. One of which the rest was released is over: whoever pays
    anew asks for what is still due. `back` is our page to which the bank's leads. The processor is handed the card's
    token, on record. Raises NotMoney, Refused.
    """
    if not 0 < amount <= MOST:
        raise NotMoney("a charge is of at least one minor unit, and not absurdly large")
    money(amount, currency)
    return _pay(Wish(pays_for, card, amount, currency, back, off_session), by=by)


def _pay(wish: Wish, *, by: Actor) -> Outcome:
    try:
        begun = _begin(wish, by=by)
    except IntegrityError:  # another request was first by a moment: its payment is the one that counts
        begun = _begin(wish, by=by)
    if isinstance(begun, Begun):
        said = carry_out(begun.asked, begun.payment, by=by, token=begun.token)
        return _outcome(said.payment, said) if said.outcome else _found(begun.payment, by=by)
    before = look_again(begun, by=by)
    if wish.is_met_by(begun) or isinstance(before, Authorised | Unanswered):
        return before
    if isinstance(before, Challenged) and not release(begun, by=by):
        return Unanswered(begun)
    return _pay(wish, by=by)


@transaction.atomic
def _begin(wish: Wish, *, by: Actor) -> Begun | Payment:
    subject = wish.card.subject
    last: Payment | None = Payment.objects.for_subject(subject).for_thing(wish.pays_for).last()
    if last is not None and _lives(last):
        return last
    payment = Payment.objects.create(
        subject=subject, pays_for=wish.pays_for, attempt=last.attempt + 1 if last else 1, card=wish.card.pk,
        processor=wish.card.processor, amount=wish.amount, currency=wish.currency, created_at=timezone.now(),
    )  # fmt: skip
    asked = instruct(payment, Kind.AUTHORISE, wish.amount, by=by, back=wish.back, off_session=wish.off_session)
    opened = vault.disclose(wish.card, ["token"], to=PROCESSOR, by=by, because=payment.reference)
    return Begun(payment, asked, opened["token"] or "")


def _lives(payment: Payment) -> bool:
    """Whether it may yet take money, or has taken all. What is left after a part was taken and the rest released has
    to be paid anew."""
    if payment.outcome == DONE:
        totals = payment.totals
        return bool(totals.reserved or (totals.captured and not totals.released))
    return payment.outcome in NOT_YET


def look_again(payment: Payment, *, by: Actor) -> Outcome:
    """How it stands at the processor now, recorded: after a challenge, or when there was no answer.

    Where the processor knows of no charge, it is asked for the authorisation again, under the same key.
    """
    try:
        return looked_at(payment, by=by)
    except PaymentsError:  # silent, or refusing to show it: nobody knows
        return Unanswered(payment)


def looked_at(payment: Payment, *, by: Actor) -> Outcome:
    """`look_again`, for whoever tells silence from a refusal. Raises PaymentsError."""
    charge = _charge(payment)
    if charge is None:
        said = ask_again(payment, by=by)
        return _outcome(said.payment, said)
    return _recorded(payment, charge, by=by)


def ask_again(payment: Payment, *, by: Actor) -> Said:
    """Ask once more for an authorisation of which the processor knows nothing; not while the person refuses it."""
    asked = Instruction.objects.of(payment, [Kind.AUTHORISE]).get()
    if asked.outcome:
        return Said(payment, asked.outcome)
    card = Card.objects.filter(subject=payment.subject, pk=payment.card).first()
    over = LAPSED if timezone.now() - asked.asked_at > KEYS_LAST else "" if card else CARD_UNKNOWN
    if over or card is None:
        answer(asked, over, by=by)
        return Said(payment, over)
    if is_restricted(payment.subject, PURPOSE):
        return Said(payment, "")
    token = vault.open(card, ["token"], by=by, purpose=PURPOSE, because=payment.reference)["token"]
    return carry_out(asked, payment, by=by, token=token or "")


def _found(payment: Payment, *, by: Actor) -> Outcome:
    """The answer did not come; the charge may be there all the same."""
    try:
        charge = _charge(payment)
    except PaymentsError:
        return Unanswered(payment)
    return _recorded(payment, charge, by=by) if charge else Unanswered(payment)


def _charge(payment: Payment) -> Charge | None:
    processor = processors.named(payment.processor)
    return processor.fetch(payment.processor_id) if payment.processor_id else processor.find(payment.reference)


def _recorded(payment: Payment, charge: Charge, *, by: Actor) -> Outcome:
    payment = record(payment, charge, by=by).payment
    return _outcome(payment, Said(payment, payment.outcome, charge))


def _outcome(payment: Payment, said: Said) -> Outcome:
    if not said.outcome:
        return Unanswered(payment)
    if said.outcome == CHALLENGED:
        return Challenged(payment, said.charge.challenge if said.charge else "")
    return Authorised(payment) if said.outcome == DONE else Declined(payment, said.outcome)
