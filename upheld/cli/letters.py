"""`upheld letters`: what was written to people, and what became of it. No address is shown: none is opened."""

import json
import sys
from typing import TYPE_CHECKING

import click

from upheld.cli.errors import CommandError
from upheld.cli.instance import open_instance
from upheld.cli.terminal import progress, table

if TYPE_CHECKING:
    from upheld.contact.models import Letter

LATEST = 50
LARGEST = 10_000_000  # bytes of a report that are read


class KeyThere(CommandError):
    """There is a key in {0} already: move it away first, if letters signed by it need not be trusted any more."""


class NoSuchKind(CommandError):
    """There is no kind of letter called {0!r}; the kinds are {1}."""


class NoReport(CommandError):
    """This is no report about a letter of ours."""


@click.group(name="letters", epilog="Example: upheld letters list")
def command() -> None:
    """Letters to people: what is under way, and what became of the others."""


@command.command(name="list", epilog="Example: upheld letters list --all --json")
@click.option("--all", "everything", is_flag=True, help=f"All of them, not the latest {LATEST}.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one list.")
def list_letters(everything: bool, as_json: bool) -> None:
    """List letters, the latest first."""
    open_instance()
    from upheld.contact.models import Letter

    rows = Letter.objects.order_by("-id")
    found = [_facts(letter) for letter in (rows.iterator() if everything else rows[:LATEST])]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    table(["letter", "kind", "written", "state", "tries"], [[str(value or "") for value in f.values()] for f in found])


@command.command(name="send", epilog="Example: upheld letters send")
def send_letters() -> int:
    """Hand over every letter that is due, now."""
    open_instance()
    from upheld.contact import verbs as contact
    from upheld.contact.models import Letter

    with progress("Letters") as told:
        left = contact.deliver_due(progress=told)
    waiting = Letter.objects.exclude(due_at=None).count()
    click.echo(f"{left} letter{'' if left == 1 else 's'} sent, {waiting} still waiting")
    return 0


@command.command(epilog="Example: upheld letters preview sign_up_code")
@click.argument("kind", required=False)
@click.option("--html", "as_html", is_flag=True, help="As HTML, not as plain text.")
def preview(kind: str | None, as_html: bool) -> int:
    """Show letters with made-up values.

    Of KIND, or of every kind that there is. Nobody's data are opened.
    """
    open_instance()
    from django.utils.module_loading import autodiscover_modules

    from upheld.contact import letters

    autodiscover_modules("letters")
    known = {each.kind: each for each in letters.kinds()}
    if kind and kind not in known:
        raise NoSuchKind(kind, ", ".join(sorted(known)))
    for name in [kind] if kind else sorted(known):
        made = known[name].sample()
        click.echo(made.html() if as_html else f"{name}, for {made.purpose}\nSubject: {made.subject}\n\n{made.text()}")
    return 0


@command.command(epilog="Example: upheld letters key")
def key() -> int:
    """Make the key that signs letters (DKIM).

    Then publish what `upheld doctor` says, and set mail.dkim_selector.
    """
    home = open_instance()
    from upheld.contact import signing

    try:
        click.echo(f"The key is in {signing.make_key(home)}")
    except FileExistsError:
        raise KeyThere(signing.key_file(home)) from None
    return 0


@command.command(epilog="Example: upheld letters report < bounce.eml")
def report() -> int:
    """Act on a report about a letter, from standard input.

    It is a bounce (RFC 3464) or a complaint (RFC 5965). Exits 1 for anything else, and for a letter that is not ours.
    """
    open_instance()
    from upheld.contact import returning

    found = returning.read(sys.stdin.buffer.read(LARGEST))
    if found is None:
        raise NoReport
    click.echo(f"A {found.kind}: {'acted on' if returning.take(found) else 'nothing to do'}")
    return 0


def _facts(letter: "Letter") -> dict[str, str | int]:
    return {
        "id": str(letter.id),
        "kind": letter.kind,
        "at": letter.at.isoformat(timespec="seconds"),
        "state": letter.ending or ("waiting" if letter.tries else "queued"),
        "tries": letter.tries,
    }
