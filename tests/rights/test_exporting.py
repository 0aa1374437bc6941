"""What a person takes along."""

import io
import json
import re
import tracemalloc
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from tests.canaries import seen_in
from tests.rights.conftest import Planted
from upheld import ledger, vault
from upheld.conversations.models import Message
from upheld.home import Home
from upheld.policy import Refused
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import verbs
from upheld.rights.errors import CopyCutShort
from upheld.rights.seen import exporting, items, story
from upheld.rights.seen.copies import as_csv, as_page, spool, zipped


def opened(pieces: Iterable[bytes]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


def test_it_holds_everything_for_machines_and_for_people(ann: Planted, bob: Planted) -> None:
    archive = opened(verbs.export(ann.subject, by=ann.by))
    assert archive.testzip() is None
    document = json.loads(archive.read("data.json"))
    assert document["format"] == "upheld-export/v1"
    assert {item["field"]: item["value"] for item in document["held"]} == {
        "email": ann.values["email"],
        "device": ann.values["device"],
        "password": None,
    }
    page = archive.read("data.html").decode()
    assert ann.values["email"] in page
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert not any(value.encode() in everything for value in bob.values.values())


def test_the_page_needs_nothing_and_runs_nothing(ann: Planted) -> None:
    archive = opened(verbs.export(ann.subject, by=ann.by))
    page = archive.read("data.html").decode()
    assert {link for link in re.findall(r'(?:src|href)="([^"]*)"', page) if link[0] != "#"} == {"style.css"}
    assert "style.css" in archive.namelist()
    assert not re.search(r"<script|\son\w+=|\sstyle=|https?://", page)


def test_a_value_cannot_become_markup(ann: Planted) -> None:
    [session] = [item for item in verbs.outline(ann.subject).items if item.field == "device"]
    verbs.correct(
        ann.subject, label="session", row=session.row, field="device", value="<script>alert(1)</script>", by=ann.by
    )
    page = opened(verbs.export(ann.subject, by=ann.by)).read("data.html").decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_its_proofs_hold_and_it_says_how_many_there_are(ann: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_PROOFS", 3)
    archive = opened(verbs.export(ann.subject, by=ann.by))
    proofs = [name for name in archive.namelist() if name.startswith("proofs/")]
    assert len(proofs) == 3
    entries = ledger.Entry.objects.of(ann.subject).count()
    assert f"the newest 3 entries of the {entries} about you" in archive.read("README.txt").decode()
    for name in proofs:
        proven = ledger.check_proof(archive.read(name).decode(), archive.read("ledger.vkey").decode())
        assert proven.entry["subject"] == str(ann.subject)


def test_nobody_else_may_take_it(ann: Planted, bob: Planted) -> None:
    with pytest.raises(Refused):
        verbs.export(ann.subject, by=bob.by)


def wrote(subject: UUID, rows: int) -> None:
    """So many messages of theirs."""
    now, by = timezone.now(), Actor.person(subject)
    for first in range(0, rows, 500):
        some = [Message(subject=subject, conversation=subject, at=now) for _ in range(min(500, rows - first))]
        text = f"=HYPERLINK(1) {'a word ' * 20}"
        vault.collect_many([(row, {"text": text}) for row in some], source="letter", by=by)


def test_what_is_too_much_for_one_page_is_all_there(ann: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_page, "MOST", 4)
    wrote(ann.subject, 9)
    archive = opened(verbs.export(ann.subject, by=ann.by))
    assert {name for name in archive.namelist() if "message" in name} == {
        "csv/message.csv", "more/message-2.html", "more/message-3.html",
    }  # fmt: skip
    pages = [archive.read(name).decode() for name in ("data.html", "more/message-2.html", "more/message-3.html")]
    assert [page.count("HYPERLINK") for page in pages] == [4, 4, 1]
    rows = {row["row"] for row in json.loads(archive.read("data.json"))["held"] if row["label"] == "message"}
    assert all(sum(f"message:{row}," in page for page in pages) == 1 for row in rows)
    assert archive.namelist()[-1] == "README.txt"


def test_no_cell_of_a_table_is_a_formula() -> None:
    for cell in ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", " =1"):
        assert as_csv.harmless(cell) == f"'{cell}"
    for cell in ("", "-5", "+49", "1.5", "ada@example.org", "2026-11-01T10:00:00Z"):
        assert as_csv.harmless(cell) == cell


def test_memory_does_not_grow_with_what_is_held(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, value in (
        (items, "PAGE", 20),
        (story, "PAGE", 20),
        (as_page, "MOST", 20),
        (spool, "IN_MEMORY", 1),
    ):
        monkeypatch.setattr(module, name, value)  # small, so that few rows are many pages
    monkeypatch.setattr(exporting, "MOST_PROOFS", 2)
    peaks = []
    for rows in (30, 300):
        subject = vault.new_subject()
        wrote(subject, rows)
        ledger.sequence()
        tracemalloc.start()
        assert sum(len(piece) for piece in verbs.export(subject, by=Actor.person(subject)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0], "ten times as many rows"


def test_each_page_is_opened_on_record_and_in_no_transaction_of_the_whole(ann: Planted) -> None:
    wrote(ann.subject, 450)
    for _ in verbs.export(ann.subject, by=ann.by):
        assert not connection.in_atomic_block
    entries = [entry.facts for entry in ledger.Entry.objects.of(ann.subject).filter(act=Act.FIELD_OPEN)]
    assert [facts["rows"] for facts in entries if facts["row"] == "message"] == [200, 200, 50]


@pytest.mark.parametrize("after", [0, 3])
def test_an_erasure_in_the_middle_leaves_no_copy_that_looks_whole(
    ann: Planted, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(zipped, "CHUNK", 1)
    wrote(ann.subject, 250)
    pieces, got = verbs.export(ann.subject, by=ann.by), b""
    for _ in range(after):
        got += next(pieces)
    vault.shred(ann.subject, by=ann.by)
    with pytest.raises(CopyCutShort):  # noqa: PT012 - what came before it is looked at
        for piece in pieces:
            got += piece
    assert not zipfile.is_zipfile(io.BytesIO(got))
    assert "README.txt" not in got.decode(errors="replace")


def test_what_waits_in_between_lies_in_no_file_in_clear(
    ann: Planted, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "IN_MEMORY", 1)
    monkeypatch.setattr(zipped, "CHUNK", 1)
    wrote(ann.subject, 5)
    ledger.sequence()
    before, waiting = set(home.folder.rglob("*")), b""
    for _ in verbs.export(ann.subject, by=ann.by):
        waiting = max(waiting, nameless(home.folder), key=len)
    assert waiting
    assert not seen_in(waiting, ["HYPERLINK", ann.values["email"]])
    assert set(home.folder.rglob("*")) == before
    assert not nameless(home.folder), "it goes with the copy"


def nameless(folder: Path) -> bytes:
    """What this process has open in the folder without a name."""
    found = []
    for each in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the one by which this folder is read
            where = str(each.readlink())
            found += [each.read_bytes()] if where.startswith(str(folder)) and where.endswith(" (deleted)") else []
    return b"".join(found)
