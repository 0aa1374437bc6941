"""Crockford's base 32 (https://www.crockford.com/base32.html): signs for what people read, type and say on the phone.

It leaves out I, L, O and U, and reads what people mean by them.
"""

import secrets

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MEANT = str.maketrans("OIL", "011", "- \t\r\n.")


def new(length: int) -> str:
    """So many random signs, of 5 bits each."""
    return "".join(secrets.choice(SIGNS) for _ in range(length))


def meant(typed: str) -> str:
    """What was typed, in capitals and without what people put between signs; what is no sign stays."""
    return typed.upper().translate(_MEANT)
