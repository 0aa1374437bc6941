"""What this room says when it is used wrongly. Refusals that are expected are values: see `answers`."""

from collections.abc import Sequence


class AccountsError(Exception):
    """The accounts room refused."""

    def __init__(self, *parts: object) -> None:
        super().__init__((self.__doc__ or "").format(*parts))


class NotProven(AccountsError):
    """Confirm that it is you first: the confirmation is missing, older than ten minutes, or someone else's."""


class PasswordUnfit(AccountsError):
    """{0}"""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = tuple(sentences)
