"""Whether a reply says yes or no. Every piece of it has to be one that is known: what says more is for a person."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from upheld.mailbox.letter import Letter
from upheld.mailbox.quoting import is_delimiter, is_device
from upheld.mailbox.wants.words import plain

FILE = Path(__file__).with_suffix(".toml")
LONGEST = 2000  # characters: a yes is short
YES, NO, POLITE, CLOSING, GREETING = "yes", "no", "polite", "closing", "greeting"
_QUESTION = re.compile(r"[?？؟;]")  # noqa: RUF001 - full-width mark; the semicolon is Greek for it
# What parts the pieces of a reply, full-width marks too.
_PIECES = re.compile(r"[.,:!()\[\]\"“”„«»*_。、，！：،…\n\r]+|\s[-–—]+\s|^\s*[-–—]+", re.MULTILINE)  # noqa: RUF001
_WORD = re.compile(r"[^\s!-&(-/:-@\[-`{-~]+")  # an apostrophe is part of a word
_REACHED = re.compile(r"\s*(?:[\d\s()+/.-]+|[^\s@]+@[^\s@]+|(?:https?://|www\.)\S+)\s*")  # a number, an address


def answered(letter: Letter, language: str = "") -> bool | None:
    """`agreed`, of a letter. It is no yes when something of it was not read: enclosed, or at its foot."""
    name = f"{letter.name} {re.sub(r'[0-9]+', ' ', letter.sender.partition('@')[0])}"
    said = agreed(letter.text, language, name=name)
    return None if said and (letter.attachments or not _only_signs(letter.signature, language, name)) else said


def agreed(text: str, language: str = "", *, name: str = "") -> bool | None:
    """True for yes; False for "not me"; None when a person has to decide, as when nothing is said.

    `language` is the one that was asked in: it says what a word means that two languages share, such as "tak". `name`
    is the writer's, with which a reply may end.
    """
    if len(text) > LONGEST or _QUESTION.search(text):
        return None
    said = _said(text, language, name)
    return said == {YES} if said in ({YES}, {NO}) else None


def _only_signs(foot: str, language: str, name: str) -> bool:
    """Whether what stands at a letter's foot is no more than a name, how to reach it, and a device."""
    plain_lines = (is_delimiter, is_device, _REACHED.fullmatch)
    lines = [line for line in foot.splitlines() if not any(holds(line) for holds in plain_lines)]
    return not _said("\n".join(lines), language, name, closed=True)


def _said(text: str, language: str, name: str, *, closed: bool = False) -> set[str]:
    """Which of yes and no its pieces say; both, for one that is not known."""
    lines = [line for line in text.splitlines() if line.strip()]
    found, last = set[str](), len(lines) - 1
    for number, line in enumerate(lines):
        for at, piece in enumerate(filter(None, map(_folded, _PIECES.split(line)))):
            kind = _kind(piece, language, begins=not closed and number == at == 0)
            closed = closed or kind == CLOSING
            if kind in (YES, NO):
                found.add(kind)
            elif not (kind or (closed and _is_name(piece, name)) or (number == last > 0 and _is_name(line, name))):
                return {YES, NO}
    return found


def _kind(piece: str, language: str, *, begins: bool) -> str:
    """What a piece is; empty when it is not known, or is one thing in one language and another in the next."""
    own, all_of_them = _words().get(language, {}).get(piece), {each.get(piece) for each in _words().values()} - {None}
    kind = own or (all_of_them.pop() if len(all_of_them) == 1 else "")
    if kind or not begins:
        return kind or ""
    words = piece.split()
    beginnings = {" ".join(words[:n]) for n in range(max(1, len(words) - 3), len(words))}
    return GREETING if any(each.get(b) == GREETING for each in _words().values() for b in beginnings) else ""


def _is_name(text: str, name: str) -> bool:
    """Whether it is the name, or some of it: each word, or its first letter. Any other words might say more."""
    words, known = _folded(text).split(), _folded(name).split()
    initials = {each[0] for each in known}
    return all(each in known or each in initials for each in words) or "".join(words) in ("".join(known), *known)


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(plain(text)))


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    """By language, each piece and what it is."""
    told = tomllib.loads(FILE.read_text("utf-8"))
    return {
        code: {_folded(piece): kind for kind, pieces in classes.items() for piece in pieces.split(",")}
        for code, classes in told.items()
    }
