"""Signed notes: the public example opens, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.ledger import checkpoints
from upheld.ledger.errors import BadNote
from upheld.ledger.notes import Signer, Verifier, open_note
from upheld.rights.papers import receipts

# The example in the documentation of Go's note package, where the format began.
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NOTE = (
    TEXT + "\n\u2014 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
SIGNER = Signer.from_seed("shop.example/log", bytes(range(32)))


def test_the_public_example_opens() -> None:
    verifier = Verifier.parse(KEY)
    assert open_note(NOTE, verifier) == TEXT
    assert str(verifier) == KEY


def test_what_we_sign_opens_with_our_public_key() -> None:
    assert open_note(SIGNER.sign("one\n\ntwo\n"), Verifier.parse(str(SIGNER.verifier))) == "one\n\ntwo\n"


def test_a_receipt_can_never_be_a_checkpoint() -> None:
    """One key signs both, so no log may be called what receipts begin with."""
    assert set(receipts.READERS) == set(checkpoints.RECEIPTS)
    for header in receipts.READERS:
        with pytest.raises(BadNote, match="cannot be called"):
            checkpoints.sign(1, bytes(32), Signer.from_seed(header, bytes(32)))


@given(st.text(), st.integers(0, len(NOTE)), st.integers(0, 8))
def test_no_alteration_passes_or_crashes(new: str, at: int, gone: int) -> None:
    """Unless it only adds a signature line of a stranger, or spells the same bytes otherwise."""
    try:
        text = open_note(NOTE[:at] + new + NOTE[at + gone :], Verifier.parse(KEY))
    except BadNote:
        return
    assert text == TEXT


def test_signatures_of_strangers_are_ignored_beside_one_that_is_known() -> None:
    ours = SIGNER.sign(TEXT)
    assert open_note(ours + NOTE.removeprefix(TEXT + "\n"), SIGNER.verifier) == TEXT


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        (NOTE.replace("answer", "Answer"), "does not fit"),
        (NOTE.replace("\u2014 PeterNeumann x", "\u2014 PeterNeumann y"), "trusted"),
        (NOTE.replace("\n\n", "\n"), "empty line"),
        (NOTE.removesuffix("\n"), "signature lines"),
        (NOTE.replace("\u2014 ", "- "), "malformed"),
        (NOTE.replace("think", "th\tink"), "control character"),
        (TEXT + "\n", "signature lines"),
        (NOTE + NOTE.removeprefix(TEXT + "\n") * 16, "signature lines"),
        ("", "empty line"),
    ],
)
def test_anything_else_is_refused_with_its_reason(note: str, reason: str) -> None:
    with pytest.raises(BadNote, match=reason):
        open_note(note, Verifier.parse(KEY))


@pytest.mark.parametrize("key", ["", "a+b", KEY.replace("c74f", "c74e"), KEY[:-4], "x y+00000000+AA=="])
def test_a_damaged_public_key_is_refused(key: str) -> None:
    with pytest.raises(BadNote):
        Verifier.parse(key)


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_key_needs_a_name_that_a_note_can_carry(name: str) -> None:
    with pytest.raises(BadNote):
        Signer.from_seed(name, bytes(32))


def test_a_checkpoint_says_whose_it_is_how_long_and_which() -> None:
    signed = checkpoints.sign(7, bytes(range(32)), SIGNER)
    assert signed.note.startswith(
        "shop.example/log\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n\u2014 shop.example/log "
    )
    assert checkpoints.read(signed.note, SIGNER.verifier) == signed


@pytest.mark.parametrize(
    "text", ["other.example/log\n7\n" + "A" * 43 + "=\n", "shop.example/log\n07\nAA==\n", "shop.example/log\n"]
)
def test_a_note_that_is_no_checkpoint_of_this_log_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        checkpoints.read(SIGNER.sign(text), SIGNER.verifier)
