"""The kinds of case in words."""

from collections.abc import Mapping
from types import MappingProxyType

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "conversation": "Conversation",
        "order_trouble": "Order in trouble",
        "payment_trouble": "Payment in trouble",
        "dispute": "Dispute",
        "refund": "Refund",
        "shipment": "Parcel to send",
        "lost_parcel": "Parcel lost or returned",
        "rights_request": "Request",
        "concern": "Concern",
        "emergency": "Emergency",
    }
)


def title(kind: str) -> str:
    """A kind of case as people read it, also one that a later version no longer has."""
    return TITLES.get(kind) or kind.replace("_", " ").capitalize()
