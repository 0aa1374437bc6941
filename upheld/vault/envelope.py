"""The envelope: sealed fields of one row and one retention class. The format is `docs/spec/vault.md`.

    version  1 byte    0x01
    hlen     2 bytes   length of the header, big-endian
    header   hlen      JSON {"c": class, "f": {field: [source, unix seconds]}, "k": key version}, sorted, compact
    nonce    12 bytes  random
    clen     4 bytes   length of what follows, big-endian
    sealed   clen      AES-256-GCM of JSON {field: value}, padded with spaces to 32 bytes; 16-byte tag at the end

The associated data bind it to where it rests: `upheld-envelope/v1`, the table's label, the row, the subject and the
header. A row's envelopes stand one after another in one column. Which fields a row holds, from where and since
when can be read without a key; what they say cannot.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from upheld.vault.errors import Damaged

VERSION = 1
NONCE = 12
BLOCK = 32  # the length of a value is a hint about it: round it up
MAGIC = b"upheld-envelope/v1\0"


class Origin(NamedTuple):
    """Where and when a value was collected; the time in whole seconds since 1970, UTC."""

    source: str
    at: int


class Place(NamedTuple):
    """Where an envelope rests; it opens nowhere else."""

    label: str
    row: UUID
    subject: UUID

    def bound(self, header: bytes) -> bytes:
        return MAGIC + self.label.encode() + b"\0" + self.row.bytes + self.subject.bytes + header


@dataclass(frozen=True, slots=True)
class Envelope:
    retention: str
    key_version: int
    fields: Mapping[str, Origin]
    header: bytes
    nonce: bytes
    sealed: bytes

    def packed(self) -> bytes:
        head = bytes((VERSION,)) + len(self.header).to_bytes(2, "big") + self.header
        return head + self.nonce + len(self.sealed).to_bytes(4, "big") + self.sealed


def seal(
    values: Mapping[str, str],
    origins: Mapping[str, Origin],
    *,
    place: Place,
    retention: str,
    key: AESGCM,
    key_version: int = 1,
) -> Envelope:
    """Seal `values` (field name to text) with one AEAD call. A fresh random nonce each time: values change rarely,
    and a subject's key seals far fewer than the 2**32 messages that NIST SP 800-38D 8.3 allows."""
    head = {"c": retention, "f": {name: list(origins[name]) for name in values}, "k": key_version}
    header = json.dumps(head, sort_keys=True, separators=(",", ":")).encode()
    plain = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    plain += b" " * (-len(plain) % BLOCK)
    nonce = os.urandom(NONCE)
    sealed = key.encrypt(nonce, plain, place.bound(header))
    return Envelope(retention, key_version, {n: origins[n] for n in values}, header, nonce, sealed)


def unseal(envelope: Envelope, *, place: Place, key: AESGCM) -> dict[str, str]:
    """The values by field. Raises Damaged unless every bit, and the place, are those of the sealing."""
    try:
        plain = key.decrypt(envelope.nonce, envelope.sealed, place.bound(envelope.header))
    except InvalidTag:
        raise Damaged(place.label, place.row) from None
    values: dict[str, str] = json.loads(plain)
    return values


def pack(envelopes: Iterable[Envelope]) -> bytes:
    """The column: envelopes one after another, by retention class."""
    return b"".join(e.packed() for e in sorted(envelopes, key=lambda e: e.retention))


def unpack(column: bytes | memoryview, *, place: Place) -> list[Envelope]:
    """The envelopes of a column. Raises Damaged for bytes that are none; says nothing about who made them."""
    try:
        return list(_envelopes(bytes(column)))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Damaged(place.label, place.row) from error


def _envelopes(column: bytes) -> Iterator[Envelope]:
    at = 0
    while at < len(column):
        if column[at] != VERSION:
            raise ValueError(f"envelope version {column[at]}")
        start = at + 3
        end = start + int.from_bytes(column[at + 1 : start], "big")
        header = column[start:end]
        head = json.loads(header)
        body = end + NONCE + 4
        at = body + int.from_bytes(column[end + NONCE : body], "big")
        if at > len(column):
            raise ValueError("cut short")
        fields = {name: Origin(*origin) for name, origin in head["f"].items()}
        yield Envelope(head["c"], head["k"], fields, header, column[end : end + NONCE], column[body:at])
