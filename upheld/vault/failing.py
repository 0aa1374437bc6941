"""What becomes of a failure: how it is told, and how the work that comes after it goes on all the same."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def told(error: BaseException) -> str:
    """What kind and where, such as `ValueError at /srv/upheld/…/reading.py:40`; never its message, which may hold a
    value that someone gave us."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
    return f"{type(error).__name__} at {where}"


def each(verb: Callable[[T], object], things: Iterable[T]) -> int:
    """Do it for each of these, and count for how many it did something. One that fails keeps no other waiting: what the
    first one raised is raised at the end."""
    done, failed = 0, list[Exception]()
    for thing in things:
        try:
            done += bool(verb(thing))
        except Exception as error:
            failed.append(error)
    if failed:
        raise failed[0]
    return done
