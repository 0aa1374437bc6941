"""What Stripe holds under one of our references.

Its search follows after up to a minute, or hours when it is in trouble, and some countries have none; the list of the
last hour is exact. Together they miss nothing that was asked for a moment ago.
"""

import time
from contextlib import suppress
from typing import Any

from upheld.payments.errors import ProcessorRefused
from upheld.payments.stripe.answers import understood

RECENT = 3600  # seconds
PAGE = 100


def under(service: Any, reference: str) -> list[Any]:
    """Customers or payment intents (`service`) whose metadata carry the reference, those of the last hour first."""
    with understood():
        recent = service.list({"created": {"gte": int(time.time()) - RECENT}, "limit": PAGE})
        found = [each for each in recent.auto_paging_iter() if _is_under(each, reference)]
    with suppress(ProcessorRefused), understood():  # where there is no search
        seen = {each.id for each in found}
        query = {"query": f'metadata["reference"]:"{reference}"', "limit": PAGE}
        listed = service.search(query).auto_paging_iter()  # what has another reference since may still be in it
        found += [each for each in listed if each.id not in seen and _is_under(each, reference)]
    return found


def _is_under(found: Any, reference: str) -> bool:
    return reference == getattr(found.metadata, "reference", None)
