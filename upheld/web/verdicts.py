"""What the evidence says now, as the pages show it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from upheld.evidence import verbs
from upheld.evidence.verbs import Verdict
from upheld.policy import Promise
from upheld.web.marks import WORDS


@dataclass(frozen=True, slots=True)
class Now:
    """The verdict of every promise, the latest that there is."""

    found: Mapping[Promise, Verdict]

    def of(self, promise: Promise) -> str:
        verdict = self.found.get(promise)
        return verdict.verdict if verdict else "not_enforced"

    @property
    def words(self) -> dict[Promise, str]:
        return {promise: self.of(promise) for promise in Promise}

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many promises have each verdict, in the order of the words, those with none left out but the first two."""
        counted = Counter(self.words.values())
        return [(name, counted[name]) for name in WORDS if counted[name] or name in {"upheld", "broken"}]

    @property
    def total(self) -> int:
        return len(Promise)

    @property
    def checked_at(self) -> datetime | None:
        times = [verdict.checked_at for verdict in self.found.values() if verdict.checked_at]
        return max(times, default=None)


def now() -> Now:
    return Now(verbs.verdicts())
