"""What a carrier does for us, whichever it is. A parcel is bought once for a key, however often it is asked for,
as long as that is one after another: who asks sees to it that nobody else asks with the same key meanwhile.

No call is made inside a database transaction. Every call may raise CarrierUnreachable (nobody knows whether it
happened: ask again with the same key), CarrierRefused and, for an address, Undeliverable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from moneyed import Money


class State(StrEnum):
    """Where a parcel is. The value is part of our rows: never renamed, only added to."""

    DELIVERED = "delivered"
    IN_TRANSIT = "in_transit"
    PRE_TRANSIT = "pre_transit"  # the label is bought; the carrier has not seen the parcel
    RETURNED = "returned"
    UNDELIVERABLE = "undeliverable"


@dataclass(frozen=True, slots=True)
class Addressee:
    """All that a carrier is ever given of a person, in the parts of `addresses.PARTS`. It prints as nothing."""

    name: str
    address_line1: str
    country: str
    address_line2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""

    def __repr__(self) -> str:
        return "Addressee(•••)"


@dataclass(frozen=True, slots=True)
class Goods:
    """What customs are told of one kind of thing in a parcel that goes abroad; `weight` is all of them, in grams."""

    title: str
    quantity: int
    value: Money
    weight: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """`weight` in grams; the sides in millimetres, 0 where nobody measured."""

    weight: int
    length: int = 0
    width: int = 0
    height: int = 0
    goods: Sequence[Goods] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """A parcel that the carrier takes. `tracking` is empty where staff type it; `pdf` is the label to print, None where
    there is none or it could not be had yet: see `Carrier.label`."""

    carrier_id: str
    tracking: str
    pdf: bytes | None = None
    service: str = ""
    cost: Money | None = None


@dataclass(frozen=True, slots=True)
class Tracking:
    state: State
    at: datetime | None


class Carrier(Protocol):
    name: str  # what rows say: "manual", "easypost"
    title: str  # as people read it
    needs_address_by_api: bool  # then shipping discloses name and address to it
    is_test: bool  # then nothing is really bought, and what shows a label says so

    def ship(self, to: Addressee, parcel: Parcel, *, reference: str, key: str) -> Label:
        """Have the parcel brought. `key` is its idempotency key, `reference` what is printed on the label."""
        ...

    def label(self, carrier_id: str) -> bytes | None:
        """The label to print, again; None where the carrier has none."""
        ...

    def track(self, carrier_id: str) -> Tracking | None:
        """Where the parcel is now; None when the carrier cannot tell."""
        ...

    def void(self, carrier_id: str) -> None:
        """Give the postage back, for a parcel that does not leave. Safe to repeat."""
        ...
