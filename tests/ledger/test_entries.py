"""What an entry says is typed, canonical and free of text that would ever need erasing."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from upheld.ledger import entries, proofs
from upheld.ledger.entries import Draft, Fact
from upheld.ledger.errors import BadFact, BadProof
from upheld.policy.actors import Actor, Case
from upheld.policy.acts import Act

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "ledger.json").read_text())
AT = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
codes = st.text("abcXYZ019._:/+=-", max_size=200)
facts = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True),
    st.one_of(codes, st.integers(-(2**53) + 1, 2**53 - 1), st.booleans(), st.none(), st.lists(codes, max_size=4)),
    max_size=5,
)


def body(given_facts: dict[str, Fact], by: Actor | None = None) -> bytes:
    draft = Draft(Act.FIELD_OPEN, by or Actor.system("worker"), UUID(int=7), given_facts)
    return entries.body(draft, id=UUID(int=1), at=AT)


@given(facts)
def test_the_body_is_canonical_json(given_facts: dict[str, Fact]) -> None:
    written = body(given_facts)
    assert written == rfc8785.dumps(json.loads(written))


def test_the_actor_is_named_with_job_and_case() -> None:
    case = Case("refund", UUID(int=5), subject=UUID(int=7))
    said = entries.read_body(body({}, Actor.staff(UUID(int=3), job="billing", case=case)))
    assert said["by"] == {
        "kind": "staff", "job": "billing", "id": str(UUID(int=3)), "case": f"refund:{UUID(int=5)}",
    }  # fmt: skip
    assert said["at"] == "2026-11-23T12:00:00.123Z"


@pytest.mark.parametrize(
    "fact",
    [
        "ada@example.org",
        "two words",
        "line\nbreak",
        "x" * 201,
        "caf\u00e9",
        2**53,
        1.5,
        {"a": 1},
        ["ok", "not ok"],
        b"bytes",
    ],
)
def test_free_text_is_refused(fact: Fact) -> None:
    with pytest.raises(BadFact):
        body({"note": fact})


@pytest.mark.parametrize("name", ["Name", "two words", "", "a" * 41, "ada@example.org"])
def test_a_fact_has_a_code_for_its_name(name: str) -> None:
    with pytest.raises(BadFact):
        body({name: 1})


@pytest.mark.parametrize("vector", VECTORS["leaves"], ids=lambda v: v["name"])
def test_leaf_vectors(vector: dict[str, str]) -> None:
    salt, written = bytes.fromhex(vector["salt"]), vector["body"].encode()
    assert entries.leaf_data(salt, written).hex() == vector["leaf_data"]
    assert entries.leaf(salt, written).hex() == vector["leaf_hash"]


@pytest.mark.parametrize("vector", VECTORS["proofs"], ids=lambda v: v["name"])
def test_proof_vectors(vector: dict[str, str]) -> None:
    if vector["entry"] is None:
        with pytest.raises(BadProof):
            proofs.check_proof(vector["proof"], VECTORS["key"])
    else:
        assert proofs.check_proof(vector["proof"], VECTORS["key"]).entry["id"] == vector["entry"]
