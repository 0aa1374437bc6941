"""A receipt is checked offline, with the public key alone. Vectors: tests/vectors/receipt.json, receipt-v2.json."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from upheld.rights.errors import ReceiptInvalid
from upheld.rights.papers import receipt_lines, receipts

FOLDER = Path(__file__).parents[1] / "vectors"
FIRST, VECTORS = (json.loads((FOLDER / name).read_text("utf-8")) for name in ("receipt.json", "receipt-v2.json"))
KEY = FIRST["key"]
GOOD = FIRST["receipts"][0]["receipt"]
NEW_KEY = VECTORS["key"]
NEW = {each["name"]: each["receipt"] for each in VECTORS["receipts"]}


@pytest.mark.parametrize("vectors", [FIRST, VECTORS], ids=["v1", "v2"])
def test_each_vector_is_judged_as_written(vectors: dict[str, Any]) -> None:
    judged = {}
    for vector in vectors["receipts"]:
        text = vector["receipt"].encode()
        try:
            assert receipts.verify(text, vectors["key"]).text.encode() == text
            judged[vector["name"]] = None
        except ReceiptInvalid as refused:
            judged[vector["name"]] = str(refused)
    assert judged == {vector["name"]: vector["problem"] for vector in vectors["receipts"]}


def test_what_is_read_is_written_again_as_it_was() -> None:
    """So there is one way to write each receipt."""
    for vector in VECTORS["receipts"]:
        if vector["problem"] is None:
            read = receipts.verify(vector["receipt"].encode(), NEW_KEY)
            values = {key: getattr(read, NAMES.get(key, key)) for key, *_ in receipt_lines.LINES}
            values |= {key: value or None for key, value in values.items() if value == ""}
            sentences = read.text.split("\n\n", 1)[0].split("\n")[1:]
            assert read.text.startswith(receipt_lines.write(values, sentences=sentences) + "\n\nc2sp.org/")


NAMES = {"step": "steps"}


def test_it_says_where_a_request_stands() -> None:
    read = receipts.verify(NEW["a request under way"].encode(), NEW_KEY)
    assert (read.about, read.state, read.number, read.done) == ("access", "in_progress", "R-7K3Q9XMT", None)
    assert str(read).startswith("request R-7K3Q9XMT (access) to A small shop is in_progress since 2026-11-02; entry 1 ")
    erased = receipts.verify(NEW["an erasure on request, a part of it kept"].encode(), NEW_KEY)
    assert (erased.removed, erased.told) == (4, ("carrier erased done 1", "processor erased told 2"))
    assert erased.clean
    assert ", 1 kept by law; entry 5 of a log of 11." in str(erased)
    assert " was deleted on 2026-11-02 by " in str(receipts.verify(NEW["one thing that was deleted"].encode(), NEW_KEY))


def test_it_says_what_was_done() -> None:
    receipt = receipts.verify(GOOD.encode(), KEY)
    assert (receipt.controller, receipt.index, receipt.tree, receipt.removed) == ("A small shop", 2, 3, 4)
    assert receipt.clean
    assert receipt.kept == ("order: Name, Country, until 2033-11-02, because: Tax law has us keep the books.",)
    assert str(receipt).startswith("everything about 01a00000-0000-7000-8000-0000000000aa was erased on 2026-11-02")


@pytest.mark.parametrize(("text", "key"), [(GOOD, KEY), (NEW["a refusal"], NEW_KEY)], ids=["v1", "v2"])
def test_no_byte_of_it_can_be_changed(text: str, key: str) -> None:
    data = text.encode()
    for at in range(0, len(data), 2):
        with pytest.raises(ReceiptInvalid):
            receipts.verify(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], key)


def test_nothing_can_be_added_or_cut() -> None:
    for changed in (GOOD + "\n", "\n" + GOOD, GOOD[:-1], GOOD[10:], GOOD + GOOD, GOOD.replace("\n", "\r\n")):
        with pytest.raises(ReceiptInvalid):
            receipts.verify(changed.encode(), KEY)


@pytest.mark.parametrize("key", [FIRST["other_key"], NEW_KEY, "nonsense", "name+00000000+AAAA"])
def test_another_key_does_not_do(key: str) -> None:
    with pytest.raises(ReceiptInvalid, match=r"[.]$"):
        receipts.verify(GOOD.encode(), key)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"\0" * 100, b"x" * 200_000], ids=["empty", "bytes", "nulls", "big"]
)
def test_what_is_no_receipt_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(ReceiptInvalid, match=r"^The receipt does not hold: .*[.]$"):
        receipts.verify(data, KEY)


def test_it_needs_neither_an_instance_nor_django(tmp_path: Path) -> None:
    (tmp_path / "receipt.txt").write_text(GOOD, "utf-8")
    script = (
        "import sys; from upheld.rights.papers import receipts; from pathlib import Path; "
        "print(receipts.verify(Path('receipt.txt').read_bytes(), sys.argv[1])); assert 'django' not in sys.modules"
    )
    python = [sys.executable, "-c", script, KEY]
    done = subprocess.run(python, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
