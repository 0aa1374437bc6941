"""Passwords: which may be chosen, how they are hashed, and how one is tried without telling whose it is."""

import unicodedata

from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from upheld.accounts.errors import PasswordUnfit

LONGEST = 128  # characters


class Argon2id(Argon2PasswordHasher):
    """Argon2id with the parameters of OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane."""

    time_cost = 2
    memory_cost = 19456  # KiB
    parallelism = 1


class MaximumLengthValidator:
    """Refuse a password longer than `max_length` characters: hashing must not be a way to keep us busy."""

    def __init__(self, max_length: int = LONGEST) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > self.max_length:
            raise ValidationError(f"Choose a password of at most {self.max_length} characters.", code="too_long")

    def get_help_text(self) -> str:
        return f"At most {self.max_length} characters."


def normal(password: str) -> str:
    """NFKC, so that the same keys on another keyboard give the same bytes (NIST SP 800-63B 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def fit(password: str) -> None:
    """Raises PasswordUnfit with a sentence for each rule (AUTH_PASSWORD_VALIDATORS) that it breaks."""
    try:
        validate_password(normal(password))
    except ValidationError as error:
        raise PasswordUnfit([str(message) for message in error.messages]) from None


def hashed(password: str) -> str:
    return make_password(normal(password))


def matches(password: str, encoded: str | None) -> bool:
    """Whether this is the password. With no hash to compare it is hashed all the same: both take as long."""
    given = normal(password)[: LONGEST + 1]  # what is longer cannot match, and hashing it must not keep us busy
    if encoded is None:
        make_password(given)
        return False
    return check_password(given, encoded)
