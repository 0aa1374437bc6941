"""What a customer is on every side: the same rows with the same words, however many of them."""

from collections.abc import Iterator

ALONE = 4  # rows that everybody has: an account, an address, two choices
MATTER = 6  # rows of an order with a line and a step, and of a conversation with two messages
FEW = 10  # rows of everyone else
BATCH = 500  # people, or matters, that come at once
CURRENCY = "USD"
ORDER = {
    "name": "Maria Example",
    "address_line1": "100 Example Street",
    "city": "Austin",
    "region": "TX",
    "postal_code": "78701",
    "country": "US",
}
LINE = {"sku": "guide", "title": "Printed guide", "quantity": 1, "price": 2450, "tax": 202}
STEP = {"kind": "cancelled", "by": "you"}  # so that nothing is left to settle: no processor is asked on any side
MESSAGE = {"title": "The cover of my guide", "text": "The cover came with a crease along its edge. " * 6}
OTHER_CITY = "Houston"


def matters(rows: int) -> int:
    """How many orders, each with a conversation, make about so many rows of one person."""
    return max(1, round((rows - ALONE) / MATTER))


def batches(count: int) -> Iterator[int]:
    """Numbers that add up to `count`, none of them larger than a batch."""
    for first in range(0, count, BATCH):
        yield min(BATCH, count - first)
