"""The letters to try the grammar on: every file of `letters/`, and `letters/held/`, which it was not written by.

A letter begins with `===` and the kinds that it wants; a first line `Subject: …` is its subject.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "letters"
HELD = FOLDER / "held"
_SUBJECT = re.compile(r"(?:Subject|Betreff): (.*)\n\n?")


@dataclass(frozen=True)
class Sample:
    language: str
    kinds: frozenset[str]
    subject: str
    text: str


def samples(folder: Path) -> Iterator[Sample]:
    for path in sorted(folder.glob("*.txt")):
        for block in re.split(r"^=== ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            kinds, _, text = block.partition("\n")
            subject = _SUBJECT.match(text)
            body = text[subject.end() :] if subject else text
            yield Sample(path.stem, frozenset(kinds.split()), subject[1] if subject else "", body)
