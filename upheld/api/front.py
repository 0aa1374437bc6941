"""Takes reports before Django does: of what a request passes through there, sessions above all, a report needs nothing.

On the machine that it was measured on, Django's own way there and back took longer than all that is done with a report;
and so did opening SQLite's file anew for each request, as Django does. Here a thread keeps what it opened.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from upheld.api.answers import answer

PATH = "/usage/v1/report"
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Front:
    """A WSGI application around the site's own."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH:
            return self._application(environ, start_response)
        for connection in connections.all(initialized_only=True):
            _look_after(connection)
        answered = answer(environ)
        headers = {"Content-Length": str(len(answered.body)), **answered.headers}
        start_response(f"{answered.status.value} {answered.status.phrase}", list(headers.items()))
        return [answered.body]


def _look_after(connection: BaseDatabaseWrapper) -> None:
    """One that broke, or is as old as the settings let it be, is closed, and the next question opens another.

    It is not tried out before each report, as Django does: whoever comes just after the database went away is asked to
    come again. Within a transaction, as in a test, it is left alone.
    """
    if connection.in_atomic_block:
        return
    until = connection.close_at if connection.settings_dict["CONN_MAX_AGE"] else None
    if connection.errors_occurred or (until is not None and time.monotonic() >= until):
        connection.close_if_unusable_or_obsolete()
