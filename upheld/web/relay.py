"""Hands what browsers say to the sandbox on to it, unread.

The sandbox is a program of its own, behind a socket that no browser reaches. Its pages and the address where it takes
cards stand under /sandbox/ of this site, so that the site's pages still speak to no other origin. A card's number
passes here as bytes: before Django, logged by nobody, kept by nobody.
"""

import http.client
import json
import re
import socket
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from upheld.home import Home
from upheld.payments.sandbox.running import Folder

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# What a browser needs. The rest of the sandbox's interface is for our server, which has the key and the socket.
OPEN = re.compile(r"/sandbox/(?:v1/tokens|style\.css|(?:card|challenge)/[A-Za-z0-9_-]{1,64}/)")
MOST = 64 * 1024
SECONDS = 15.0
TOO_LARGE = "Send less than 64 kB."
NO_ANSWER = "The test processor does not answer just now. Nothing was charged. Try again in a moment."
# No cookie of ours is among them, nor who is asking.
ASKED = {
    "CONTENT_TYPE": "Content-Type",
    "HTTP_HOST": "Host",
    "HTTP_ORIGIN": "Origin",
    "HTTP_SEC_FETCH_SITE": "Sec-Fetch-Site",
}
# Of one connection only (RFC 9110, 7.6.1), or set by whoever serves.
NOT_ON = {"connection", "date", "keep-alive", "server", "te", "trailer", "transfer-encoding", "upgrade"}


class Relay:
    """A WSGI application around the site's own."""

    def __init__(self, application: Application, home: Home) -> None:
        self._application = application
        self._folder = Folder(home) if home.text("payments.processor") == "sandbox" else None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if self._folder is None or not OPEN.fullmatch(path):
            return self._application(environ, start_response)  # to a page that says that there is nothing
        body = environ["wsgi.input"].read(MOST + 1)
        if len(body) > MOST:
            return _say(start_response, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
        try:
            status, headers, content = self._ask(self._folder, environ, body)
        except (OSError, http.client.HTTPException):
            return _say(start_response, HTTPStatus.SERVICE_UNAVAILABLE, NO_ANSWER)
        start_response(status, headers)
        return [content]

    def _ask(self, folder: Folder, environ: dict[str, Any], body: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("sandbox", timeout=SECONDS)
        connection.sock = socket.socket(socket.AF_UNIX)
        try:
            connection.sock.settimeout(SECONDS)
            connection.sock.connect(folder.socket)
            passed = {name: environ[key] for key, name in ASKED.items() if environ.get(key)}
            connection.request(environ["REQUEST_METHOD"], environ["PATH_INFO"], body, passed)
            answer = connection.getresponse()
            headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in NOT_ON]
            return f"{answer.status} {answer.reason}", headers, answer.read()
        finally:
            connection.close()


def _say(start_response: Callable[..., Any], status: HTTPStatus, sentence: str) -> Iterable[bytes]:
    """In the shape of the sandbox's own refusals, which a person can read too."""
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    start_response(f"{status.value} {status.phrase}", list(headers.items()))
    return [json.dumps({"error": {"code": "no_answer", "param": "", "message": sentence}}).encode()]
