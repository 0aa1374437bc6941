"""Where in a clause the words of which class stand."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from upheld.mailbox.wants.language import Entry, Language, languages
from upheld.mailbox.wants.words import clauses, sentences, words

_GAP = 4  # words that a _ in an entry may stand for, at most
_LONG_NUMBER = 3  # digits: an order has a number like that
_KNOWN_WORDS = 50_000  # the memory of words already looked up, in words
_ARTICLE = re.compile(
    r"(?:\bart\w*|\bclan\w*|\bcl|\bcikk\w*|\bmadde\w*|סעיפ|סעיף|الماده|αρθρο\w*|\bстат\w*|\bст|第|제)"  # noqa: RUF001 - Cyrillic words
    r"\.?\s{0,2}(1[5-8]|2[01]|77)(?!\d)"
)

_NUMBER = re.compile(r"1[5-8]|2[01]|77")


@dataclass(slots=True)
class Clause:
    """`marks` are the places of each class's words, counted in words from 0.

    `sentence` and `letter` are every class in what the clause is part of. It is `denied` when it is what somebody does
    not want: "I do not want, that …".
    """

    number: int
    length: int
    marks: Mapping[str, list[int]]
    sentence: set[str] = field(repr=False)
    letter: set[str] = field(repr=False)
    denied: bool = False
    question: bool = False
    words_in_letter: int = 0

    def has(self, name: str) -> bool:
        return name in self.marks


@dataclass(frozen=True, slots=True)
class _Beginnings:
    """The entries that begin with a word: its classes, and entries of several words, by the second if it is fixed."""

    alone: tuple[str, ...]
    of_several: bool
    by_second: Mapping[str, list[tuple[Entry, str]]]
    others: list[tuple[Entry, str]]


class _Known(dict[str, _Beginnings]):
    """The entries that begin with a word, looked up once a word."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self.language = language

    def __missing__(self, word: str) -> _Beginnings:
        if len(self) > _KNOWN_WORDS:
            self.clear()
        alone = ["digits"] if word.isdigit() and len(word) >= _LONG_NUMBER else list[str]()
        by_second, others = dict[str, list[tuple[Entry, str]]](), list[tuple[Entry, str]]()
        for entry, name in sorted(self.language.beginning(word)):
            if len(entry) == 1:
                alone.append(name)
            elif entry[1] == "_" or entry[1].endswith("*"):
                others.append((entry, name))
            else:
                by_second.setdefault(entry[1], []).append((entry, name))
        self[word] = _Beginnings(tuple(dict.fromkeys(alone)), bool(by_second or others), by_second, others)
        return self[word]


@cache
def _known(code: str) -> _Known:
    return _Known(languages()[code])


@cache
def _scanner(code: str) -> re.Pattern[str]:
    """For a script without spaces: every entry, the longest first, under its first character, which is faster."""
    entries = {entry[0] for group in languages()[code].classes.values() for entry in group}
    begun = dict[str, list[str]]()
    for entry in sorted(entries, key=lambda each: (-len(each), each)):
        begun.setdefault(entry[0], []).append(re.escape(entry[1:]))
    found = "|".join(f"{re.escape(first)}(?:{'|'.join(rests)})" for first, rests in begun.items())
    return re.compile(f"(?=({found}))")


def read(text: str, language: Language) -> list[Clause]:
    """The clauses of plain text, with their marks."""
    found, letter = list[Clause](), set[str]()
    for sentence, question in sentences(text):
        together, before = set[str](), set[str]()
        for piece in clauses(sentence):
            for marks, length in _marked(piece, language):
                together.update(marks)
                denied = 0 in marks.get("that", ()) and "not" in before
                found.append(Clause(len(found), length, marks, together, letter, denied, question))
                before = set(marks)
        letter |= together
    total = sum(clause.length for clause in found)
    for clause in found:
        clause.words_in_letter = total
    return found


def _marked(piece: str, language: Language) -> Iterator[tuple[dict[str, list[int]], int]]:
    articles = {f"law{each}": [0] for each in _ARTICLE.findall(piece)} if _NUMBER.search(piece) else {}
    if language.spaceless:
        yield _scanned(piece, language) | articles, max(1, len(piece) // 2)
        return
    current: list[str] = []
    for word in [*words(piece, elides=language.elides), ""]:
        if word and word not in language.splits:
            current.append(word)
        elif current:
            yield _looked_up(current, language) | articles, len(current)
            current, articles = [], {}


def _scanned(piece: str, language: Language) -> dict[str, list[int]]:
    """At each place the longest entry; what stands within one of `skip` has no other meaning."""
    marks, until = dict[str, list[int]](), 0
    for match in _scanner(language.code).finditer(piece):
        if match.start() < until:
            continue
        names = {name for _, name in language.exact.get(match[1], ())}
        if "skip" in names:
            until = match.end(1)
        for name in sorted(names):
            marks.setdefault(name, []).append(match.start() // 2)
    return marks


def _looked_up(tokens: list[str], language: Language) -> dict[str, list[int]]:
    """Entries of several words come first, and what they use no shorter one may have."""
    known, marks = _known(language.code), dict[str, list[int]]()
    begun = [known[token] for token in tokens]
    taken: dict[int, int] = {}  # place -> how many words the entry has that holds it
    for start, beginnings in enumerate(begun):
        if not beginnings.of_several:
            continue
        second = tokens[start + 1] if start + 1 < len(tokens) else ""
        several = [*beginnings.by_second.get(second, ()), *beginnings.others]
        for entry, name in sorted(several, key=_longest_first) if len(several) > 1 else several:
            places = _places(entry, tokens, start)
            if places and all(taken.get(place, len(entry)) <= len(entry) for place in places):
                taken.update(dict.fromkeys(places, len(entry)))
                marks.setdefault(name, []).append(start)
    for start, beginnings in enumerate(begun):
        if start not in taken:
            for name in beginnings.alone:
                marks.setdefault(name, []).append(start)
    return marks


def _longest_first(found: tuple[Entry, str]) -> tuple[int, Entry, str]:
    return -len(found[0]), *found


def _places(entry: Entry, tokens: list[str], start: int) -> list[int]:
    """Where the entry's words stand when its first is at `start`; none when they do not."""
    places, at, reach = [start], start + 1, 0
    for wanted in entry[1:]:
        if wanted == "_":
            reach = _GAP
            continue
        low = at + 1 if reach else at
        at = next(
            (place for place in range(low, min(at + reach, len(tokens) - 1) + 1) if _is(wanted, tokens[place])), -1
        )
        if at < 0:
            return []
        places.append(at)
        at, reach = at + 1, 0
    return places


def _is(wanted: str, token: str) -> bool:
    return token.startswith(wanted[:-1]) if wanted.endswith("*") else token == wanted
