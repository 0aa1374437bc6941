"""`data.json`, as docs/spec/export.md describes it and docs/spec/export.schema.json can check it."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from upheld.policy.document import Policy
from upheld.rights.seen.copies.gathering import LISTS, Gathered, plain
from upheld.rights.seen.copies.spool import Page

FORMAT = "upheld-export/v1"
_EVENT = ("entry", "index", "act", "at", "by")
_MEMBERS = {
    "openings": (*_EVENT, "row", "fields", "purpose", "because"),
    "story": (*_EVENT, "facts"),
}


def pieces(gathered: Gathered, made_at: datetime) -> Iterator[str]:
    yield _members({"format": FORMAT, "subject": plain(gathered.subject), "made_at": plain(made_at)}, first=True)
    yield _members(about(gathered.policy))
    yield from _list("held", ([item(each) for row in page for each in row["items"]] for page in gathered.all_rows()))
    yield from _list("records", ([row["record"] for row in page if row["record"]] for page in gathered.all_rows()))
    for name in LISTS:
        yield from _list(name, ([listed(name, each) for each in page] for page in gathered.list(name)))
    yield "\n}\n"


def about(policy: Policy) -> dict[str, Any]:
    return {
        "controller": {"name": policy.controller.name, "contact": policy.controller.contact},
        "policy": {"id": policy.id, "effective": policy.effective.isoformat(), "digest": policy.digest},
    }


def item(whole: dict[str, Any]) -> dict[str, Any]:
    """A member of `held`."""
    return {name: whole[name] for name in whole if name not in ("uses", "how")} | {
        "file": file_of(whole),
        "purposes": [use["name"] for use in whole["uses"]],
    }


def file_of(item: dict[str, Any]) -> str | None:
    """The name in the ZIP of what is a file and lies there."""
    is_file = (item["label"], item["field"]) == ("attachment", "content") and not item["withheld"]
    return file_name(item["row"]) if is_file else None


def file_name(row: object) -> str:
    return f"files/{row}.bin"


def listed(name: str, whole: dict[str, Any]) -> dict[str, Any]:
    """A member of one of LISTS."""
    return {member: whole[member] for member in _MEMBERS.get(name, whole)}


def _members(members: dict[str, Any], *, first: bool = False) -> str:
    text = (f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in members.items())
    return ("{\n" if first else ",\n") + ",\n".join(text)


def _list(name: str, pages: Iterable[Page]) -> Iterator[str]:
    """One value a line."""
    yield f",\n{json.dumps(name)}: ["
    before = "\n"
    for page in pages:
        for each in page:
            yield before + json.dumps(each, ensure_ascii=False)
            before = ",\n"
    yield "\n]"
