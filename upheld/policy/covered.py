"""How much of a policy's prose is backed by promises, as a test runner reports coverage."""

from dataclasses import dataclass

from upheld.policy.document import Policy
from upheld.policy.prose import Sentence


@dataclass(frozen=True, slots=True)
class Coverage:
    """Notes promise nothing and are counted apart: any other sentence is backed, or stands in `unbacked`."""

    sentences: int
    backed: int
    notes: int
    unbacked: tuple[Sentence, ...]

    @property
    def coverage(self) -> float:
        """From 0 to 1: the backed share of the sentences that promise something; 1 when none does."""
        promising = self.sentences - self.notes
        return self.backed / promising if promising else 1.0

    @property
    def complete(self) -> bool:
        return not self.unbacked

    def as_json(self) -> dict[str, object]:
        """The shape that `upheld policy check --json` prints."""
        return {
            "sentences": self.sentences,
            "backed": self.backed,
            "notes": self.notes,
            "coverage": self.coverage,
            "unbacked": [{"line": each.line, "text": each.text} for each in self.unbacked],
        }


def coverage(policy: Policy) -> Coverage:
    backed = sum(each.backed for each in policy.sentences)
    notes = sum(each.note for each in policy.sentences)
    unbacked = tuple(each for each in policy.sentences if not each.backed and not each.note)
    return Coverage(len(policy.sentences), backed, notes, unbacked)
