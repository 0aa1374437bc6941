"""What a verb answers. What is falsy did not do as asked, though nothing is wrong, and says so in `.sentence`."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from upheld.orders.models import Order, Trouble
    from upheld.orders.pricing import Totals


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something about what was given; `field` is the field of the form that it is about, or nothing. Where several
    fields are wrong, `others` has a sentence for each of the rest."""

    sentence: str
    field: str = ""
    others: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __bool__(self) -> Literal[False]:
        return False

    @property
    def sentences(self) -> dict[str, str]:
        """A sentence for each field."""
        return {self.field: self.sentence, **self.others}


@dataclass(frozen=True, slots=True)
class StalePrice:
    """A price, a tax or the shipping changed since the person saw the total. Nothing was charged."""

    totals: "Totals"
    sentence: str = "The price has changed since you saw it. Look at the new total, then order."

    def __bool__(self) -> Literal[False]:
        return False


@dataclass(frozen=True, slots=True)
class Placed:
    """The order is placed; `paid` says whether the processor has answered already that the money is reserved."""

    order: "Order"
    paid: bool = True

    def __bool__(self) -> Literal[True]:
        return True

    @property
    def sentence(self) -> str:
        return "Your order is placed." + ("" if self.paid else " We will write to you when your card has answered.")


@dataclass(frozen=True, slots=True)
class InTrouble:
    """The order is placed, and waits for the person to mend something."""

    trouble: "Trouble"
    sentence: str

    def __bool__(self) -> Literal[False]:
        return False


@dataclass(frozen=True, slots=True)
class Later:
    """Somebody else's server did not answer. It is asked again by itself; nothing is done twice."""

    sentence: str

    def __bool__(self) -> Literal[False]:
        return False
