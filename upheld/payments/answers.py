"""What a verb answers. Whatever is not what was asked for is falsy, with a sentence for the person who asked.

outcome = pay(pays_for=order.id, card=card, …)
if isinstance(outcome, Challenged): redirect(outcome.url)
if not outcome: show(outcome.sentence)
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Literal

from upheld.payments.models import Payment

CARD_UNKNOWN, KEY_REUSED, LAPSED, REFUSED, UNANSWERED = (
    "card_unknown", "key_reused", "lapsed", "refused", "unanswered"
)  # fmt: skip

SENTENCES = MappingProxyType(
    {
        "cancelled": "This payment was cancelled, and nothing was charged. Start again.",
        CARD_UNKNOWN: "The card has to be typed once more.",
        "challenge_failed": "Your bank could not confirm that it was you. Try again, or use another card.",
        "declined": "Your bank declined this card. Use another one, or ask your bank why.",
        "expired_card": "This card has expired. Use another one.",
        "fraud": "Your bank declined this card. Use another one, or ask your bank why.",
        "insufficient_funds": "There is not enough money on this card. Use another one.",
        KEY_REUSED: "The payment was asked for twice in different ways, so nothing was done. Start again.",
        LAPSED: "The payment processor did not answer in time. Nothing was charged: pay once more.",
        "lost_card": "Your bank declined this card. Use another one, or ask your bank why.",
        "processing_error": "The bank could not work on this just now. Nothing was charged: try again.",
        REFUSED: "This card cannot be charged like this. Use another one.",
        "too_many": "Too many cards were tried. Wait an hour, then try again.",
        UNANSWERED: "The payment processor did not answer. Try again in a moment.",
        "wrong_cvc": "The security code is not the one on the card. Type the card once more.",
    }
)
"""By reason. The reasons are the outcomes of instructions: codes, those of `processor.DECLINES` among them."""

AT_FAULT = frozenset({"declined", "expired_card", "fraud", "lost_card"})
"""The reasons that are the card's own. Others say nothing of the next charge."""


class Answer:
    """Falsy, unless it says otherwise."""

    sentence: ClassVar[str]

    def __bool__(self) -> Literal[False]:
        return False


@dataclass(frozen=True, slots=True)
class Authorised:
    """The amount is reserved on the card."""

    payment: Payment


@dataclass(frozen=True, slots=True)
class Done:
    payment: Payment


@dataclass(frozen=True, slots=True)
class Challenged(Answer):
    """The person is to be sent to `url`, where their bank asks whether it is them."""

    sentence = "Your bank wants to know that it is you. Go on to its page."
    payment: Payment
    url: str


@dataclass(frozen=True, slots=True)
class Declined(Answer):
    """A card cannot be kept or charged; `reason` is one of SENTENCES. `payment` is None where there is none."""

    payment: Payment | None
    reason: str

    @property
    def sentence(self) -> str:  # type: ignore[override]  # by reason
        return SENTENCES.get(self.reason, SENTENCES["declined"])


@dataclass(frozen=True, slots=True)
class Refused(Answer):
    """It cannot be done as the payment stands, or the processor would not; `reason` is a code."""

    sentence: str  # type: ignore[misc]  # by what was asked
    reason: str


@dataclass(frozen=True, slots=True)
class Unanswered(Answer):
    """Nobody knows yet. It is asked again by itself, and happens once."""

    sentence = "The payment processor has not answered yet. We go on asking, and nothing is charged twice."
    payment: Payment


Outcome = Authorised | Challenged | Declined | Unanswered
Moved = Done | Refused | Unanswered
