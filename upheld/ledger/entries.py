"""What an entry says, and how it is written: `docs/spec/ledger.md`. Pure Python."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

from upheld.ledger.errors import BadFact
from upheld.ledger.merkle import leaf_hash
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

VERSION = 1
SALT = 32
LEAF = b"upheld-leaf/v1\n"
Fact: TypeAlias = str | int | bool | list[str] | None

_CODE = re.compile(r"[A-Za-z0-9._:/+=-]{0,200}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST = 2**53 - 1  # integers that JSON carries exactly (RFC 8785, section 3.2.2.3)


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be appended."""

    act: Act
    by: Actor
    subject: UUID | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)


def body(draft: Draft, *, id: UUID, at: datetime) -> bytes:
    """The entry's canonical JSON (RFC 8785; for these types Python's own sorted, compact JSON is the same bytes).

    Raises BadFact for anything that might be free text: the ledger never holds what would need erasing.
    """
    by, case = draft.by, draft.by.case
    actor = {
        "case": f"{case.kind}:{case.id}" if case else None,
        "id": str(by.id) if by.id else None,
        "job": by.job or None,
        "kind": by.kind.value,
        "name": by.name or None,
    }
    whole = {
        "act": draft.act.value,
        "at": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "by": {name: _checked(name, value) for name, value in actor.items() if value is not None},
        "facts": {_checked_name(name): _checked(name, value) for name, value in draft.facts.items()},
        "id": str(id),
        "subject": str(draft.subject) if draft.subject else None,
        "v": VERSION,
    }
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read_body(data: bytes) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(data)
    return parsed


def says(body: bytes, *, id: str, act: str, subject: str | None) -> bool:
    """Whether these columns are what the entry says. Canonical JSON begins and ends with them: nothing is parsed."""
    about = f'"{subject}"' if subject else "null"
    ending = f'"id":"{id}","subject":{about},"v":{VERSION}}}'
    return body.startswith(f'{{"act":"{act}","at":"'.encode()) and body.endswith(ending.encode())


def leaf_data(salt: bytes, body: bytes) -> bytes:
    """What the public log holds: a commitment that says nothing to whoever was not shown salt and body."""
    return LEAF + hashlib.sha256(salt + body).digest()


def leaf(salt: bytes, body: bytes) -> bytes:
    return leaf_hash(leaf_data(salt, body))


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise BadFact(name, "its name is not a code")
    return name


def _checked(name: str, value: Fact) -> Fact:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > _MOST:
            raise BadFact(name, "the number is too large")
        return value
    for code in value if isinstance(value, list) else [value]:
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise BadFact(name, "it is not a code of at most 200 letters, digits and . _ : / + = -")
    return value
