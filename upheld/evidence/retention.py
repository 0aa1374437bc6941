"""How old the oldest of each class of retention is, against its limit: that retention is not only declared but runs.

Looked at without reading everything: ids begin with the time at which a row was made, and what a row holds was
collected a day before that at most. So the oldest is known once rows begin that were made more than a day after it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from upheld import ledger
from upheld.policy import Promise, force, words
from upheld.policy.acts import Act
from upheld.policy.checks import Finding, check
from upheld.policy.declarations import UNTIL_ERASED
from upheld.vault import expiring, holding
from upheld.vault.holding import today
from upheld.vault.rows import Personal, first_id

LATE = timedelta(days=2)  # the daily round, and a day on which the server stood still
_LINE = re.compile(
    r"(\w+), kept (\w+): oldest ([0-9-]{10}|none), ends ([0-9-]{10}|never), due ([0-9]+), held ([0-9]+), late ([0-9]+)"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One class. `oldest` is the day from which its oldest item's period runs, and `ends` the last day of that."""

    name: str
    keep: str
    oldest: date | None
    ends: date | None
    due: int = 0  # items whose time is over, which the next daily round lets go
    held: int = 0  # items whose time is over, of people whom a legal hold is about
    late: int = 0  # items that should have gone two days ago

    @property
    def title(self) -> str:
        return self.name.replace("_", " ").capitalize()

    @property
    def period(self) -> str:
        return words.period(self.keep)

    @property
    def days_left(self) -> int | None:
        """Until the oldest item goes; below nothing when it should have gone."""
        return (self.ends - today()).days if self.ends else None

    def __str__(self) -> str:
        oldest, ends = self.oldest or "none", self.ends or "never"
        counts = f"due {self.due}, held {self.held}, late {self.late}"
        return f"{self.name}, kept {self.keep}: oldest {oldest}, ends {ends}, {counts}"


def read(line: str) -> Standing | None:
    """What a line of the check's details says; None for a line that is not of this check."""
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    name, keep, oldest, ends, *counts = found.groups()
    return Standing(name, keep, _day(oldest), _day(ends), *map(int, counts))


@check(
    Promise.DELETE,
    how="For each class of the policy's retention the oldest item is looked up, and those whose time is over are "
    "counted. None may be two days past its time, but what a legal hold keeps, and none be in a row that nobody can "
    "read.",
)
def retained() -> Finding:
    unreadable = set[str]()
    found = list(standings(unreadable))
    late = sum(each.late for each in found)
    figure = f"{late} items past their time, classes of retention looked at: {len(found)}{_last()}"
    if unreadable:
        figure = f"{len(unreadable)} rows that nobody can read, {figure}"
    return Finding(not late and not unreadable, figure, tuple(map(str, found)))


def standings(unreadable: set[str] | None = None) -> Iterator[Standing]:
    """Every class with a limit, in the policy's order. Needs no key. What nobody can read is passed over; the
    references of such rows go into `unreadable`."""
    day, held = today(), holding.held()
    due, kept, late = Counter[str](), Counter[str](), Counter[str]()
    for row, name in expiring.over(today=day, unreadable=unreadable):
        ends = expiring.ends(row, name)
        if row.subject in held:
            kept[name] += 1
        else:
            due[name] += 1
            late[name] += bool(ends and ends + LATE < day)
    for name, rule in force.in_force().retention.items():
        if rule.keep != UNTIL_ERASED:
            oldest_each = (_oldest(model, name, unreadable) for model in expiring.holding_it(rule))
            oldest = min(filter(None, oldest_each), default=None)
            ends = rule.until(oldest) if oldest else None
            yield Standing(name, rule.keep, oldest, ends, due[name], kept[name], late[name])


def _oldest(model: type[Personal], retention: str, unreadable: set[str] | None) -> date | None:
    """The first day from which a period runs of what this model's rows hold of the class."""
    found: date | None = None
    rows = model._base_manager.order_by("id").iterator(chunk_size=model.at_once)
    for row in expiring.readable(rows, unreadable):
        if found is not None and row.pk >= first_id(datetime.combine(found + timedelta(days=2), time(), UTC)):
            break
        starts = (expiring.since(row, each) for each in row.envelopes() if each.retention == retention)
        found = min(filter(None, (found, *starts)), default=None)
    return found


def _last() -> str:
    """When anything ended by itself the last time."""
    ended = ledger.Entry.objects.filter(act=Act.RETENTION_END).order_by("id").last()
    return f"; the last ended on {ended.at:%Y-%m-%d}" if ended else ""


def _day(text: str) -> date | None:
    return None if text in {"none", "never"} else date.fromisoformat(text)
