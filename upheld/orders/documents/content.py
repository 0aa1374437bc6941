"""What a document says: plain values, already opened, that live only while its bytes are made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from moneyed import Money


class Kind(StrEnum):
    CONFIRMATION = "confirmation"
    CORRECTION = "correction"
    CREDIT_NOTE = "credit_note"
    INVOICE = "invoice"
    PACKING_SLIP = "packing_slip"

    @property
    def heading(self) -> str:
        return {"confirmation": "Order confirmation"}.get(self, self.replace("_", " ").capitalize())


@dataclass(frozen=True, slots=True)
class Company:
    """Who sells; `lines` are the lines of its postal address, without its name."""

    name: str
    lines: Sequence[str] = ()
    tax_number: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an order, the line for shipping too. `unit` is one, before tax; `tax` is that of all of them.

    `tax_rate` is in percent, such as 19 or 8.875.
    """

    title: str
    sku: str
    quantity: int
    unit: Money
    tax_name: str
    tax_rate: Decimal
    tax: Money

    @property
    def net(self) -> Money:
        return self.unit * self.quantity


@dataclass(frozen=True, slots=True)
class Paid:
    """Money that moved from a card, or back to it on a credit note."""

    brand: str
    last4: str
    amount: Money
    on: date


@dataclass(frozen=True, slots=True)
class Change:
    """What a correction says: of what, what was said before, and what is right."""

    what: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Content:
    """All of a document.

    `total` is with tax, and has to be what the items make; a packing slip may have none, and a correction, which has
    `changes` in place of items, has none. `person` holds the lines of a label as `addresses.written` gives them, the
    name among them, or nothing when there is no parcel. `number` is the document's own; a confirmation and a packing
    slip have the order's. `corrects` is the number of the invoice that a credit note takes back, in whole or in part,
    or that a correction stands beside. `notes` are sentences under the sums, such as the one on reverse charge. Amounts
    are in one currency, and positive on a credit note too.
    """

    company: Company
    number: str
    dated: date
    order: str
    ordered: date
    items: Sequence[Item]
    total: Money | None = None
    person: Sequence[str] = ()
    person_tax_number: str = ""
    supplied: date | None = None
    paid: Sequence[Paid] = ()
    corrects: str = ""
    changes: Sequence[Change] = ()
    notes: Sequence[str] = ()
    test_money: bool = False
