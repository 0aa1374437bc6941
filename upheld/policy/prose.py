"""The sentences of a policy, and the footnotes that stand behind each. Specified in docs/spec/policy-file.md.

The unit is a block of text: a paragraph (in a list item and a quotation too) or a cell of a table's body. Within it
`sentencex` (Wikimedia's rules) finds the boundaries, and a footnote after a full stop always is one, so that a mark
can never reach across to a neighbour.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import sentencex  # type: ignore[import-untyped]  # ships no types
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

NOTE = "note"
"""The label of the footnote behind a sentence that promises nothing."""

# One character that stops nothing takes the place of each that could, so that offsets stay what they are.
# Each alternative begins only where a word does, so that a long word is looked at once.
_ADDRESS = re.compile(
    r"(?<![a-z0-9+.-])(?:[a-z][a-z0-9+.-]*://|www\.)[^\s<>]*[^\s<>.,;:!?\"')\]]"
    r"|(?<![^\s@<>])[^\s@<>]+@[\w-]+(?:\.[\w-]+)+",
    re.IGNORECASE,
)
_ENDED = re.compile(r"[.!?\u2026\u3002\uff01\uff1f][\"'\u201d\u2019\u00bb)\]]*\Z")
_ABBREVIATED = re.compile(r"\b(?:e\.\s?g|i\.\s?e|cf|vs|viz|approx|Dr|Mr|Mrs|Ms|Prof)\.\s*\Z")  # none ends a sentence
_BRACKETS = re.compile('["\u201c\u201d\u00ab\u00bb()\\[\\]]')
_LETTER = re.compile(r"\S")
_STOP = re.compile(r"[.!?\u2026][\"'\u201d\u2019\u00bb)\]]*\s+(?=[\"'\u201c\u2018\u00ab(\[]{0,4}(?P<next>\w))")
_ELLIPSIS = re.compile(r"(?:\u2026|\.\.\.)[\"'\u201d\u2019)\]]*\s+(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What it says in plain text, the line of the file on which it starts, and its footnotes' labels."""

    text: str
    line: int
    labels: tuple[str, ...] = ()

    @property
    def note(self) -> bool:
        return set(self.labels) == {NOTE}

    @property
    def backed(self) -> bool:
        return any(label != NOTE for label in self.labels)


@dataclass(frozen=True, slots=True)
class Mark:
    """A reference to a footnote: its label, where in the text of its block it stands, and its line."""

    label: str
    offset: int
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text with its marks taken out; `heading` blocks hold no sentences."""

    text: str
    line: int
    marks: tuple[Mark, ...]
    heading: bool = False


def parser() -> MarkdownIt:
    """CommonMark with tables and footnotes. HTML is recognised, so that the loader can refuse it."""
    markdown = MarkdownIt("commonmark").enable("table")
    return markdown.use(footnote_plugin, inline=False, move_to_end=False, always_match_refs=True)


def blocks(tokens: list[Token], first_line: int = 1) -> Iterator[Block]:
    """Every run of text outside the footnotes' definitions, in order; `first_line` is that of the prose."""
    inside: list[str] = []
    line = first_line
    for token in tokens:
        if token.map:
            line = first_line + token.map[0]
        if token.nesting == 1:
            inside.append(token.type)
        elif token.nesting == -1:
            inside.pop()
        elif token.type == "inline" and "footnote_reference_open" not in inside:
            yield _block(token.children or [], line, heading=inside[-1] in {"heading_open", "th_open"})


def _block(children: list[Token], line: int, *, heading: bool) -> Block:
    pieces: list[str] = []
    marks: list[Mark] = []
    offset, row = 0, line
    for child in children:
        if child.type == "footnote_ref":
            marks.append(Mark(child.meta["label"], offset, row))
            continue
        broken = child.type in {"softbreak", "hardbreak"}
        row += broken
        pieces.append("\n" if broken else child.content)
        offset += len(pieces[-1])
    return Block("".join(pieces), line, tuple(marks), heading)


def sentences(block: Block) -> Iterator[Sentence]:
    """The sentences of one block of text, each with the labels that stand directly after it."""
    if block.heading:
        return
    labels: dict[int, tuple[str, ...]] = {}
    for mark in block.marks:
        labels[mark.offset] = (*labels.get(mark.offset, ()), mark.label)
    start, line = 0, block.line
    for end in boundaries(block):
        piece = block.text[start:end]
        before = piece[: len(piece) - len(piece.lstrip())].count("\n")
        if any(map(str.isalnum, piece)):
            text = " ".join(piece.split())
            yield Sentence(text, line + before, labels.get(start + len(piece.rstrip()), ()))
        start, line = end, line + piece.count("\n")


def boundaries(block: Block) -> list[int]:
    """The offsets at which the block's sentences end, white space after them included."""
    plain = _ADDRESS.sub(lambda found: "x" * len(found[0]), block.text.replace("\n", " "))
    ends = _found(plain) | _bracketed(plain)
    ends |= {found.end() for found in _ELLIPSIS.finditer(plain)}
    ends |= {mark.offset for mark in block.marks if _ENDED.search(plain[max(0, mark.offset - 8) : mark.offset])}
    return sorted(ends | {len(plain)})


def _found(plain: str) -> set[int]:
    found = {each["end_index"] for each in sentencex.get_sentence_boundaries("en", plain)}
    return {end for end in found if not _ABBREVIATED.search(plain[max(0, end - 16) : end])}


def _bracketed(plain: str) -> set[int]:
    """Boundaries inside brackets and quotation marks, which sentencex passes over: no sentence hides in them."""
    bare = _BRACKETS.sub(" ", plain)
    begun = {_LETTER.search(bare, end) for end in _found(bare)}
    starts = {found.start() for found in begun if found and not found[0].islower()}
    return {found.end() for found in _STOP.finditer(plain) if found.start("next") in starts}
