"""What the usage endpoint answers: one function from a request (PEP 3333) to an answer, whatever serves it.

It reads no cookie, knows no session, and looks at no address of whoever sends. It says back nothing that it was sent.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from upheld.builds import inflating, taking
from upheld.builds.errors import Overloaded, ReportRefused, TooManyReports, UnknownNumber
from upheld.builds.inflating import ENCODINGS, MOST_SENT, TooLarge
from upheld.policy.errors import Refused
from upheld.vault.failing import told

logger = logging.getLogger(__name__)

ANYBODY = {
    "Access-Control-Allow-Origin": "*",  # and with it no credentials (Fetch, CORS protocol)
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Content-Type, Content-Encoding",
    "Access-Control-Max-Age": "86400",
}
JSON = {"Content-Type": "application/json", "Cache-Control": "no-store"}
LATER = 60  # seconds
NOT_JSON = "Send JSON: Content-Type is application/json."
NO_ENCODING = f"Send the body as it is, or in one of these: {', '.join(ENCODINGS)}."
NOT_NOW = "The report could not be kept just now. Send it again later."
ONLY_POST = "Send a report with POST."


@dataclass(frozen=True, slots=True)
class Answer:
    status: HTTPStatus
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(environ: Mapping[str, Any]) -> Answer:
    """A report that came, a browser's question whether it may send one, or neither."""
    method = environ["REQUEST_METHOD"]
    if method == "OPTIONS":
        return Answer(HTTPStatus.NO_CONTENT, headers=ANYBODY | PREFLIGHT)
    if method != "POST":
        return _refused(HTTPStatus.METHOD_NOT_ALLOWED, ONLY_POST, Allow="OPTIONS, POST")
    if environ.get("HTTP_SEC_GPC") == "1" or environ.get("HTTP_DNT") == "1":
        return _said(HTTPStatus.ACCEPTED, {"taken": 0})  # not even read
    if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "application/json":
        return _refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, NOT_JSON)
    encoding = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower().replace("identity", "")
    if encoding and encoding not in ENCODINGS:
        accepted = {"Accept-Encoding": ", ".join(ENCODINGS)}  # RFC 9110, section 15.5.16
        return _refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, NO_ENCODING, **accepted)
    return _taken(environ, encoding)


def _taken(environ: Mapping[str, Any], encoding: str) -> Answer:
    try:
        days = taking.take(inflating.inflate(_body(environ), encoding))
    except TooLarge as error:
        return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, error.reason)
    except ReportRefused as error:
        nearest = {"nearest": error.nearest} if error.nearest else {}
        return _said(HTTPStatus.BAD_REQUEST, {"error": {"field": error.field, "reason": error.reason, **nearest}})
    except UnknownNumber as error:
        return _refused(HTTPStatus.FORBIDDEN, str(error), field="number")
    except Refused:
        return _refused(HTTPStatus.FORBIDDEN, "The policy in force takes no reports.")
    except TooManyReports as error:
        return _refused(HTTPStatus.TOO_MANY_REQUESTS, str(error), **{"Retry-After": str(error.retry_after)})
    except Overloaded as error:
        return _refused(HTTPStatus.SERVICE_UNAVAILABLE, str(error), **{"Retry-After": str(error.retry_after)})
    except Exception as error:
        # A door: what went wrong is logged by kind and place, since its text may quote what was sent.
        logger.error("a report could not be taken: %s", told(error))
        return _refused(HTTPStatus.SERVICE_UNAVAILABLE, NOT_NOW, **{"Retry-After": str(LATER)})
    return _said(HTTPStatus.ACCEPTED, {"taken": days})


def _body(environ: Mapping[str, Any]) -> bytes:
    """At most one byte more than may be sent: a body that says that it is larger is not read at all."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isascii() or not length.isdigit():
        return bytes(environ["wsgi.input"].read(MOST_SENT + 1)) if not length else b""
    if len(length) > 9 or int(length) > MOST_SENT:
        raise TooLarge
    return bytes(environ["wsgi.input"].read(int(length)))


def _refused(status: HTTPStatus, reason: str, field: str = "", **headers: str) -> Answer:
    return _said(status, {"error": {"field": field, "reason": reason}}, headers)


def _said(status: HTTPStatus, content: object, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, json.dumps(content).encode(), ANYBODY | JSON | dict(headers or {}))
