"""What a user can do to the state, from the product or from the command."""

from __future__ import annotations

from . import days
from .exchange import day_of
from .levels import LEVELS, VARIABLE
from .state import State


def choose(state: State, wanted: str) -> None:
    """Keep the user's choice. What was counted and not sent is not sent after "off" or "local". Raises ValueError.

    "counters" takes a stop back as well: the site's next answer decides.
    """
    if wanted not in LEVELS:
        raise ValueError(f"A level is one of {', '.join(LEVELS)}.")
    state.level, state.told = wanted, True
    if wanted == "local":
        days.merge(state.local, state.days)
    if wanted == "off":
        state.local = {}
    if wanted == "counters":
        state.stopped = False
    else:
        state.days, state.sent = {}, {}


def forget(state: State, now: float) -> None:
    """Hold nothing, count nothing again up to today, and have the site told."""
    state.days, state.local, state.sent = {}, {}, {}
    state.erased, state.forget = day_of(now).isoformat(), True


def shown(state: State, now: float) -> str:
    """Exactly what would be sent next; empty when nothing would be."""
    wanted = days.waiting(state.days, state.sent, day_of(now))
    if not wanted or state.stopped or state.forget:
        return ""
    return days.encode(days.report(state.number, state.product, state.days, wanted)).decode()


def line(product: str, site: str, level: str) -> str:
    """The line of the first run."""
    where = "and keeps that here" if level == "local" else f"and reports that to {site} under its build number"
    return (
        f"{product} counts day by day how often its features are used {where}; "
        f"{VARIABLE}=off|local|counters changes that, `python -m upheld_beacon show` shows it."
    )
