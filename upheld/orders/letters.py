"""The letters of this room. Each says what happened and what to do; none repeats an address, a name or a card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from upheld.contact.letters import Link, Wording


@dataclass(frozen=True)
class About(Wording):
    """Anything about one order: its number, and where to see it."""

    number: str
    link: Link

    def happened(self) -> Sequence[str]:
        raise NotImplementedError(type(self).__name__)

    def paragraphs(self) -> Sequence[str]:
        return (*self.happened(), *self.see())

    def see(self) -> Sequence[str]:
        return "You can follow it here:", self.link


@dataclass(frozen=True)
class OrderPlaced(About):
    kind = "order_placed"
    purpose = "billing"
    subject = "We have your order"
    total: str
    parcel: bool
    at_once: bool  # whether something in it is filled without a parcel

    def happened(self) -> Sequence[str]:
        return (f"Thank you. We have your order {self.number} over {self.total}. {self._charged()}",)

    def see(self) -> Sequence[str]:
        return "Its state, its documents, and who received what for it are here:", self.link

    def _charged(self) -> str:
        if not self.parcel:
            return "Your card is charged for it now."
        if self.at_once:
            return "Your card is charged now for what needs no parcel, and for the rest when the parcel leaves."
        return "Your card is charged when the parcel leaves."


@dataclass(frozen=True)
class OrderShipped(About):
    kind = "order_shipped"
    purpose = "fulfilment"
    subject = "Your parcel is on its way"

    def happened(self) -> Sequence[str]:
        return (f"The parcel of your order {self.number} has left, and your card was charged for it.",)

    def see(self) -> Sequence[str]:
        return "The carrier's number to follow it, and your invoice, are here:", self.link


@dataclass(frozen=True)
class OrderCancelled(About):
    kind = "order_cancelled"
    purpose = "fulfilment"
    subject = "Your order is cancelled"

    def happened(self) -> Sequence[str]:
        return (
            f"Your order {self.number} is cancelled. What was reserved on your card is released, and what was charged "
            "is given back; your bank may take a few days to show it.",
        )

    def see(self) -> Sequence[str]:
        return "What became of it is here:", self.link


@dataclass(frozen=True)
class OrderRefunded(About):
    kind = "order_refunded"
    purpose = "billing"
    subject = "Money on its way back to you"
    amount: str

    def happened(self) -> Sequence[str]:
        return (
            f"We have given back {self.amount} for your order {self.number}. It goes to the card that was charged; "
            "your bank may take a few days to show it.",
        )

    def see(self) -> Sequence[str]:
        return "The credit note is here:", self.link


@dataclass(frozen=True)
class OrderInTrouble(About):
    kind = "order_in_trouble"
    purpose = "order_trouble"
    subject = "Your order needs you"
    what: str
    way: str
    ends_at: datetime

    def happened(self) -> Sequence[str]:
        return f"We cannot fill your order {self.number} yet: {self.what}", self.way

    def see(self) -> Sequence[str]:
        return self.link, f"It waits until {self.ends_at:%-d %B %Y}. After that it is over, and nothing stays charged."


@dataclass(frozen=True)
class DisputeOpened(OrderInTrouble):
    kind = "order_disputed"

    def see(self) -> Sequence[str]:
        return (self.link,)


@dataclass(frozen=True)
class OrderReminder(OrderInTrouble):
    kind = "order_reminder"
    subject = "Your order still needs you"

    def happened(self) -> Sequence[str]:
        return f"Your order {self.number} is still waiting: {self.what}", self.way


@dataclass(frozen=True)
class OrderExpired(About):
    kind = "order_expired"
    purpose = "order_trouble"
    subject = "Your order is over"

    def happened(self) -> Sequence[str]:
        return (
            f"Your order {self.number} could not be filled in time and is over. What was reserved on your card is "
            "released, and what was charged is given back.",
        )

    def see(self) -> Sequence[str]:
        return "What became of it is here:", self.link
