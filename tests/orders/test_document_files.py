"""Documents as files: what they are made of, what they leave behind, and how long it takes."""

import socket
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from tests.orders.papers import ORDERED, text
from upheld.orders import documents
from upheld.orders.documents import Kind, made


@settings(max_examples=40)
@given(st.lists(st.text(max_size=60), max_size=6))
def test_whatever_a_person_is_called_there_is_a_document(person: list[str]) -> None:
    assert made("packing_slip", replace(ORDERED, person=person)).startswith(b"%PDF")


def test_a_document_takes_no_longer_than_a_page() -> None:
    made("invoice", ORDERED)
    begun = time.perf_counter()
    made("invoice", replace(ORDERED, number="INV-2026-000124"))
    assert time.perf_counter() - begun < 1, "30 ms here; the rest is for busy machines"


@pytest.mark.parametrize("kind", Kind)
def test_the_file_s_own_particulars_name_nobody(kind: Kind) -> None:
    reader = PdfReader(BytesIO(made(kind, ORDERED)))
    assert reader.metadata is not None
    assert reader.metadata.title == f"{kind.heading} INV-2026-000123"
    assert not reader.metadata.author
    metadata = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "Lovelace" not in metadata
    assert "James" not in metadata


def test_the_same_content_makes_the_same_bytes() -> None:
    assert made("invoice", ORDERED) == made("invoice", ORDERED)


def test_one_person_s_document_holds_nothing_of_the_one_before() -> None:
    made("invoice", replace(ORDERED, person=("Grace Hopper",)))
    assert "Hopper" not in text(made("invoice", ORDERED))


def test_nothing_is_written_and_nothing_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a document went to the network")

    folder = Path(documents.__file__).parent
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.suffix != ".pyc"}
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    made("invoice", ORDERED)
    assert not list(tmp_path.iterdir())
    assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.suffix != ".pyc"}


def test_only_our_fonts_are_used() -> None:
    fonts = {
        str(font["/BaseFont"]).partition("+")[2]
        for page in PdfReader(BytesIO(made("invoice", ORDERED))).pages
        for font in (each.get_object() for each in page["/Resources"]["/Font"].values())
    }
    assert fonts == {"HankenGrotesk-Regular", "HankenGrotesk-SemiBold", "SourceSerif4-SemiBold"}
