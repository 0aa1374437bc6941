"""Text as the grammar sees it: one spelling, cut into sentences, clauses and words."""

import re
import unicodedata
from collections.abc import Iterator

# Letters that no normal form takes apart, and the ways to write an apostrophe or a hyphen.
_SAME = str.maketrans("łøđıœةىךםןףץँ‐‑’ʼ`´", "lodioهيכמנפצं--''''")  # noqa: RUF001 - what people type
# What combines with Latin, Greek, Cyrillic, Hebrew or Arabic letters; the marks that make another kana stay.
_MARKS = re.compile(
    "[\u0300-\u036f\u093c\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640\u200b-\u200f\u00ad]"
)
# "è" and "é" are verbs, and "e" is "and": whoever drops accents has to tell them apart first.
_IS = re.compile(r"\b(?:[èé]|e[\u0300\u0301])(?!\w)")
_MAIL = re.compile(r"\be[- ](?=mail|post)")
_NOT_WORDS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")
_STOP = re.compile(r"[.…]+(?=\s|$)")
_WORD_BEFORE = re.compile(r"\w*$")
_LOOKED_BACK = 6  # characters: more than the longest of _SHORT has
_ENDS = re.compile(r"([!?;:।。！？；：؟؛]+|\n)")  # noqa: RUF001 - full-width marks
_QUESTION = re.compile(r"[?？؟]")  # noqa: RUF001 - full-width marks
_CLAUSES = re.compile(r"[,()\[\]{}，、،\"“”„«»]+|\s-+\s|[–—]")  # noqa: RUF001 - full-width marks
_WORD = re.compile(r"[\w\u0900-\u0963]+(?:'\w+)*|§")  # vowel signs of Hindi are no \w
_BULLET = re.compile(r"\s*(?:[-*•>#]|\d{1,2}[.)]|[a-z][.)])\s")
_NARROW = 45  # characters: a line that ends sooner was ended by its writer, not by a mail program
# A full stop behind one of these ends no sentence, nor one behind a single letter or a small number.
_SHORT = frozenset(
    [
        "abs",
        "al",
        "art",
        "arts",
        "bzgl",
        "bzw",
        "ca",
        "cf",
        "dr",
        "evtl",
        "ext",
        "ggf",
        "inc",
        "inkl",
        "lit",
        "ltd",
        "mfg",
        "mr",
        "mrs",
        "ms",
        "nr",
        "num",
        "pag",
        "par",
        "rn",
        "sig",
        "sr",
        "sra",
        "str",
        "tel",
        "usw",
        "vgl",
        "vs",
        "zzgl",
    ]
)


def plain(text: str) -> str:
    """Lower case without accents, one form for each letter."""
    text = text.casefold()
    if not text.isascii():
        text = _IS.sub("ee", text)
        apart = _MARKS.sub("", unicodedata.normalize("NFKD", text))
        text = unicodedata.normalize("NFC", apart).replace("æ", "ae").translate(_SAME)
    return _MAIL.sub("e", text)


def sentences(text: str) -> Iterator[tuple[str, bool]]:
    """The sentences of plain text, without addresses and links, and whether each is a question."""
    text = unwrapped(text).replace("_", " ")
    if "@" in text or "www." in text or "://" in text:
        text = _NOT_WORDS.sub(" ", text)
    parts = [*_ENDS.split(_STOP.sub(_stop, text)), ""]
    for sentence, end in zip(parts[::2], parts[1::2], strict=True):
        if sentence.strip():
            yield sentence.strip(), bool(_QUESTION.search(end))


def unwrapped(text: str) -> str:
    """Lines that a mail program wrapped are one line again."""
    lines = text.split("\n")
    joined = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        ended = len(line) < _NARROW or not following.strip() or _BULLET.match(following)
        joined.append(line + ("\n" if ended else " "))
    return "".join(joined)


def _stop(found: re.Match[str]) -> str:
    before = _WORD_BEFORE.search(found.string[max(0, found.start() - _LOOKED_BACK) : found.start()])
    word = before[0] if before else ""
    short = word in _SHORT or (len(word) == 1 and word.isascii()) or (len(word) < 3 and word.isdigit())
    return " " if short else "\n"


def clauses(sentence: str) -> list[str]:
    return [found for found in _CLAUSES.split(sentence) if found and not found.isspace()]


def words(clause: str, *, elides: bool = False) -> list[str]:
    """The words of a clause. Where a language `elides`, an apostrophe parts two of them: l'adresse."""
    return _WORD.findall(clause.replace("'", " ") if elides else clause)
