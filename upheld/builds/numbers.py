"""A build's number: 80 random bits that nobody can make up, readable over the phone.

Twenty-five signs of Crockford's base 32 in five groups: sixteen random (80 bits), eight that only we can make from them
(40 bits of HMAC-SHA-256 under a key of the program's own, over the product and the random signs), and a check sign
(ISO 7064, hybrid, over 32 signs), which finds every sign that was misread and nearly every pair that was swapped.

    4K7QX-0M2ZD-9RC1V-HT5JW-8BN3G

Nothing has to be looked up to tell that a number is ours, so that nothing about a build is kept before it reports. What
is kept then rests under `build_id`, a keyed digest, from which no number can be found.
"""

import hmac

from stdnum.iso7064 import mod_37_36

from upheld import crockford
from upheld.builds.errors import NotANumber
from upheld.vault.keys.ring import service_key

KEY = "builds"
GROUP, RANDOM, TAG = 5, 16, 8
LENGTH = RANDOM + TAG + 1


def new(product: str) -> str:
    """A number for one build of a product, written as people read it."""
    signs = crockford.new(RANDOM)
    signs += _tag(product, signs)
    return shown(signs + _check(signs))


def read(typed: str) -> str:
    """The twenty-five signs that were meant, without hyphens. Raises NotANumber with what is wrong about it."""
    signs = crockford.meant(typed)
    strange = sorted(set(signs) - set(crockford.SIGNS))
    if strange:
        raise NotANumber(f"A build number has letters and digits only, and no U; here is {strange[0]!r}.")
    if len(signs) != LENGTH:
        raise NotANumber(f"A build number has {LENGTH} signs, in five groups of five; here are {len(signs)}.")
    if _check(signs[:-1]) != signs[-1]:
        raise NotANumber("A sign of this build number was misread: its last sign does not fit the others.")
    return signs


def shown(signs: str) -> str:
    """Twenty-five signs as people read them."""
    return "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))


def is_ours(signs: str, product: str) -> bool:
    """Whether we gave the number out, for this product. `signs` as `read` returns them."""
    return hmac.compare_digest(_tag(product, signs[:RANDOM]), signs[RANDOM : RANDOM + TAG])


def product_of(signs: str, products: tuple[str, ...]) -> str:
    """The product for which we gave the number out; empty when it is not ours."""
    return next((product for product in products if is_ours(signs, product)), "")


def build_id(signs: str) -> int:
    """What a build is kept under: 63 bits of a keyed digest of its number.

    It is the rows' primary key, so that their order in a table is the digest's and tells nobody when one was made.
    """
    found = hmac.digest(service_key(KEY), b"build\0" + signs.encode(), "sha256")
    return int.from_bytes(found[:8]) >> 1


def _tag(product: str, signs: str) -> str:
    made = hmac.digest(service_key(KEY), f"number\0{product}\0{signs}".encode(), "sha256")
    bits = int.from_bytes(made[:5])
    return "".join(crockford.SIGNS[bits >> shift & 31] for shift in range(5 * (TAG - 1), -1, -5))


def _check(signs: str) -> str:
    return str(mod_37_36.calc_check_digit(signs, crockford.SIGNS))
