"""What people do here. The verbs stand in modules named for what they are about; this is the list of them."""

from upheld.orders.answers import InTrouble, Later, Placed, Refusal, StalePrice
from upheld.orders.catalogue import (
    add_product,
    add_variant,
    change_variant,
    countries,
    quote,
    read_basket,
    set_destination,
    withdraw,
)
from upheld.orders.drafting import draft
from upheld.orders.ending import cancel, give_up, settle
from upheld.orders.guests import made_apart
from upheld.orders.mending import mend_address, mend_card, mend_item
from upheld.orders.papers import Paper, document, papers
from upheld.orders.placing import carry_on, place
from upheld.orders.refunding import left, refund
from upheld.orders.shipping import deliver, pack, ship
from upheld.orders.states import State, state, states
from upheld.orders.story import Received, Told, disclosures, story
from upheld.orders.sweeping import sweep
from upheld.orders.telling import carrier_answered, carrier_notices, tell_carrier
from upheld.orders.troubling import sentence, trouble, write_again
from upheld.orders.writing import address_of

__all__ = [
    "InTrouble",
    "Later",
    "Paper",
    "Placed",
    "Received",
    "Refusal",
    "StalePrice",
    "State",
    "Told",
    "add_product",
    "add_variant",
    "address_of",
    "cancel",
    "carrier_answered",
    "carrier_notices",
    "carry_on",
    "change_variant",
    "countries",
    "deliver",
    "disclosures",
    "document",
    "draft",
    "give_up",
    "left",
    "made_apart",
    "mend_address",
    "mend_card",
    "mend_item",
    "pack",
    "papers",
    "place",
    "quote",
    "read_basket",
    "refund",
    "sentence",
    "set_destination",
    "settle",
    "ship",
    "state",
    "states",
    "story",
    "sweep",
    "tell_carrier",
    "trouble",
    "withdraw",
    "write_again",
]
