"""What is added up about the builds of one week, before any of it becomes a figure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from upheld.builds.naming import Label
from upheld.policy.declarations import Usage

FOLLOWED = 16  # one build in so many is not followed over the weeks: nobody knows which, see docs/why/builds.md


@dataclass
class Tally:
    """How many builds there are of each kind. It grows with releases and events, not with builds."""

    funnels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    days: Counter[int] = field(default_factory=Counter)  # 0 is Monday
    labels: Counter[Label] = field(default_factory=Counter)
    used: Counter[tuple[Label, str]] = field(default_factory=Counter)  # an event, or an event and its value with a dot
    reached: Counter[tuple[Label, tuple[str, ...]]] = field(default_factory=Counter)  # all of these events
    firsts: Counter[int] = field(default_factory=Counter)  # by the week of first use, of builds that are followed

    def add(self, build: int, days: Iterable[int], label: Label, used: Collection[str], first: int) -> None:
        """One build: the weekdays on which it was active, the label that it is told under, and what it used there."""
        self.days.update(set(days))
        events = {what.partition(".")[0] for what in used}
        self.labels[label] += 1
        self.used.update((label, what) for what in events | set(used))
        self._walk(label, events)
        if build % FOLLOWED:
            self.firsts[first] += 1

    def _walk(self, label: Label, events: set[str]) -> None:
        prefixes = {steps[: depth + 1] for steps in self.funnels.values() for depth in range(len(steps))}
        self.reached.update((label, prefix) for prefix in prefixes if events.issuperset(prefix))


def told_funnels(usage: Usage) -> dict[str, tuple[str, ...]]:
    """The funnels that figures are made of, with their steps, each once.

    Two may begin alike. One that has a step of another's elsewhere than in such a beginning is left out: what both of
    them say about that step could contradict each other in whole clumps.
    """
    placed: dict[str, tuple[str, ...]] = {}
    told: dict[str, tuple[str, ...]] = {}
    for name, funnel in sorted(usage.funnels.items()):
        steps = tuple(dict.fromkeys(funnel.steps))
        places = {step: steps[:at] for at, step in enumerate(steps)}
        if all(placed.get(step, place) == place for step, place in places.items()):
            placed |= places
            told[name] = steps
    return told
