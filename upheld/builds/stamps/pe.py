"""Programs of Windows: the stamp is an attribute of the Authenticode signature's signer that is not signed.

Authenticode leaves the certificate table, the entry that says where it is, and the checksum out of what it signs; an
attribute within the signature is what it keeps countersignatures in, and holds where Windows is told to refuse bytes
behind a signature (EnableCertPaddingCheck). In a program without a signature the stamp follows the last byte. Source:
Microsoft, PE Format, "The Attribute Certificate Table", and Windows Authenticode Portable Executable Signature Format.
"""

from dataclasses import dataclass
from struct import pack, unpack_from

from upheld.builds import payloads
from upheld.builds.stamps import der
from upheld.builds.stamps.pieces import Artefact, Piece, Unsuitable

NAME = "pe"
REVISION, SIGNED_DATA, HEAD = 0x0200, 2, 8
LARGEST = 1 << 20  # bytes of a signature that we read; those with countersignatures have a hundredth
TABLES = {0x10B: 96, 0x20B: 112}  # where the data directories begin in the optional header, of PE32 and of PE32+


@dataclass(frozen=True, slots=True)
class Program:
    """Where the checksum and the certificate table's entry are, and where the table is (0 for none)."""

    checksum: int
    entry: int
    table: int
    size: int


def fits(file: Artefact) -> bool:
    return file.size >= 64 and file.at(0, 2) == b"MZ"


def held(file: Artefact) -> range | None:
    program = _program(file)
    if not program.table:
        last = file.end(payloads.MOST)
        at = payloads.tail(last)
        return None if at is None else range(file.size - len(last) + at, file.size)
    signature = _signature(file, program)
    found = der.held(signature)
    if found is None or payloads.tail(signature[found.start : found.stop]) != 0:
        return None
    return range(program.table + HEAD + found.start, program.table + HEAD + found.stop)


def plan(file: Artefact, payload: bytes) -> list[Piece]:
    program = _program(file)
    if not program.table:
        old = held(file)
        pieces: list[Piece] = [range(0, old.start if old else file.size), payload]
        return _with_checksum(file, program, pieces)
    made = der.with_stamp(_signature(file, program), payload)
    made += bytes(-len(made) % 8)
    size = HEAD + len(made)
    if program.table + size > 0xFFFFFFFF:
        raise Unsuitable("its certificate table has no room")
    head: list[Piece] = [range(0, program.entry), pack("<II", program.table, size)]
    table = pack("<IHH", size, REVISION, SIGNED_DATA) + made
    return _with_checksum(file, program, [*head, range(program.entry + 8, program.table), table])


def _program(file: Artefact) -> Program:
    (start,) = unpack_from("<I", file.at(60, 4))
    if file.at(start, 4) != b"PE\0\0":
        raise Unsuitable("it is no program of Windows that we know")
    (kind,) = unpack_from("<H", file.at(start + 24, 2))
    if kind not in TABLES:
        raise Unsuitable("it is no program of Windows that we know")
    (length,) = unpack_from("<H", file.at(start + 20, 2))
    directories = start + 24 + TABLES[kind]
    (count,) = unpack_from("<I", file.at(directories - 4, 4))
    entry = directories + 4 * 8
    if count < 5 or length < TABLES[kind] + 5 * 8:
        raise Unsuitable("it has no place for a certificate table")
    table, size = unpack_from("<II", file.at(entry, 8))
    if table and (table % 8 or table < entry + 8 or table + size != file.size):
        raise Unsuitable("its certificate table does not end the file")
    _check_sections(file, start, directories + count * 8, table or file.size)
    return Program(start + 24 + 64, entry, table, size)


def _check_sections(file: Artefact, start: int, after: int, stop: int) -> None:
    count, length = unpack_from("<H12xH", file.at(start + 6, 16))
    headers = file.at(start + 24 + length, 40 * count)
    for at in range(0, len(headers), 40):
        size, offset = unpack_from("<II", headers, at + 16)
        if offset and offset + size > stop:
            raise Unsuitable("a section leads out of the file")
    if after > start + 24 + length:
        raise Unsuitable("its directories lead out of its header")


def _signature(file: Artefact, program: Program) -> bytes:
    """The only signature, with the zeros that fill it up to eight bytes."""
    length, revision, kind = unpack_from("<IHH", file.at(program.table, HEAD))
    if length + -length % 8 != program.size + -program.size % 8 or not HEAD <= program.size <= LARGEST:
        raise Unsuitable("its certificate table holds something else than one signature")
    if (revision, kind) != (REVISION, SIGNED_DATA):
        raise Unsuitable("its signature is of a kind that we do not know")
    found = file.at(program.table + HEAD, program.size - HEAD)
    stop = der.length(found)
    if any(found[stop:]):
        raise Unsuitable("something follows its signature")
    return found[:stop]


def _with_checksum(file: Artefact, program: Program, pieces: list[Piece]) -> list[Piece]:
    """The pieces with the checksum that they need, when the program had one.

    The sum of 16-bit words with the carry added at the end is the remainder by 65,535, in which a byte at an odd place
    weighs 256 times as much.
    """
    (old,) = unpack_from("<I", file.at(program.checksum, 4))
    if not old:
        return pieces
    first = pieces[0]
    assert isinstance(first, range)  # each plan begins with the header, in which the checksum is
    zeroed: list[Piece] = [range(0, program.checksum), bytes(4), range(program.checksum + 4, first.stop), *pieces[1:]]
    total = size = 0
    for block in file.blocks(zeroed):
        total += int.from_bytes(block, "little") * (256 if size % 2 else 1) % 65535
        size += len(block)
    made = pack("<I", (total % 65535 or 65535) + size & 0xFFFFFFFF)
    return [zeroed[0], made, *zeroed[2:]]
