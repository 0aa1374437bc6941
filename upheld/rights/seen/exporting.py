"""Everything held about a person in one ZIP to take along: JSON for programs, tables, a page for people, proofs.

It is made while it is sent. Nothing of it rests anywhere before or after; memory does not grow with what is held. What
is read once and needed again waits in a file without a name, sealed for this process alone (`copies.spool`).
"""

import base64
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from upheld import ledger
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.rights.seen.copies import as_csv, as_json
from upheld.rights.seen.copies.as_json import FORMAT
from upheld.rights.seen.copies.as_page import Pages
from upheld.rights.seen.copies.gathering import LISTS, Gathered, plain, plain_row
from upheld.rights.seen.copies.spool import Spool
from upheld.rights.seen.copies.zipped import Zipped
from upheld.rights.seen.held import Held
from upheld.rights.seen.items import Reading
from upheld.rights.seen.seeing import enclosed

MOST_PROOFS = 100  # the newest; each needs a few reads of the log's tree
LARGE = 200_000  # rows from which a file in the ZIP may grow over two gigabytes
README = """\
Everything that {controller} holds about you, as of {made_at}.

data.html     to read, in any browser; it loads nothing from anywhere
more/         what is too much for one page, if there is such
data.json     the same for programs; the format is {format}
csv/          the same as tables, one for each kind of thing
files/        what you enclosed when you wrote, byte for byte, if you did
proofs/       {proofs}
ledger.vkey   the public key to check the proofs with: upheld ledger check-proof --key "$(cat ledger.vkey)" FILE

{found}
This file is written last: where it is, the copy is whole.
These files are not encrypted. Keep them where only you can read them, or delete them.
"""


def export(subject: UUID, *, by: Actor, at_end: Callable[[], None] = lambda: None) -> Iterator[bytes]:
    """The ZIP, in pieces, each made when it is asked for and none of them in a transaction that outlives it.

    `at_end` is called before the last piece, without which the ZIP cannot be opened: what it raises keeps the copy from
    being whole. Raises Refused unless the person themselves ask, before the first piece; CopyCutShort in the middle,
    when they are erased meanwhile.
    """
    require(Act.DATA_EXPORT, by=by, subject=subject)
    reading = Reading(subject, force.in_force(), by)
    with transaction.atomic():
        ledger.append(Act.DATA_EXPORT, by=by, subject=subject, facts={"rows": reading.count})
    return _pieces(reading, by, at_end)


def _pieces(reading: Reading, by: Actor, at_end: Callable[[], None]) -> Iterator[bytes]:
    with closing(Spool(settings.HOME.folder)) as spool:
        gathered, zipped = Gathered(reading, spool), Zipped(is_large=reading.count > LARGE)
        for name, pieces in _members(gathered, by, timezone.now()):
            gathered.check()
            yield from zipped.member(name, pieces)
        yield zipped.rest()  # so that whoever does not listen any more is known before the end
        gathered.check()
        at_end()
        yield zipped.end()


def _members(gathered: Gathered, by: Actor, made_at: datetime) -> Iterator[tuple[str, Iterator[str | bytes]]]:
    """By file name. The files first, so that what follows tells that they were opened."""
    for row, content in enclosed(gathered.subject, by=by):
        yield as_json.file_name(row), iter([base64.b64decode(content)])
    yield "data.json", as_json.pieces(gathered, made_at)
    yield from as_csv.tables(gathered)
    pages = Pages(gathered, made_at)
    yield "data.html", pages.first()
    yield from pages.others()
    yield "style.css", iter([(files("upheld.rights") / "export.css").read_text("utf-8")])
    yield "ledger.vkey", iter([ledger.verifier_key() + "\n"])
    ledger.sequence()
    placed = ledger.Entry.objects.of(gathered.subject).filter(index__isnull=False)
    count, newest = placed.count(), list(placed.reverse()[:MOST_PROOFS])
    for entry in newest:
        yield f"proofs/{entry.index}.tlog-proof", iter([ledger.prove(entry)])
    yield "README.txt", iter([_readme(gathered, made_at, len(newest), count)])


def _readme(gathered: Gathered, made_at: datetime, proofs: int, entries: int) -> str:
    said = f"that the public log holds {'all' if proofs == entries else 'the newest'} {proofs} entries"
    said += " about you" if proofs == entries else f" of the {entries} about you"
    rows = sum(gathered.count(kind) for kind in gathered.kinds())
    found = f"It has {rows} rows about you, in {len(gathered.kinds())} kinds." if rows else "Nothing is held about you."
    name = gathered.policy.controller.name
    return README.format(
        controller=name, made_at=f"{made_at:%Y-%m-%d %H:%M} UTC", format=FORMAT, proofs=said, found=found
    )


def document(held: Held) -> dict[str, Any]:
    """The content of `data.json` for what was seen already."""
    rows = [plain_row(row) for row in held.rows]
    return {
        "format": FORMAT,
        "subject": str(held.subject),
        "made_at": plain(held.seen_at),
        **as_json.about(held.policy),
        "held": [as_json.item(item) for row in rows for item in row["items"]],
        "records": [row["record"] for row in rows if row["record"]],
        **{name: [as_json.listed(name, plain(each)) for each in getattr(held, name)] for name in LISTS},
    }
