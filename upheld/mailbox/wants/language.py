"""A language's words, read from its file in `languages/`. docs/why/mailbox.md explains what a file holds."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from upheld.mailbox.wants.words import plain, words

FOLDER = Path(__file__).parent / "languages"
OWNED = frozenset({"account", "data", "field"})  # classes of which "my number" says both what it is and whose
Entry = tuple[str, ...]  # words; one that ends in * stands for its beginnings, and _ for one to three others


@dataclass(frozen=True)
class Language:
    """`classes` gives each class of words its entries; `common` are words by which the language is known."""

    code: str
    common: frozenset[str]
    classes: Mapping[str, frozenset[Entry]]
    splits: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    script: str = ""
    elides: bool = False
    spaceless: bool = False
    not_before: int = 4
    not_after: int = 0
    exact: dict[str, set[tuple[Entry, str]]] = field(default_factory=dict, repr=False)
    begun: dict[str, set[tuple[Entry, str]]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        mine = {entry[0] for entry in self.classes["mine"] if len(entry) == 1}
        for name, entries in self.classes.items():
            for entry in entries:
                first = entry[0]
                table, key = (self.begun, first[:-1]) if first.endswith("*") else (self.exact, first)
                table.setdefault(key, set()).add((entry, name))
                if name in OWNED and not mine.isdisjoint(entry):
                    table[key].add((entry, "mine"))

    def beginning(self, word: str) -> Iterator[tuple[Entry, str]]:
        """Every entry whose first word this is, with its class."""
        for form in {word, *(word[len(p) :] for p in self.prefixes if word.startswith(p) and len(word) > len(p) + 2)}:
            yield from self.exact.get(form, ())
            for end in range(1, len(form) + 1):
                yield from self.begun.get(form[:end], ())


def _entries(text: str, *, spaceless: bool, elides: bool) -> frozenset[Entry]:
    parts = (part.strip() for part in re.split(r",\s*", plain(text)))
    if spaceless:
        return frozenset((part,) for part in parts if part)
    return frozenset(tuple(_pattern(part, elides=elides)) for part in parts if part)


def _pattern(entry: str, *, elides: bool) -> Iterator[str]:
    for part in entry.split():
        if part == "_":
            yield part
            continue
        found = words(part.rstrip("*"), elides=elides)
        yield from found[:-1]
        yield found[-1] + ("*" if part.endswith("*") else "")


def read(path: Path) -> Language:
    """The language of a file. Raises ValueError for one that is no TOML, TypeError for an unknown key."""
    told = tomllib.loads(path.read_text("utf-8"))
    spaceless, elides = bool(told.get("spaceless")), bool(told.get("elides"))
    classes = {name: _entries(text, spaceless=spaceless, elides=elides) for name, text in told.pop("classes").items()}
    common = frozenset(plain(told.pop("common")).split())
    splits = frozenset(plain(told.pop("splits", "")).split())
    prefixes = tuple(plain(told.pop("prefixes", "")).split())
    return Language(path.stem, common, classes, splits, prefixes, **told)


@cache
def languages() -> Mapping[str, Language]:
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.toml"))}
