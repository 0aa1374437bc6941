"""Carriers are told when what they were handed was corrected or erased, and each notice waits for its answer."""

from django.db import models

from upheld.policy.actors import Actor
from upheld.vault import notices
from upheld.vault.models import Notice

RECIPIENT = "carrier"


def carrier_notices() -> "models.QuerySet[Notice]":
    """What carriers have not answered yet, oldest first. `because` is the order or shipment that they had it for."""
    return notices.pending(RECIPIENT)


def tell_carrier(notice: Notice, *, by: Actor) -> None:
    """Staff told the carrier. Safe to repeat. Raises Refused."""
    notices.told(notice, by=by)


def carrier_answered(notice: Notice, *, answer: str = notices.DONE, by: Actor) -> None:
    """What the carrier answered, as a code. Raises Refused."""
    notices.answered(notice, answer=answer, by=by)
