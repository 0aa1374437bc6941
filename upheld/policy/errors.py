"""What can go wrong with a policy, each error a sentence; and the refusal, which is not an error."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a policy file, at a line and column counted from 1."""

    name: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.name}:{self.line}:{self.column}: {self.message}"


class PolicyError(Exception):
    """The policy cannot be used."""

    def __init__(self, **facts: object) -> None:
        super().__init__((self.__doc__ or "").format(**facts))


class Malformed(PolicyError):
    """{listing}"""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.line, each.column)))
        super().__init__(listing="\n".join(map(str, self.problems)))


class Unopened(PolicyError):
    """{path} cannot be opened: {why}."""


class AlreadyHeld(PolicyError):
    """A version that holds from {effective} is published already ({file}); give the new one a later date."""


class NothingPublished(PolicyError):
    """No policy is published in {directory}; publish one with: upheld policy publish FILE"""


class NotConfigured(PolicyError):
    """No folder of published policies is configured yet."""


class Tampered(PolicyError):
    """{file} is not the version that was published under this name: its bytes have the digest {digest}."""


class Unexpected(PolicyError):
    """{file} does not belong among the published policies, where a file is named DATE-DIGEST.md."""


class Refused(Exception):
    """The policy in force does not permit what was asked; the text says which declaration refused it."""


def nearest(name: str, known: Iterable[str]) -> str:
    """` Did you mean "x"?` for a misspelt name, or the whole list when it is short, or nothing."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f' Did you mean "{close[0]}"?'
    return f" Known here: {', '.join(names)}." if 0 < len(names) <= 12 else ""
