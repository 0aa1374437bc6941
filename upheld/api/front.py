"""Takes reports before Django does: of what a request passes through there, sessions above all, a report needs nothing.

On the machine that it was measured on, Django's own way there and back took longer than all that is done with a report.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import close_old_connections

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
        close_old_connections()  # as Django does around a request: one that broke is opened anew
        try:
            answered = answer(environ)
        finally:
            close_old_connections()
        headers = {"Content-Length": str(len(answered.body)), **answered.headers}
        start_response(f"{answered.status.value} {answered.status.phrase}", list(headers.items()))
        return [answered.body]
