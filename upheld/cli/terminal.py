"""What a terminal shows: tables on standard output, progress on standard error and only when someone watches."""

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import click

from upheld.cli.errors import CommandError


class Progress(Protocol):
    """Called with how much is done, and of how much where that is known."""

    def __call__(self, done: int, total: int | None = None) -> None: ...


class NotSure(CommandError):
    """Nothing was done: answer y, or add --yes."""


def sure(question: str, *, yes: bool) -> None:
    """Ask before something that cannot be taken back, unless told not to. Raises NotSure."""
    try:
        if not yes and not click.confirm(question, err=True):
            raise NotSure
    except click.Abort:
        click.echo(err=True)
        raise NotSure from None


def typed(what: str) -> str:
    """Words for a person, from standard input to its end. In a command line they would stand in the table of processes
    and in the shell's history."""
    if sys.stdin.isatty():
        click.echo(f"{what} End with Ctrl-D on a line of its own.", err=True)
    return sys.stdin.read()


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "") -> None:
    """Print a table, as wide as it needs when no terminal limits it: then nothing is cut for a program that reads."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 200
    shown = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        shown.add_column(heading, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    console.print(shown)


def harmless(text: str) -> str:
    """What a stranger wrote, without what a terminal obeys: control characters, and marks that turn the direction of
    writing, become replacement characters."""
    return "".join("\N{REPLACEMENT CHARACTER}" if _commands(sign) else sign for sign in text.replace("\r\n", "\n"))


def _commands(sign: str) -> bool:
    if sign in "\n\t":
        return False
    return unicodedata.category(sign) in ("Cc", "Cs") or unicodedata.bidirectional(sign) in _TURNING


_TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}  # Unicode Standard Annex 9, section 2


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """A bar for a long run: call what is given with how much is done, of how much."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total=None: bar.update(task, completed=done, total=total)
