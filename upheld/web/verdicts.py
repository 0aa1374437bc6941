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
        """How many promises have each verdict; upheld and broken are told even when there are none."""
        counted = Counter(self.words.values())
        return [(name, counted[name]) for name in WORDS if counted[name] or name in {"upheld", "broken"}]

    @property
    def total(self) -> int:
        return len(Promise)

    @property
    def checked_at(self) -> datetime | None:
        """When a check last looked; a promise that no check has looked at tells no time."""
        times = (verdict.checked_at for verdict in self.found.values() if verdict.seconds)
        return max((time for time in times if time), default=None)


def now() -> Now:
    return Now(verbs.verdicts())
