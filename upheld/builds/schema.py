"""What a report looks like: how it is read, and the JSON Schema (2020-12) that says so to others.

`docs/spec/usage.md` is the description. A refusal names the field, by words that are ours or look like a name in a
program; it quotes nothing else of what was sent, since that may be anything.
"""

import re
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec

from upheld.builds.errors import ReportRefused
from upheld.builds.models import PLATFORMS
from upheld.policy.document import Policy

MOST_DAYS = 62
MOST_COUNTS = 200  # of one day, version and platform
MOST_COUNT = 10**9
LONGEST = 64  # signs of a number, product, version or platform
# Semantic Versioning 2.0.0, the expression that its page suggests.
VERSION = (
    r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"
    r"(-(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*)?"
    r"(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$"
)
NUMBER = "^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){4}$"

Short = Annotated[str, msgspec.Meta(max_length=LONGEST)]
Vocabulary = dict[str, dict[str, str] | None]
"""Each event with what its values are counted under, or None for an event without values."""


class Day(msgspec.Struct, forbid_unknown_fields=True):
    day: date
    version: Short
    platform: Short
    counts: dict[str, Any]  # checked against the vocabulary, one by one


class Said(msgspec.Struct, forbid_unknown_fields=True):
    v: Literal[1]
    number: Short
    product: Short
    days: Annotated[list[Day], msgspec.Meta(min_length=1, max_length=MOST_DAYS)]


_decode = msgspec.json.Decoder(Said).decode
_UNKNOWN = re.compile(r"Object contains unknown field `(.*?)`(?: - at `\$(\.days\[\d+\])`)?", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(\w+)`(?: - at `\$(\.days\[\d+\])`)?")
_PLACE = re.compile(r" - at `\$([\w.\[\]]*)`$")
_EXPECTED = re.compile(r"Expected `(\w+)`(?: of length (?:>=|<=) \d+)?")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


def read(body: bytes) -> Said:
    """Raises ReportRefused."""
    try:
        return _decode(body)
    except msgspec.ValidationError as error:
        raise _refusal(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ReportRefused("The body is not JSON in UTF-8.") from None


def named(name: str) -> str:
    """A name that was sent, as far as it may be said back: a name in a program, and no address, path or sentence."""
    return name if _NAME.fullmatch(name) else "?"


def _refusal(message: str) -> ReportRefused:
    if found := _UNKNOWN.fullmatch(message):
        return ReportRefused("A report has no such field.", _within(found[2], named(found[1])))
    if found := _MISSING.fullmatch(message):
        return ReportRefused("This field is missing.", _within(found[2], found[1]))
    place = _PLACE.search(message)
    field = place[1].lstrip(".") if place else ""
    if field == "v":
        return ReportRefused("This is no version of the report that is known here; there is 1.", field)
    if field.endswith(".day"):
        return ReportRefused("A day is written like 2026-11-23.", field)
    if expected := _EXPECTED.match(message):
        return ReportRefused(f"Here stands {_KINDS[expected[1]]}.", field)
    return ReportRefused("This is not what a report has here.", field)


_KINDS = {
    "object": "an object",
    "array": f"a list of one to {MOST_DAYS} days",
    "str": f"a text of at most {LONGEST} signs",
    "int": "a whole number",
    "date": "a day",
}


def _within(place: str | None, name: str) -> str:
    return f"{place.lstrip('.')}.{name}" if place else name


@lru_cache(maxsize=4)
def vocabulary(policy: Policy) -> Vocabulary:
    """What a build may count, and the name under which each is kept (`upheld.builds.counts`)."""
    return {
        event: {value: f"{event}.{value}" for value in declared.values} if declared.values else None
        for event, declared in policy.usage.events.items()
    }


def schema(policy: Policy) -> dict[str, Any]:
    """The JSON Schema of a report under this policy. Closed: what it does not name is not taken."""
    count = {"type": "integer", "minimum": 0, "maximum": MOST_COUNT}
    counts = {event: _closed(dict.fromkeys(known, count)) if known else count for event, known in _events(policy)}
    day = {
        "day": {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "version": {"type": "string", "pattern": VERSION, "maxLength": LONGEST},
        "platform": {"enum": list(PLATFORMS)},
        "counts": _closed(counts),
    }
    report = {
        "v": {"const": 1},
        "number": {"type": "string", "pattern": NUMBER},
        "product": {"enum": list(policy.products)},
        "days": {"type": "array", "minItems": 1, "maxItems": MOST_DAYS, "items": _closed(day, needed=True)},
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A report of a build"}
    return head | _closed(report, needed=True)


def _events(policy: Policy) -> list[tuple[str, dict[str, str] | None]]:
    return list(vocabulary(policy).items())


def _closed(properties: dict[str, Any], *, needed: bool = False) -> dict[str, Any]:
    closed = {"type": "object", "additionalProperties": False, "properties": properties}
    return closed | {"required": list(properties)} if needed else closed
