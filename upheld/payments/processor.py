"""What a payment processor does for us, whichever it is, and what it tells of a charge.

Amounts are integers in a currency's minor units (ISO 4217): 1999 USD is 19.99 dollars, 1999 JPY is 1999 yen. Every
write carries an idempotency key: asked again with the same key and the same particulars, a processor answers as
before and does nothing twice; with other particulars it refuses (KeyReused).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class State(StrEnum):
    """Where a charge stands at the processor."""

    AUTHORISED = "authorised"  # some of it may have been captured or refunded since: see its movements
    CANCELLED = "cancelled"
    CHALLENGED = "challenged"  # the person has yet to pass 3-D Secure, at `challenge`
    DECLINED = "declined"


class Kind(StrEnum):
    """What moved, or made room to move. The value is part of our rows: never renamed, only added to."""

    AUTHORISE = "authorise"
    CANCEL = "cancel"  # what was authorised and not captured is released
    CAPTURE = "capture"
    DISPUTE = "dispute"  # taken back by the person's bank, for the time being
    DISPUTE_WON = "dispute_won"  # given back to us
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"  # could not be given back after all, and is with us again


DECLINES = ("declined", "insufficient_funds", "expired_card", "lost_card", "fraud", "processing_error", "wrong_cvc",
            "challenge_failed")  # fmt: skip
"""The reasons for which a charge or a card is declined, whatever a processor calls them."""


@dataclass(frozen=True, slots=True)
class KeptCard:
    """A card that the processor keeps for us: all that we ever know of it."""

    token: str  # the processor's name for it, good for charges until it is forgotten
    brand: str  # visa, mastercard, amex, …: small letters
    last4: str
    expiry: str  # "2027-04"


@dataclass(frozen=True, slots=True)
class CardPage:
    """The processor's own page on which a card is typed, for browsers without scripts and for processors that allow
    no other way. `setup` names it until the person is back."""

    url: str
    setup: str


@dataclass(frozen=True, slots=True)
class Moved:
    """One movement of a charge, under the processor's own id, which is what makes it counted once."""

    id: str
    kind: Kind
    amount: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge as the processor knows it now."""

    id: str
    reference: str  # ours, such as payment:0192…
    state: State
    amount: int  # asked for
    currency: str
    movements: tuple[Moved, ...] = ()
    decline: str = ""  # one of DECLINES
    challenge: str = ""  # address of the 3-D Secure page, absolute


@dataclass(frozen=True, slots=True)
class Event:
    """What a webhook says, once its signature held: that something became of this charge. It is fetched anew, so
    that events may come twice, late and in any order."""

    id: str
    charge: str
    kind: str


class Processor(Protocol):
    """One payment processor. Raises, on every call: Unreachable (nobody knows whether it happened: ask again with the
    same key, or fetch), ProcessorRefused (it understood, and will not), KeyReused. Declines are states, not errors.
    """

    name: str  # "sandbox", "stripe": what rows say
    title: str  # as people read it
    is_test_money: bool  # then every page that shows it says so
    takes_cards_here: bool  # whether our own form may send the card's number to it from the browser

    def keep_card(self, token: str, *, reference: str, key: str) -> KeptCard:
        """The card behind a token that the browser got for typing it, kept for later charges under our `reference`
        (card:0192…). Raises CardDeclined with its reason."""
        ...

    def card_page(self, *, back: str, reference: str, key: str) -> CardPage:
        """Begin to take a card on the processor's own page, which leads to the address `back` when done. Until it is
        kept, what is typed there is held under our `reference`, if at all."""
        ...

    def token_of(self, setup: str) -> str:
        """The token of the card typed on a card page; empty when the person has not finished."""
        ...

    def authorise(
        self, token: str, *, amount: int, currency: str, reference: str, back: str, key: str, off_session: bool = False
    ) -> Charge:
        """Reserve the amount on a kept card. CHALLENGED leads the person through 3-D Secure and then to `back`;
        `off_session` says that nobody is there to be challenged."""
        ...

    def capture(self, charge: str, *, amount: int, key: str) -> Charge:
        """Take all or part of what is authorised; may be asked more than once up to it where the processor can."""
        ...

    def cancel(self, charge: str, *, key: str) -> Charge:
        """Release what is authorised and not captured."""
        ...

    def refund(self, charge: str, *, amount: int, key: str) -> Charge:
        """Give back all or part of what was captured."""
        ...

    def fetch(self, charge: str) -> Charge | None:
        """The charge as it is now; None when the processor knows none of that id."""
        ...

    def find(self, reference: str) -> Charge | None:
        """The charge made under our reference, for when the answer never came."""
        ...

    def charges(self, *, since: datetime | None = None) -> Iterator[Charge]:
        """Every charge, oldest first, for reconciliation."""
        ...

    def forget(self, reference: str, *, key: str) -> bool:
        """Have the processor redact what it keeps under our reference (card:… or payment:…). False while under way;
        asked again, it answers again."""
        ...

    def event(self, body: bytes, headers: Mapping[str, str]) -> Event | None:
        """What a webhook says; None for one that is about no charge. Raises NotFromProcessor for a wrong signature,
        one older than the tolerance, or a body that is no event."""
        ...
