"""What a person's own builds reported, beside the numbers under which it is held: those are theirs alone to open, and
so is what they lead to. What a build reported that they handed on is not theirs, and never shown to them."""

from collections.abc import Mapping

from upheld import vault
from upheld.builds import numbers, possession
from upheld.builds.errors import BuildsError
from upheld.builds.models import Issued


def of(row: vault.Personal, opened: Mapping[str, str | None]) -> dict[str, str]:
    """What this row's build counted, by day: `{"2026-11-23, 1.2.3, linux-x64": "start 3, display webvr 1"}`. Empty for
    any other row, and when the number was not opened."""
    number = opened.get("number")
    if not isinstance(row, Issued) or row.handed_on or not number:
        return {}
    try:
        seen = possession.see(numbers.read(number))
    except BuildsError:  # of a product that the policy names no more
        return {}
    standing = {"stopped": "True"} if seen.stopped else {}
    return standing | {
        f"{each.day.isoformat()}, {each.version}, {each.platform}": ", ".join(each.lines) for each in seen.days
    }
