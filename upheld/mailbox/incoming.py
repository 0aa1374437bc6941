"""A letter by a person, with all that is known before anything is done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from upheld.mailbox.answering import Outcome, reason
from upheld.mailbox.letter import Letter
from upheld.mailbox.wants import Kind, Wants
from upheld.policy.actors import Actor

WRITER = Actor.visitor()  # whoever writes a letter has shown nothing yet
UNKNOWN = "und"  # the language of what could not be read (BCP 47)


@dataclass(frozen=True, slots=True)
class Incoming:
    """`subjects` are all who hold its From address, nobody for one that is not held. Without `may_answer` nobody is
    written to: that address has had enough letters of ours for now."""

    letter: Letter
    found: Wants
    subjects: tuple[UUID, ...]
    may_answer: bool

    @property
    def language(self) -> str:
        """That of our answers."""
        return "en" if self.found.language == UNKNOWN else self.found.language

    def wanted(self, *kinds: Kind) -> list[Kind]:
        """Those of these kinds that it is."""
        return [kind for kind in self.found.kinds if kind in kinds]

    def outcome(self, outcome: str, kinds: Sequence[str] = (), why: str = "") -> Outcome:
        return Outcome(outcome, tuple(map(str, kinds)), self.found.language, why or reason(self.found))
