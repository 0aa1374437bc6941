"""How long something waits, and until when it may, in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.timesince import timesince

SOON = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Clock:
    due: datetime
    state: str  # late, soon, calm
    words: str


def of(due: datetime | None, now: datetime | None = None) -> Clock | None:
    """None where nothing is due at a time."""
    now = now or timezone.now()
    if due is None:
        return None
    if due <= now:
        return Clock(due, "late", f"{between(due, now)} late")
    return Clock(due, "soon" if due - now <= SOON else "calm", f"{between(now, due)} left")


def age(since: datetime, now: datetime | None = None) -> str:
    """Such as 3 days."""
    return between(since, now or timezone.now())


def between(start: datetime, end: datetime) -> str:
    """The largest unit alone; what is shorter than a minute is one."""
    if end - start < timedelta(minutes=1):
        return "1 minute"
    return timesince(start, end, depth=1)
