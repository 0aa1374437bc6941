"""Everybody gets theirs, all of it, and nothing of anyone else's; and no sealed field is out of the rights' reach."""

import base64
import csv
import html
import io
import json
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest

from tests.rights.population import Place, Someone, populate, someone_of
from upheld import vault
from upheld.rights import verbs
from upheld.rights.corrections import correcting
from upheld.rights.corrections.correcting import HERE, correct, how_to_correct
from upheld.rights.seen import exporting
from upheld.rights.seen.held import Held
from upheld.rights.seen.items import KEPT, is_secret
from upheld.vault import envelope
from upheld.vault.errors import KeyMissing
from upheld.vault.keys import ring

SCHEMA = json.loads(Path("docs/spec/export.schema.json").read_text())
NEW = {"country": "FR", "email": "new@example.org"}


@pytest.fixture
def people(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> list[Someone]:
    monkeypatch.setattr(exporting, "MOST_PROOFS", 2)
    return populate()


def zip_of(someone: Someone) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(verbs.export(someone.subject, by=someone.by))))


def expected(someone: Someone, held: Held) -> dict[Place, str | None]:
    """What of theirs is to be read: all but secrets, and files, which lie apart."""
    data = {(label, name): vault.by_label(label).field(name).datum for label, _, name in someone.planted}  # type: ignore[union-attr]  # planted there
    return {
        (label, row, name): None if name == "content" or is_secret(held.policy, data[label, name]) else value
        for (label, row, name), value in someone.planted.items()
    }


def check_schema(document: object) -> None:
    jsonschema.validate(document, SCHEMA, format_checker=jsonschema.FormatChecker())


def test_everybody_gets_theirs_and_nothing_of_anyone_elses(people: list[Someone]) -> None:
    for someone in people:
        held = verbs.see(someone.subject, by=someone.by)
        assert {(item.label, item.row, item.field): item.value for item in held.items} == expected(someone, held)
        mine = {(label, row) for label, rows in someone.rows.items() for row in rows if label != "disclosure"}
        assert {(row.label, row.id) for row in held.rows if row.label != "lookup"} == mine
        assert len(held.disclosures) == len(someone.rows["disclosure"])
        archive = zip_of(someone)
        document = json.loads(archive.read("data.json"))
        check_schema(document)
        found = {(each["label"], UUID(each["row"]), each["field"]): each["value"] for each in document["held"]}
        assert found == expected(someone, held)
        check_files(someone, archive, document)
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode(errors="replace")
        own = " ".join(someone.planted.values())
        for other in people:
            if other is someone:
                continue
            foreign = [value for value in other.planted.values() if value in everything and value not in own]
            assert not foreign
            assert str(other.subject) not in everything


def check_files(someone: Someone, archive: zipfile.ZipFile, document: dict[str, Any]) -> None:
    """Files byte for byte; each table with each row and no formula; on the page each value, or where it is."""
    page = archive.read("data.html").decode()
    tables = {label: table_of(archive, label) for label, _, _ in someone.planted}
    items = {(each["label"], each["row"], each["field"]): each for each in document["held"]}
    for (label, row, name), value in someone.planted.items():
        cell, shown = tables[label][str(row)][name], items[label, str(row), name]
        if shown["file"]:
            assert archive.read(shown["file"]) == base64.b64decode(value)
            assert cell == shown["file"]
            assert cell in page
        elif not shown["withheld"]:
            assert cell == (f"'{value}" if value.startswith("=") else value)
            assert html.escape(value) in page


def table_of(archive: zipfile.ZipFile, label: str) -> dict[str, dict[str, str]]:
    text = io.StringIO(archive.read(f"csv/{label}.csv").decode(), newline="")
    return {each["id"]: each for each in csv.DictReader(text)}


def test_no_sealed_field_is_out_of_reach(transactional_db: None) -> None:
    """Whoever adds a field adds it to what is planted, seen, corrected and deleted, or this fails."""
    people = [someone_of("account"), someone_of("unfinished")]
    every = {(model.label(), name) for model, fields in vault.registry().items() for name in fields}
    assert {(label, name) for someone in people for label, _, name in someone.planted} == every
    account, unfinished = people
    for label, row, name in account.planted:
        if how_to_correct(label, name) == HERE:
            correct(
                account.subject,
                label=label,
                row=row,
                field=name,
                value=NEW.get(name, f"new {name} {row}"),
                by=account.by,
            )
    held = {(item.label, item.row, item.field): item for item in verbs.see(account.subject, by=account.by).items}
    for (label, row, name), old in account.planted.items():
        assert held[label, row, name].how in {HERE, *correcting._ELSEWHERE}
        if held[label, row, name].how == HERE:
            assert held[label, row, name].value not in (None, old)
    for someone in (account, unfinished):
        copies = [(row.place, each) for row in vault.rows_of(someone.subject) for each in row.envelopes()]
        vault.shred(someone.subject, by=someone.by)
        kept = vault.kept_classes()
        opened = [place for place, each in copies if each.retention not in kept and opens(each, place)]
        assert not opened, "an older copy of the data can be opened"


def opens(sealed: envelope.Envelope, place: envelope.Place) -> bool:
    try:
        key = ring.pick(ring.of([place.subject]), (place.subject, sealed.retention, sealed.key_version))
    except KeyMissing:
        return False
    return bool(envelope.unseal(sealed, place=place, key=key))


def test_of_the_erased_it_says_what_a_law_keeps_and_opens_none(transactional_db: None) -> None:
    gone = someone_of("guest")
    vault.shred(gone.subject, by=gone.by)
    archive = zip_of(gone)
    document = json.loads(archive.read("data.json"))
    check_schema(document)
    assert {each["label"] for each in document["held"]} <= {"order", "as_issued"}
    assert {each["field"] for each in document["held"]} >= {"name", "country"}
    for each in document["held"]:
        assert (each["value"], each["withheld"]) == (None, KEPT)
        assert each["reason"]
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert not [value for value in gone.planted.values() if value in everything]
    assert "Everything was deleted but for what a law has us keep" in everything


def test_of_whom_nothing_is_held_that_is_what_it_says(transactional_db: None) -> None:
    nobody = Someone("nobody")
    archive = zip_of(nobody)
    check_schema(json.loads(archive.read("data.json")))
    assert "Nothing is held about you." in archive.read("data.html").decode()
    assert "Nothing is held about you." in archive.read("README.txt").decode()
