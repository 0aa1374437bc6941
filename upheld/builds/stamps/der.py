"""As much of a PKCS #7 signature as it takes to add an attribute that is not signed to its only signer (RFC 2315, 9.2).

DER alone is read (X.690): definite lengths, each within the bytes that hold it.
"""

from collections.abc import Iterator

from upheld.builds.stamps.pieces import Unsuitable

SEQUENCE, SET, OCTETS, CONTENT, UNSIGNED = 0x30, 0x31, 0x04, 0xA0, 0xA1
TO_SIGNER = (SEQUENCE, CONTENT, SEQUENCE, SET, SEQUENCE)
"""What leads to the signer, each the last part of the one before: ContentInfo, its content, SignedData, signers."""
OURS = bytes.fromhex("06146981ba8a97c3cdc1daadff9aa9ddae86c3b1c821")  # the OID 2.25.(a UUID), X.667

Node = tuple[int, int, int, int]
"""A tag, where it stands, where its content begins, and where it ends."""


def length(data: bytes) -> int:
    """How many of the bytes the signature takes that begins them."""
    return _node(data, 0, len(data))[3]


def held(data: bytes) -> range | None:
    """Where the stamp is in a signature."""
    *_, signer = _path(data)
    for tag, _, begin, stop in _attributes(data, signer):
        if tag == SEQUENCE and data[begin:stop].startswith(OURS):
            value = list(_nodes(data, begin + len(OURS), stop))
            if len(value) == 1 and value[0][0] == SET:
                members = list(_nodes(data, *value[0][2:]))
                is_stamp = len(members) == 1 and members[0][0] == OCTETS
                return range(*members[0][2:]) if is_stamp else None
    return None


def with_stamp(data: bytes, payload: bytes) -> bytes:
    """The signature with the stamp in place of any that it has."""
    path = _path(data)
    signer = path[-1]
    attributes = list(_attributes(data, signer))
    kept = [data[start:stop] for _, start, begin, stop in attributes if not data[begin:stop].startswith(OURS)]
    ours = _made(SEQUENCE, OURS + _made(SET, _made(OCTETS, payload)))
    others = [data[start:stop] for tag, start, _, stop in _nodes(data, *signer[2:]) if tag != UNSIGNED]
    made = _made(SEQUENCE, b"".join(others) + _made(UNSIGNED, b"".join([*kept, ours])))
    inner = signer
    for tag, start, begin, stop in reversed(path[:-1]):
        made = _made(tag, data[begin : inner[1]] + made)
        inner = (tag, start, begin, stop)
    return made


def _path(data: bytes) -> list[Node]:
    start, stop, path = 0, length(data), list[Node]()
    for tag in TO_SIGNER:
        parts = list(_nodes(data, start, stop))
        if not parts or parts[-1][0] != tag or (path and path[-1][0] == SET and len(parts) != 1):
            raise Unsuitable("its signature is not as we know them")
        path.append(parts[-1])
        start, stop = parts[-1][2:]
    return path


def _attributes(data: bytes, signer: Node) -> Iterator[Node]:
    for tag, _, begin, stop in _nodes(data, *signer[2:]):
        if tag == UNSIGNED:
            yield from _nodes(data, begin, stop)


def _nodes(data: bytes, start: int, stop: int) -> Iterator[Node]:
    while start < stop:
        node = _node(data, start, stop)
        yield node
        start = node[3]


def _node(data: bytes, start: int, stop: int) -> Node:
    if stop - start < 2 or data[start] & 0x1F == 0x1F:
        raise Unsuitable("its signature is damaged")
    size, begin = data[start + 1], start + 2
    if size & 0x80:
        count = size & 0x7F
        if not 1 <= count <= 4 or stop - begin < count:
            raise Unsuitable("its signature has a length that we do not know")
        size, begin = int.from_bytes(data[begin : begin + count]), begin + count
    if size > stop - begin:
        raise Unsuitable("its signature is damaged")
    return data[start], start, begin, begin + size


def _made(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    written = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(written))) + written + content
