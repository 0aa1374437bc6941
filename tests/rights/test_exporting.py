"""What a person takes along."""

import io
import json
import re
import zipfile

import pytest

from tests.rights.conftest import Planted
from upheld import ledger
from upheld.policy import Refused
from upheld.rights import exporting, verbs


def opened(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


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
    assert re.findall(r'(?:src|href)="([^"]*)"', page) == ["style.css"]
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
