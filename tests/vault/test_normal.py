"""One spelling for values that mean the same, so that one person has one account."""

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.vault.normal import email, normal, text

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "vault.json").read_text())


@pytest.mark.parametrize("vector", VECTORS["blind_indexes"], ids=lambda v: v["value"])
def test_vectors(vector: dict[str, str]) -> None:
    assert normal(vector["datum"], vector["value"]) == vector["normal"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@example.org", "ADA@EXAMPLE.ORG"),
        ("zoe\u0308@example.org", "zo\u00eb@example.org"),
        ("ada@b\u00fccher.example", "ada@xn--bcher-kva.example"),
        ("ada@\u5186\u3002example", "ada@\u5186.example"),
    ],
)
def test_spellings_of_one_address_are_one(one: str, other: str) -> None:
    assert email(one) == email(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@example.org", "ada@example.com"),
        ("a.da@example.org", "ada@example.org"),
        ("ada+x@example.org", "ada@example.org"),
        ("\u0430da@example.org", "ada@example.org"),  # a Cyrillic a: another mailbox
    ],
)
def test_different_mailboxes_stay_different(one: str, other: str) -> None:
    assert email(one) != email(other)


@given(st.text())
def test_any_text_has_a_normal_form_that_is_its_own(value: str) -> None:
    assert text(text(value)) == text(value)
    assert email(email(value)) == email(value)
    assert unicodedata.is_normalized("NFKC", text(value))
