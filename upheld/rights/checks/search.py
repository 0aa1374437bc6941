"""Looks for known values in files and processes, in the ways in which software writes text down."""

import base64
import json
import mmap
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

CARD = re.compile(rb"(?<![0-9A-Za-z])(?=3[04-9]|4|5|6|2[2-7])[0-9]{13,19}(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class Needle:
    """Byte strings, any of which gives a value away."""

    forms: tuple[bytes, ...]
    cards: bool = False  # whether any card's number gives it away

    @classmethod
    def of(cls, token: str) -> "Needle":
        """A token of letters and digits: as UTF-8, UTF-16, hexadecimal, and base64 wherever it starts."""
        plain = token.encode()
        forms = [plain, plain.upper(), token.encode("utf-16-le"), token.encode("utf-16-be"), plain.hex().encode()]
        for offset in range(3):
            encoded = base64.b64encode(bytes(offset) + plain)
            forms.append(encoded[4:-4])  # the characters that depend on the token alone
        return cls(tuple(forms))

    @classmethod
    def of_card(cls, number: str) -> "Needle":
        """A card's number: in every form of a token, in groups as people write it, and any other card's number too."""
        groups = [number[at : at + 4] for at in range(0, len(number), 4)]
        return cls((*cls.of(number).forms, *(mark.join(groups).encode() for mark in " -.")), cards=True)

    def shows_in(self, content: "bytes | mmap.mmap") -> bool:
        return any(content.find(form) >= 0 for form in self.forms) or (self.cards and _shows_card(content))


def _shows_card(content: "bytes | mmap.mmap") -> bool:
    """13 to 19 digits that stand alone, begin as cards do, and have the right check digit (ISO/IEC 7812-1, annex B)."""
    return any(_checks(match[0]) for match in CARD.finditer(content))


def _checks(number: bytes) -> bool:
    digits = [byte - 48 for byte in reversed(number)]
    return (sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0


def files_showing(needle: Needle, files: Iterable[Path]) -> list[str]:
    """The names of those that do.

    Looked at in a process of its own, which is told over a pipe: a process that opens and closes the file of an
    SQLite database drops the locks of its own connections to it (POSIX), and the next writer may damage the database.
    """
    forms = [form.hex() for form in needle.forms]
    told = json.dumps({"forms": forms, "cards": needle.cards, "files": [str(path) for path in files]})
    command = [sys.executable, "-I", __file__]
    done = subprocess.run(command, input=told, capture_output=True, text=True, check=True)  # noqa: S603 - our own file
    names: list[str] = json.loads(done.stdout)
    return names


def _showing(needle: Needle, files: Iterable[Path]) -> Iterator[str]:
    """Mapped, not read: a database may be larger than memory."""
    for path in files:
        try:
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                shows = needle.shows_in(content)
        except (FileNotFoundError, ValueError):  # gone meanwhile, or empty: there is nothing in it
            continue
        if shows:
            yield path.name


def processes_showing(needle: Needle) -> Iterator[str]:
    """Processes whose command line or environment shows it, as far as we may read them (Linux)."""
    for process in Path("/proc").glob("[0-9]*"):
        for part in ("cmdline", "environ"):
            try:
                content = (process / part).read_bytes()
            except OSError:  # ended meanwhile, or someone else's
                continue
            if needle.shows_in(content):
                yield f"the {part} of process {process.name}"


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    wanted = Needle(tuple(bytes.fromhex(form) for form in asked["forms"]), cards=asked["cards"])
    json.dump(list(_showing(wanted, map(Path, asked["files"]))), sys.stdout)
