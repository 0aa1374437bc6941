"""The tree against RFC 6962 read literally, and against the public vectors of Certificate Transparency."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.ledger import merkle

# Leaves and roots of the reference implementation's own tests, the same in every Certificate Transparency log.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def mth(leaves: list[bytes]) -> bytes:
    """MTH of section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def reader(leaves: list[bytes]) -> merkle.Reader:
    return lambda level, index: mth(leaves[index << level : (index + 1) << level])


def some(size: int) -> list[bytes]:
    return [merkle.leaf_hash(n.to_bytes(4, "big")) for n in range(size)]


@pytest.mark.parametrize("size", range(1, 9))
def test_public_vectors(size: int) -> None:
    leaves = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size]]
    assert merkle.root(reader(leaves), size).hex() == ROOTS[size - 1]


def test_the_empty_tree() -> None:
    assert merkle.root(reader([]), 0) == merkle.Frontier().root() == mth([])


@given(st.integers(1, 70))
def test_a_growing_tree_has_the_root_of_the_definition(size: int) -> None:
    frontier = merkle.Frontier()
    for leaf in some(size):
        frontier.append(leaf)
    assert frontier.root() == merkle.root(reader(some(size)), size) == mth(some(size))


@given(st.data())
def test_every_leaf_is_proven_and_no_other_in_its_place(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    leaves = some(size)
    proof = merkle.inclusion_proof(reader(leaves), index, size)
    assert merkle.root_of_inclusion(leaves[index], index, size, proof) == mth(leaves)
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index or size == 1))
    if size > 1:
        assert merkle.root_of_inclusion(leaves[other], index, size, proof) != mth(leaves)
        assert merkle.root_of_inclusion(leaves[index], other, size, proof) != mth(leaves)
        assert merkle.root_of_inclusion(leaves[index], index, size, proof[:-1]) is None
    assert merkle.root_of_inclusion(leaves[index], index, size, [*proof, bytes(32)]) is None


@given(st.data())
def test_a_tree_is_consistent_with_its_own_past_only(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, 70))
    old = data.draw(st.integers(1, new))
    leaves = some(new)
    proof = merkle.consistency_proof(reader(leaves), old, new)
    assert merkle.consistent(old, mth(leaves[:old]), new, mth(leaves), proof)
    rewritten = [bytes(32), *leaves[1:old]]
    assert not merkle.consistent(old, mth(rewritten), new, mth(leaves), proof)
    if proof:
        assert not merkle.consistent(old, mth(leaves[:old]), new, mth(leaves), proof[:-1])
        assert not merkle.consistent(old, mth(leaves[:old]), new, mth(leaves), [*proof, bytes(32)])


@given(st.integers(0, 300), st.integers(0, 8))
def test_a_perfect_subtree_is_added_as_a_whole(before: int, level: int) -> None:
    before -= before % (1 << level)
    one, other = merkle.Frontier(), merkle.Frontier()
    leaves = some(before + (1 << level))
    for leaf in leaves:
        one.append(leaf)
    for leaf in leaves[:before]:
        other.append(leaf)
    whole = other.copy()
    whole.append(mth(leaves[before:]), level)
    assert (whole.size, whole.root()) == (one.size, one.root())
    assert (other.size, other.root()) == (before, mth(leaves[:before]))


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof(reader(some(size)), index, size)
    assert merkle.root_of_inclusion(bytes(32), index, size, []) is None


@pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5)])
def test_no_proof_between_trees_that_cannot_follow(old: int, new: int) -> None:
    with pytest.raises(IndexError):
        merkle.consistency_proof(reader(some(new)), old, new)
    assert not merkle.consistent(old, bytes(32), new, bytes(32), [])
