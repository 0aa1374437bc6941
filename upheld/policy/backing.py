"""What stands behind each sentence: the footnotes of the prose, checked against the promises there are."""

from collections.abc import Iterator

from markdown_it.token import Token

from upheld.policy.errors import nearest
from upheld.policy.front import INVISIBLE
from upheld.policy.promises import Promise
from upheld.policy.prose import NOTE, Sentence, blocks, parser, sentences
from upheld.policy.reader import Reader

LABELS = (*Promise, NOTE)

MAXIMUM_PARAGRAPH = 16 * 1024  # characters without an empty line between

_REFUSED = {
    "code_block": "Four spaces of indent make it code, which no promise can back; write prose.",
    "fence": "No promise can back a block of code; write prose.",
    "html_block": "HTML is not allowed: what one program shows another would hide. Write Markdown.",
    "html_inline": "HTML is not allowed: what one program shows another would hide. Write Markdown.",
    "image": "A picture is not allowed: it would be fetched, and no promise can back what it says.",
}


def sentences_of(prose: str, first_line: int, read: Reader) -> tuple[Sentence, ...]:
    """The sentences of the prose, whose first line is `first_line` of the file; problems go to `read`."""
    _refuse_endless(prose, first_line, read)
    tokens = parser().parse(prose)
    _Inspection(prose, first_line, read).check(tokens)
    found = tuple(each for block in blocks(tokens, first_line) for each in sentences(block))
    if not found:
        read.note_at(first_line, 1, "A policy says something: after its front matter comes prose.")
    return found


def _refuse_endless(prose: str, first_line: int, read: Reader) -> None:
    """Parsing a paragraph may take the square of its length, so its length has a limit."""
    size = 0
    for number, line in enumerate(prose.split("\n"), first_line):
        size = size + len(line) + 1 if line.strip() else 0
        if size > MAXIMUM_PARAGRAPH:
            read.note_at(number, 1, f"A paragraph has more than {MAXIMUM_PARAGRAPH:,} characters; leave a line empty.")
            read.finish()


class _Inspection:
    """Looks for what may not stand in the prose, and gives each problem its line and column."""

    def __init__(self, prose: str, first_line: int, read: Reader) -> None:
        self._lines = prose.split("\n")
        self._first = first_line
        self._read = read
        self._used: set[str] = set()

    def check(self, tokens: list[Token]) -> None:
        for token, line in _placed(tokens):
            if hidden := INVISIBLE.search(token.content.replace("\n", " ")):
                self._problem(
                    line, "&", f"The invisible character U+{ord(hidden[0]):04X} is written here as an entity."
                )
            if token.type in _REFUSED:
                found = "![" if token.type == "image" else token.content.strip().split("\n")[0][:40]
                self._problem(line, found, _REFUSED[token.type])
        for block in blocks(tokens):
            for mark in block.marks:
                self._check_mark(mark.label, mark.line - 1, heading=block.heading)
        self._check_definitions(tokens)

    def _check_mark(self, label: str, line: int, *, heading: bool) -> None:
        self._used.add(label)
        if label not in LABELS:
            self._problem(line, f"[^{label}]", f'"{label}" is not a promise.{nearest(label, LABELS)}')
        elif heading:
            self._problem(line, f"[^{label}]", "A footnote stands behind a sentence, and a heading is none.")

    def _check_definitions(self, tokens: list[Token]) -> None:
        defined: set[str] = set()
        for token in tokens:
            if token.type != "footnote_reference_open":
                continue
            label, line = token.meta["label"], token.map[0] if token.map else 0
            if label in defined:
                self._problem(line, f"[^{label}]:", f'The footnote "{label}" is defined a second time.')
            elif label not in LABELS:
                self._problem(line, f"[^{label}]:", f'"{label}" is not a promise.{nearest(label, LABELS)}')
            elif label not in self._used:
                self._problem(line, f"[^{label}]:", f'No sentence stands on the footnote "{label}".')
            defined.add(label)
        for label in sorted(self._used & set(LABELS) - defined):
            self._problem(0, f"[^{label}]", f'The footnote "{label}" is used, and defined nowhere.')

    def _problem(self, line: int, mark: str, message: str) -> None:
        """Note a problem where `mark` stands, looked for from the prose's line `line` on (counted from 0)."""
        for number in range(line, len(self._lines)):
            column = self._lines[number].find(mark)
            if column >= 0:
                self._read.note_at(self._first + number, column + 1, message)
                return
        self._read.note_at(self._first + line, 1, message)


def _placed(tokens: list[Token]) -> Iterator[tuple[Token, int]]:
    """Every token and every token inside it, with the line of its block, counted from 0."""
    line = 0
    for token in tokens:
        line = token.map[0] if token.map else line
        yield token, line
        for child in token.children or ():
            yield child, line
