"""What an order is called on the phone: ten random signs in two groups, such as 7KQ4M-X2P9D.

It tells neither when an order was made nor how many there are.
"""

from upheld import crockford

GROUP = 5


def new() -> str:
    signs = crockford.new(2 * GROUP)
    return f"{signs[:GROUP]}-{signs[GROUP:]}"


def read(typed: str) -> str:
    """The number that was meant; nothing is found under one that is none."""
    signs = crockford.meant(typed)
    return f"{signs[:GROUP]}-{signs[GROUP:]}"
