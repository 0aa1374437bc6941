"""Requests and answers, as the rest of the program sees them. A body is never kept, logged or quoted."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from upheld.payments.sandbox.errors import Problem, wrong

MOST = 64 * 1024
POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """`late` is how many seconds it is kept back after everything is done and on the disk."""

    status: int
    body: bytes = b""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    late: float = 0.0

    @classmethod
    def json(cls, body: dict[str, Any], status: int = 200, *, late: float = 0.0) -> "Answer":
        return cls(status, json.dumps(body).encode(), late=late)

    @classmethod
    def html(cls, text: str, status: int = 200) -> "Answer":
        return cls(status, text.encode(), "text/html; charset=utf-8")

    @classmethod
    def to(cls, address: str) -> "Answer":
        return cls(303, headers={"Location": address})

    def send(self, start_response: Callable[..., object]) -> Iterable[bytes]:
        headers = HEADERS | {"Content-Type": self.kind, "Content-Length": str(len(self.body))} | self.headers
        start_response(f"{self.status} {HTTPStatus(self.status).phrase}", list(headers.items()))
        return [self.body]


class Request:
    """One request, read from WSGI's environment."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self._environ = environ
        self.method = str(environ["REQUEST_METHOD"])
        self.path = str(environ["PATH_INFO"])
        self.query = {name: values[-1] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
        self.body = self._body()

    def header(self, name: str) -> str:
        return str(self._environ.get(f"HTTP_{name.upper().replace('-', '_')}", ""))

    def json(self) -> dict[str, Any]:
        if not str(self._environ.get("CONTENT_TYPE", "")).startswith("application/json"):
            raise Problem(415, "type_invalid", "Send application/json.")
        try:
            given = json.loads(self.body)
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            raise wrong("body", "The body is one JSON object.")
        return given

    def form(self) -> dict[str, str]:
        try:
            pairs = parse_qs(self.body.decode(), max_num_fields=20)
        except ValueError:
            raise wrong("body", "The form could not be read.") from None
        return {name: values[-1] for name, values in pairs.items()}

    @property
    def from_elsewhere(self) -> bool:
        """Whether a browser says that another site's page made this request (W3C Fetch Metadata)."""
        site, origin = self.header("Sec-Fetch-Site"), self.header("Origin")
        if site:
            return site not in ("same-origin", "none")
        return origin not in ("", "null") and origin.partition("://")[2] != self.header("Host")

    def _body(self) -> bytes:
        body: bytes = self._environ["wsgi.input"].read(MOST + 1)
        if len(body) > MOST:
            raise Problem(413, "body_too_large", "Send less than 64 kB.")
        return body


def text(given: dict[str, Any], name: str, *, most: int = 200) -> str:
    """A value that must be there: printable text, not empty."""
    value = given.get(name)
    if not isinstance(value, str) or not value or len(value) > most or not value.isprintable():
        raise wrong(name, f"{name} is text of 1 to {most} characters.")
    return value
