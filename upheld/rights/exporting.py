"""Everything held about a person in one ZIP to take along: JSON for machines, a page for people, proofs."""

import dataclasses
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from django.db import transaction
from django.template.loader import render_to_string

from upheld import ledger
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.rights.held import Event, Held, Item, Opening
from upheld.rights.seeing import see

FORMAT = "upheld-export/v1"
MOST_PROOFS = 100  # the newest; each needs a few reads of the log's tree
README = """\
Everything that {controller} holds about you, as of {made_at}.

data.html     to read, in any browser; it loads nothing from anywhere
data.json     the same for programs; the format is {format}
proofs/       {proofs}
ledger.vkey   the public key to check the proofs with: upheld ledger check-proof --key "$(cat ledger.vkey)" FILE

These files are not encrypted. Keep them where only you can read them, or delete them.
"""


def export(subject: UUID, *, by: Actor) -> bytes:
    """The ZIP. Raises Refused unless the person themselves ask."""
    with transaction.atomic():
        require(Act.DATA_EXPORT, by=by, subject=subject)
        held = see(subject, by=by)
        ledger.append(Act.DATA_EXPORT, by=by, subject=subject, facts={"items": len(held.items)})
    ledger.sequence()
    proofs, entries = _proofs(subject)
    return _zipped(held, proofs, entries)


def document(held: Held) -> dict[str, Any]:
    """The content of `data.json`, as docs/spec/export.md describes it."""
    policy = held.policy
    return {
        "format": FORMAT,
        "subject": str(held.subject),
        "made_at": _plain(held.seen_at),
        "controller": {"name": policy.controller.name, "contact": policy.controller.contact},
        "policy": {"id": policy.id, "effective": policy.effective.isoformat(), "digest": policy.digest},
        "held": [_item(item) for item in held.items],
        "records": [_plain(record) for record in held.records],
        "disclosures": [_plain(handed) for handed in held.disclosures],
        "openings": [_event(opening) for opening in held.openings],
        "story": [_event(event) for event in held.story],
    }


def _item(item: Item) -> dict[str, Any]:
    plain: dict[str, Any] = _plain(item)
    return {name: plain[name] for name in plain if name not in ("uses", "how")} | {
        "purposes": [use.name for use in item.uses],
    }


def _event(event: Event) -> dict[str, Any]:
    names = ("entry", "index", "act", "at", "by") + (
        ("row", "fields", "purpose", "because") if isinstance(event, Opening) else ("facts",)
    )
    return {name: _plain(getattr(event, name)) for name in names}


def _plain(value: Any) -> Any:
    """What JSON can say: ids and times as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, UUID | date):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value


def _proofs(subject: UUID) -> tuple[dict[str, str], int]:
    """The newest entries' proofs by file name, and how many entries there are in all."""
    placed = ledger.Entry.objects.of(subject).filter(index__isnull=False)
    newest = placed.reverse()[:MOST_PROOFS]
    return {f"proofs/{entry.index}.tlog-proof": ledger.prove(entry) for entry in newest}, placed.count()


def _zipped(held: Held, proofs: Mapping[str, str], entries: int) -> bytes:
    said = f"that the public log holds {'all' if len(proofs) == entries else 'the newest'} {len(proofs)} entries"
    said += " about you" if len(proofs) == entries else f" of the {entries} about you"
    readme = README.format(
        controller=held.policy.controller.name, made_at=f"{held.seen_at:%Y-%m-%d %H:%M} UTC", format=FORMAT, proofs=said
    )
    contents = {
        "README.txt": readme,
        "data.html": render_to_string("rights/data.html", {"held": held}),
        "data.json": json.dumps(document(held), ensure_ascii=False, indent=1) + "\n",
        "style.css": (files("upheld.rights") / "export.css").read_text("utf-8"),
        "ledger.vkey": ledger.verifier_key() + "\n",
        **proofs,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in contents.items():
            archive.writestr(name, text)
    return file.getvalue()
