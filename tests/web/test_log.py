"""The log is served as C2SP tlog-tiles has it."""

from tests.people import Person
from tests.web.conftest import Visitor
from upheld import ledger


def test_the_checkpoint_is_signed_and_fresh(person: Person, visitor: Visitor) -> None:
    newest = ledger.sequence()
    assert newest is not None
    answer = visitor.get("/checkpoint")
    assert answer.content.decode() == newest.note
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_tiles_hold_what_the_checkpoint_says(person: Person, visitor: Visitor) -> None:
    newest = ledger.sequence()
    assert newest is not None
    answer = visitor.get(f"/tile/0/000.p/{newest.size}")
    assert len(answer.content) == 32 * newest.size
    assert "immutable" in answer["Cache-Control"]
    assert visitor.get(f"/tile/entries/000.p/{newest.size}").status_code == 200


def test_what_is_no_tile_is_not_found(visitor: Visitor) -> None:
    for path in ("0/999", "64/000", "0/000.p/0", "entries/abc", "../etc/passwd", "0/000/"):
        assert visitor.get(f"/tile/{path}").status_code == 404
