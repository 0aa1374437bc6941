"""Deleting what a build reported, and stopping it, by the number alone: what a beacon asks for its user.

Whoever shows a number may; there is no account, cookie or session. A number that is not ours is refused as a report of
it is. Unlike a report, these are carried out for a browser that says Global Privacy Control or Do Not Track.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from upheld.api.answers import ANYBODY, JSON, NOT_JSON, PREFLIGHT
from upheld.builds import numbers, possession
from upheld.builds.errors import NotANumber, TooManyReports, UnknownNumber
from upheld.builds.limits import Daily
from upheld.builds.schema import Short
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.errors import Refused

LONGEST = 1024  # bytes
MOST_A_DAY = 20  # of one build: a deletion empties logs as well, which takes a moment
TOO_OFTEN = "This was asked too often today. Ask again tomorrow."
NOT_ASKED = 'Send {"v": 1, "number": "…"}, with the number of the build.'
ONLY_POST = "Ask for this with POST."
MISREAD = "A build number has 25 signs in five groups, and one here was misread."


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    v: Literal[1]
    number: Short


_daily = Daily(MOST_A_DAY)
_decode = msgspec.json.Decoder(Asked).decode
Verb = Callable[[str], object]


@csrf_exempt
def forget(request: HttpRequest) -> HttpResponse:
    """Delete everything that the build reported; what it reports again about these days is not counted."""
    return _answer(request, lambda signs: possession.forget(signs, by=Actor.visitor()), "forgotten")


@csrf_exempt
def stop(request: HttpRequest) -> HttpResponse:
    """Take no more reports of the build, for good."""
    return _answer(request, lambda signs: possession.stop(signs, by=Actor.visitor()), "stopped")


def once_more(signs: str) -> None:
    """One more of these today, wherever it is asked for. Raises UnknownNumber for what is none of ours, of which
    nothing is counted; TooManyReports."""
    if not numbers.product_of(signs, force.in_force().products):
        raise UnknownNumber
    _daily.count(numbers.build_id(signs), datetime.now(UTC).date())


def _answer(request: HttpRequest, verb: Verb, done: str) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=ANYBODY | PREFLIGHT)
    if request.method != "POST":
        return _refused(HTTPStatus.METHOD_NOT_ALLOWED, ONLY_POST, Allow="OPTIONS, POST")
    if request.content_type != "application/json":
        return _refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, NOT_JSON)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isascii() or not length.isdigit() or int(length[:9]) > LONGEST:
        return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, NOT_ASKED)
    try:
        signs = numbers.read(_decode(request.read(LONGEST)).number)
        once_more(signs)
        verb(signs)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _refused(HTTPStatus.BAD_REQUEST, NOT_ASKED)
    except NotANumber:
        return _refused(HTTPStatus.BAD_REQUEST, MISREAD, "number")
    except TooManyReports as error:
        return _refused(HTTPStatus.TOO_MANY_REQUESTS, TOO_OFTEN, **{"Retry-After": str(error.retry_after)})
    except UnknownNumber as error:
        return _refused(HTTPStatus.FORBIDDEN, str(error), "number")
    except Refused:
        return _refused(HTTPStatus.FORBIDDEN, "The policy in force takes no reports.")
    return _said(HTTPStatus.OK, {done: True})


def _refused(status: HTTPStatus, reason: str, field: str = "", **headers: str) -> HttpResponse:
    return _said(status, {"error": {"field": field, "reason": reason}}, **headers)


def _said(status: HTTPStatus, content: object, **headers: str) -> HttpResponse:
    return HttpResponse(json.dumps(content), status=status, headers=ANYBODY | JSON | headers)
