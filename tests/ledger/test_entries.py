"""What an entry says is typed, canonical and free of text that would ever need erasing."""

import json
from base64 import b64decode, b64encode
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


@given(facts, st.booleans())
def test_columns_are_compared_without_parsing(given_facts: dict[str, Fact], about_nobody: bool) -> None:
    subject = None if about_nobody else UUID(int=7)
    draft = Draft(Act.FIELD_OPEN, Actor.system("worker"), subject, given_facts)
    written = entries.body(draft, id=UUID(int=1), at=AT)
    columns = {"id": str(UUID(int=1)), "act": "vault:field:open", "subject": subject and str(subject)}
    assert entries.says(written, **columns)
    for name, other in [("id", str(UUID(int=2))), ("act", "vault:field"), ("subject", str(UUID(int=8)))]:
        assert not entries.says(written, **(columns | {name: other}))


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


GOOD = next(vector["proof"] for vector in VECTORS["proofs"] if vector["entry"])


def refused_or_the_same(text: str) -> None:
    """A proof that was altered is refused in a sentence, unless what it shows is what it showed before."""
    try:
        proven = proofs.check_proof(text, VECTORS["key"])
    except BadProof:
        return
    assert proven == proofs.check_proof(GOOD, VECTORS["key"])


@given(st.integers(0, len(GOOD)), st.integers(0, 8), st.text(max_size=8))
def test_no_alteration_of_a_proof_passes_or_crashes(at: int, gone: int, new: str) -> None:
    refused_or_the_same(GOOD[:at] + new + GOOD[at + gone :])


@given(st.text())
def test_no_text_at_all_crashes_the_check(text: str) -> None:
    refused_or_the_same(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["salt", "body", "x"]), inner),
    )
)
def test_no_extra_data_crashes_the_check(extra: object) -> None:
    refused_or_the_same(with_extra(json.dumps(extra)))


def with_extra(extra: str) -> str:
    lines = GOOD.split("\n")
    lines[1] = f"extra {b64encode(extra.encode()).decode()}"
    return "\n".join(lines)


def test_extra_data_too_deep_is_refused() -> None:
    with pytest.raises(BadProof, match="damaged"):
        proofs.check_proof(with_extra("[" * 200_000), VECTORS["key"])


def test_bytes_do_not_move_between_salt_and_entry() -> None:
    """Cut one byte later, salt and entry have the same leaf, so the length of the salt is part of the check."""
    extra = json.loads(b64decode(GOOD.split("\n")[1].removeprefix("extra ")))
    salt, written = b64decode(extra["salt"]), b64decode(extra["body"])
    moved = {"salt": b64encode(salt + written[:1]).decode(), "body": b64encode(written[1:]).decode()}
    assert entries.leaf(salt + written[:1], written[1:]) == entries.leaf(salt, written)
    with pytest.raises(BadProof, match="damaged"):
        proofs.check_proof(with_extra(json.dumps(moved)), VECTORS["key"])
