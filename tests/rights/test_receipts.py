"""A receipt is checked offline, with the public key alone. Vectors: tests/vectors/receipt.json."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from upheld.rights import receipts
from upheld.rights.errors import ReceiptInvalid

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "receipt.json").read_text("utf-8"))
KEY = VECTORS["key"]
GOOD = VECTORS["receipts"][0]["receipt"]


@pytest.mark.parametrize("vector", VECTORS["receipts"], ids=lambda vector: vector["name"])
def test_each_vector_is_judged_as_written(vector: dict[str, str | None]) -> None:
    text = str(vector["receipt"]).encode()
    if vector["problem"] is None:
        assert receipts.verify(text, KEY).text.encode() == text
        return
    with pytest.raises(ReceiptInvalid) as refused:
        receipts.verify(text, KEY)
    assert str(refused.value) == vector["problem"]


def test_it_says_what_was_done() -> None:
    receipt = receipts.verify(GOOD.encode(), KEY)
    assert (receipt.controller, receipt.index, receipt.tree, receipt.removed) == ("A small shop", 2, 3, 4)
    assert receipt.clean
    assert receipt.kept == ("order: Name, Country, until 2033-11-02, because: Tax law has us keep the books.",)
    assert str(receipt).startswith("everything about 01a00000-0000-7000-8000-0000000000aa was erased on 2026-11-02")


def test_no_byte_of_it_can_be_changed() -> None:
    data = GOOD.encode()
    for at in range(len(data)):
        with pytest.raises(ReceiptInvalid):
            receipts.verify(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], KEY)


def test_nothing_can_be_added_or_cut() -> None:
    for changed in (GOOD + "\n", "\n" + GOOD, GOOD[:-1], GOOD[10:], GOOD + GOOD, GOOD.replace("\n", "\r\n")):
        with pytest.raises(ReceiptInvalid):
            receipts.verify(changed.encode(), KEY)


@pytest.mark.parametrize("key", [VECTORS["other_key"], "nonsense", "name+00000000+AAAA"])
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
        "import sys; from upheld.rights import receipts; from pathlib import Path; "
        "print(receipts.verify(Path('receipt.txt').read_bytes(), sys.argv[1])); assert 'django' not in sys.modules"
    )
    python = [sys.executable, "-c", script, KEY]
    done = subprocess.run(python, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
