"""How far counting goes, and who decides it."""

from __future__ import annotations

from collections.abc import Mapping

LEVELS = ("off", "local", "counters")
"""Least first: counts nothing; counts for the user alone; sends a day's counts."""
VARIABLE = "UPHELD_BEACON"


def level(environment: Mapping[str, str], *said: str | None) -> str:
    """The level that holds: DO_NOT_TRACK, then UPHELD_BEACON, then the first that was said.

    Something was wanted by a word that nobody knows, so it counts as off. See https://consoledonottrack.com/.
    """
    if environment.get("DO_NOT_TRACK", "").strip().lower() not in ("", "0", "false"):
        return "off"
    found = next((each for each in (environment.get(VARIABLE), *said) if each), "off")
    return found if found in LEVELS else "off"
