"""What a stamp says is signed, and nothing else passes for one."""

import json
from pathlib import Path

import pytest

from tests.builds.stamps.samples import NUMBER, OTHER, payload
from upheld.builds import payloads
from upheld.builds.errors import NotAStamp
from upheld.ledger.notes import Signer

PROJECT = Path(__file__).parents[2]
VECTORS = json.loads((PROJECT / "tests" / "vectors" / "build-stamp.json").read_text("utf-8"))


def test_it_is_three_short_lines_of_text() -> None:
    made = payload()
    assert made.isascii()
    assert made.count(b"\n") == 3
    assert len(made) <= payloads.MOST
    assert payloads.check(made).signed


@pytest.mark.parametrize("vector", VECTORS["stamps"], ids=lambda each: each["name"])
def test_the_vectors_hold(vector: dict[str, object]) -> None:
    trusted = Signer.from_seed("vectors.example/ledger", bytes.fromhex(VECTORS["seed"])).verifier
    assert str(trusted) == VECTORS["key"]
    written = str(vector["payload"]).encode()
    if not vector["holds"]:
        with pytest.raises(NotAStamp):
            payloads.check(written, trusted)
        return
    found = payloads.check(written, trusted)
    assert (found.number, found.signed) == (vector["number"], vector["signed"])
    assert payloads.side(written).decode() == vector["side"]
    assert payloads.from_side(payloads.side(written)) == written


def test_the_specification_shows_a_vector() -> None:
    shown = (PROJECT / "docs" / "spec" / "build-stamp.md").read_text("utf-8")
    genuine = VECTORS["stamps"][0]
    assert "\n" + "".join(f"    {line}\n" for line in genuine["payload"].splitlines()) in shown
    assert f"```json\n{genuine['side']}```" in shown


def test_a_changed_number_and_another_key_are_not_signed() -> None:
    changed = payload().replace(NUMBER.encode(), OTHER.encode())
    assert payloads.check(changed).signed is False
    stranger = Signer.from_seed("stranger.example/ledger", bytes(32)).verifier
    assert payloads.check(payload(), stranger).signed is False


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"stamp/v1", b"stamp/v2"),
        (b"stamp/v1", b"stamp/v"),
        (b'"v":1', b'"v":2'),
        (b'"v":1,', b'"v": 1,'),
        (b'"product":"engine"', b'"product":"engine","more":1'),
        (b'"product":"engine",', b""),
        (b'"engine"', b'"en\\u0067ine"'),
        (b'"engine"', b'"en gine"'),
        (b'"engine"', b'"' + b"e" * 65 + b'"'),
        (b'"engine"', b"[" * 500),
        (b'"engine"', b"\xff"),
        (b"4K7QX", b"4K7QU"),
        (b"https://", b"javascript:"),
        (b"==\n", b"=\n"),
        (b"==\n", b"=="),
        (b"==\n", b"==\n\n"),
    ],
)  # fmt: skip
def test_what_is_not_written_as_a_stamp_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(NotAStamp):
        payloads.check(payload().replace(old, new, 1))


@pytest.mark.parametrize("written", [b"", b"{}", b"[]", b"null", b"\xff", b'{"v":1}', b"{" * 4000])
def test_what_is_no_side_file_is_refused(written: bytes) -> None:
    with pytest.raises(NotAStamp):
        payloads.from_side(written)


def test_a_release_that_fits_in_no_stamp_is_refused() -> None:
    with pytest.raises(NotAStamp):
        payload("4K7QX")
