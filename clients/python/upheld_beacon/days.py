"""The arithmetic of days and counts, and the report that is made of them. Nothing here reads a clock, file or network.

Days are ISO 8601 in UTC. Cells are what is held of a day:

    {"2026-11-23": {"1.2.3 linux-x64": {"start": 3, "display.webvr": 1}}}
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

Counts = dict[str, int]
Days = dict[str, dict[str, Counts]]

LONGEST = 62  # days that are held at once, and entries of one report
BACK = 60  # days: what is older is not taken any more
MOST = 1_000_000_000  # of one thing in one day
LARGEST = 48 * 1024  # bytes of one report
REFUSED = re.compile(r"days\[(\d+)\](?:\.counts\.([^.]+)(?:\.(.+))?)?")


def add(days: Days, day: str, where: str, what: str, times: int) -> None:
    held = days.setdefault(day, {}).setdefault(where, {})
    held[what] = min(held.get(what, 0) + times, MOST)


def merge(days: Days, more: Days) -> None:
    """Add all of `more` to `days`."""
    for day, places in more.items():
        for where, counts in places.items():
            for what, times in counts.items():
                add(days, day, where, what, times)


def total(places: dict[str, Counts]) -> int:
    return sum(sum(counts.values()) for counts in places.values())


def bound(days: Days, today: date) -> None:
    """Keep as many days as may be held. The farthest go first: a clock that jumped is not believed."""
    far = sorted(days, key=lambda day: abs((date.fromisoformat(day) - today).days))
    for day in far[LONGEST:]:
        del days[day]


def window(today: date) -> tuple[str, str]:
    """The first and the last day that a report may be about today."""
    return (today - timedelta(days=BACK)).isoformat(), today.isoformat()


def waiting(days: Days, sent: dict[str, int], today: date) -> list[str]:
    """The days that may be reported and were not yet, or not all of them."""
    first, last = window(today)
    return [day for day in sorted(days) if first <= day <= last and total(days[day]) > sent.get(day, 0)]


def report(number: str, product: str, days: Days, wanted: list[str]) -> dict[str, Any]:
    """What is sent about these days, or about the first of them when it would grow too large."""
    made: dict[str, Any] = {"v": 1, "number": number, "product": product, "days": []}
    size = len(encode(made))
    for day in wanted:
        entries = [_entry(day, where, counts) for where, counts in sorted(days[day].items())]
        size += sum(len(encode(each)) + 2 for each in entries)
        if made["days"] and (size > LARGEST or len(made["days"]) + len(entries) > LONGEST):
            break
        made["days"] += entries[:LONGEST]
    return made


def encode(made: object) -> bytes:
    return json.dumps(made, ensure_ascii=False, separators=(", ", ": ")).encode()


def _entry(day: str, where: str, counts: Counts) -> dict[str, Any]:
    version, _, platform = where.partition(" ")
    shown: dict[str, Any] = {}
    for what, times in sorted(counts.items()):
        event, _, value = what.partition(".")
        if value:
            shown.setdefault(event, {})[value] = times
        else:
            shown[event] = times
    return {"day": day, "version": version, "platform": platform, "counts": shown}


def drop_refused(days: Days, made: dict[str, Any], field: str) -> None:
    """Forget what was refused: the cells that the field names, or its day, or all that was reported."""
    found = REFUSED.match(field)
    entries = made["days"]
    if not found or int(found[1]) >= len(entries):
        for entry in entries:
            _drop(days, entry)
        return
    entry = entries[int(found[1])]
    event, value = found[2], found[3]
    named = [what for what in _cells(entry) if _is_of(what, event, value)]
    named = named or [what for what in _cells(entry) if _is_of(what, event, None)]  # a value that is not said back
    _drop(days, entry, named or _cells(entry))


def _is_of(what: str, event: str | None, value: str | None) -> bool:
    own, _, under = what.partition(".")
    return own == event and (value is None or under == value)


def _cells(entry: dict[str, Any]) -> list[str]:
    return list(_names(entry["counts"]))


def _names(counts: dict[str, Any]) -> Iterator[str]:
    for event, found in counts.items():
        if isinstance(found, dict):
            yield from (f"{event}.{value}" for value in found)
        else:
            yield event


def _drop(days: Days, entry: dict[str, Any], named: list[str] | None = None) -> None:
    where = f"{entry['version']} {entry['platform']}"
    held = days.get(entry["day"], {}).get(where, {})
    for what in _cells(entry) if named is None else named:
        held.pop(what, None)
    if not held:
        days.get(entry["day"], {}).pop(where, None)
    if not days.get(entry["day"]):
        days.pop(entry["day"], None)
