"""The Merkle tree of RFC 6962, section 2.1, over hashes that somebody else keeps. Pure Python.

A `Reader` gives the hash of the perfect subtree of 2**level leaves at an index; trees of any size, roots, inclusion
and consistency proofs are made of those.
"""

import hashlib
from collections.abc import Callable, Sequence

Reader = Callable[[int, int], bytes]  # (level, index) -> 32 bytes
EMPTY = hashlib.sha256().digest()


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def subtree(read: Reader, start: int, end: int) -> bytes:
    """MTH(D[start:end]); `start` is a multiple of the smallest power of two that is no less than the length."""
    size = end - start
    if size == 0:
        return EMPTY
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return read(level, start >> level)
    split = start + _largest_power_below(size)
    return node_hash(subtree(read, start, split), subtree(read, split, end))


def root(read: Reader, size: int) -> bytes:
    return subtree(read, 0, size)


def inclusion_proof(read: Reader, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]) of section 2.1.1, from the leaf's sibling up. Raises IndexError outside the tree."""
    if not 0 <= index < size:
        raise IndexError(index)
    return _path(read, index, 0, size)


def consistency_proof(read: Reader, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[new]) of section 2.1.2. Raises IndexError unless 0 < old <= new."""
    if not 0 < old <= new:
        raise IndexError(old)
    return _consistency(read, old, 0, new, whole=True)


def root_of_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that this proof leads to, by RFC 9162, section 2.1.3.2; None when it cannot be one of such a tree."""
    if not 0 <= index < size:
        return None
    at, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if at & 1 or at == last:
            value = node_hash(sibling, value)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        at, last = at >> 1, last >> 1
    return value if last == 0 else None


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of size `new` begins with that of size `old`, by RFC 9162, section 2.1.4.2."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


class Frontier:
    """The right edge of a growing tree: constant memory, for checking one from its beginning."""

    def __init__(self) -> None:
        self.size = 0
        self._perfect: list[tuple[int, bytes]] = []  # (level, hash), the largest first

    def append(self, value: bytes, level: int = 0) -> None:
        """Add a leaf, or a perfect subtree of 2**level leaves: the size is then a multiple of 2**level."""
        self.size += 1 << level
        while self._perfect and self._perfect[-1][0] == level:
            value = node_hash(self._perfect.pop()[1], value)
            level += 1
        self._perfect.append((level, value))

    def copy(self) -> "Frontier":
        other = Frontier()
        other.size, other._perfect = self.size, list(self._perfect)
        return other

    def root(self) -> bytes:
        if not self._perfect:
            return EMPTY
        value = self._perfect[-1][1]
        for _, left in reversed(self._perfect[:-1]):
            value = node_hash(left, value)
        return value


def _largest_power_below(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def _path(read: Reader, index: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    split = start + _largest_power_below(end - start)
    if index < split:
        return [*_path(read, index, start, split), subtree(read, split, end)]
    return [*_path(read, index, split, end), subtree(read, start, split)]


def _consistency(read: Reader, old: int, start: int, end: int, *, whole: bool) -> list[bytes]:
    if old == end:
        return [] if whole else [subtree(read, start, end)]
    split = start + _largest_power_below(end - start)
    if old <= split:
        return [*_consistency(read, old, start, split, whole=whole), subtree(read, split, end)]
    return [*_consistency(read, old, split, end, whole=False), subtree(read, start, split)]
