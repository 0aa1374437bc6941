"""The envelope opens exactly where it was sealed, and its bytes are those of the specification."""

import json
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from upheld.vault import envelope
from upheld.vault.envelope import Origin, Place
from upheld.vault.errors import Damaged

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "vault.json").read_text())
KEY = AESGCM(bytes(range(32)))
PLACE = Place("address", UUID(int=1), UUID(int=2))
ORIGINS = {"email": Origin("sign_up", 1_700_000_000)}


def sealed(values: dict[str, str], place: Place = PLACE) -> envelope.Envelope:
    origins = dict.fromkeys(values, Origin("sign_up", 1_700_000_000))
    return envelope.seal(values, origins, place=place, retention="account", key=KEY)


def opened(column: bytes, place: Place = PLACE, key: AESGCM = KEY) -> list[dict[str, str]]:
    return [envelope.unseal(part, place=place, key=key) for part in envelope.unpack(column, place=place)]


@given(st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=600), min_size=1, max_size=5))
def test_what_is_sealed_comes_back(values: dict[str, str]) -> None:
    column = envelope.pack([sealed(values)])
    assert opened(column) == [values]


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("phone", PLACE.row, PLACE.subject),
        Place("address", UUID(int=9), PLACE.subject),
        Place("address", PLACE.row, UUID(int=9)),
    ],
)
def test_it_does_not_open_in_another_table_row_or_subject(elsewhere: Place) -> None:
    with pytest.raises(Damaged):
        envelope.unseal(sealed({"email": "a@example.org"}), place=elsewhere, key=KEY)


def test_no_bit_can_be_flipped() -> None:
    column = envelope.pack([sealed({"email": "a@example.org"})])
    for bit in range(len(column) * 8):
        changed = bytearray(column)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Damaged):
            opened(bytes(changed))


def test_no_byte_can_be_cut_off() -> None:
    column = envelope.pack([sealed({"email": "a@example.org"})])
    for length in range(1, len(column)):
        with pytest.raises(Damaged):
            opened(column[:length])


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_one_way(column: bytes) -> None:
    with suppress(Damaged):
        envelope.unpack(column, place=PLACE)


def test_the_length_of_a_value_shows_only_roughly() -> None:
    assert len({len(sealed({"email": "a" * n}).sealed) for n in range(1, 19)}) == 1


@pytest.mark.parametrize("vector", VECTORS["envelopes"], ids=lambda v: v["name"])
def test_vectors(vector: dict[str, str]) -> None:
    place = Place(vector["label"], UUID(vector["row"]), UUID(vector["subject"]))
    key = AESGCM(bytes.fromhex(vector["key"]))
    column = bytes.fromhex(vector["column"])
    if vector["values"] is None:
        with pytest.raises(Damaged):
            opened(column, place, key)
    else:
        assert opened(column, place, key) == vector["values"]
