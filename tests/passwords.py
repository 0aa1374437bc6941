"""Hashing for tests that are not about hashing: with OWASP's parameters it would take most of a sign-up's time."""

from upheld.accounts.passwords import Argon2id


class Quick(Argon2id):
    time_cost = 1
    memory_cost = 64  # KiB
