"""What was published before a week: later figures must agree with it, and what they are about follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from upheld.builds import weeks
from upheld.builds.cells import FOLLOWED_WEEKS, Blocks
from upheld.builds.models import Figure
from upheld.builds.naming import Label

A_MONTH = 5  # weeks


@dataclass(frozen=True)
class Past:
    """Only weeks that were published under the same threshold, without a gap up to now."""

    labels: Mapping[Label, int]  # of the week before
    totals: Mapping[int, int]  # by week
    told: Mapping[int, Mapping[int, int]]  # the cohorts of each week
    whole: dict[int, int]  # each cohort when it was new
    changed: int  # the last week of another threshold, or -1

    @property
    def total(self) -> int | None:
        """Of the week before; None if it is not known."""
        return self.totals[max(self.totals)] if self.totals else None

    def holds(self, first: int, last: int) -> bool:
        """Whether no week from `first` to `last` had another threshold."""
        return not first <= self.changed <= last

    @classmethod
    def before(cls, product: str, week: int, threshold: int) -> "Past":
        """One query."""
        rows = Figure.objects.filter(
            product=product, period="week", start__gte=weeks.monday_of(week - FOLLOWED_WEEKS - A_MONTH),
            start__lt=weeks.monday_of(week), view__in=("active", "cohorts", "threshold"),
        )  # fmt: skip
        found: dict[int, dict[str, Any]] = {}
        for start, view, blocks in rows.values_list("start", "view", "blocks"):
            found.setdefault(weeks.week_of(start), {})[view] = blocks
        changed = max((at for at, each in found.items() if each["threshold"] != [threshold]), default=-1)
        kept = {at: each for at, each in found.items() if at > changed}
        told = {at: _cohorts(each["cohorts"]) for at, each in kept.items()}
        labels = {
            (of[0], of[1]): each["builds"] for each in kept.get(week - 1, {}).get("active", []) for of in each["of"]
        }
        return cls(
            labels=labels,
            totals={at: sum(each["builds"] for each in tables["active"]) for at, tables in kept.items()},
            told=told,
            whole={at: by_first[at] for at, by_first in told.items() if at in by_first},
            changed=changed,
        )


def _cohorts(blocks: Blocks) -> dict[int, int]:
    return {weeks.week_of(date.fromisoformat(each["of"][0])): each["builds"] for each in blocks}
