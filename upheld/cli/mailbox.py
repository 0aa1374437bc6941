"""`upheld mailbox`: letters coming in."""

import json
import sys
from typing import TYPE_CHECKING

import click

from upheld.cli.instance import open_instance

if TYPE_CHECKING:
    from upheld.mailbox.answering import Outcome

WORDS = {
    "requests": "It {becomes} a request for each of: {kinds}.",
    "conversation": "It {becomes} a conversation, for a person to answer: {kinds}.",
    "ignored": "It {is} ignored: {why}.",
    "refused": "It {is} refused: {why}",
}
DONE, TRIED = {"becomes": "became", "is": "is"}, {"becomes": "would become", "is": "would be"}
IGNORED = {"bounce": "a letter of ours came back", "complaint": "its reader complained of a letter of ours"}
BY_PROGRAM = "a program wrote it"
REFUSED = {
    "forged": "The domain that it says it is from does not stand behind it.",
    "not_confirmable": "Its code was used already, has expired, or went to another address.",
    "too_many_letters": "Its writer was sent as many letters as one may get in an hour.",
    "too_many_open": "Its writer has three open requests.",
}


@click.group(name="mailbox", epilog="Example: upheld mailbox receive --dry-run < letter.eml")
def command() -> None:
    """Take letters that people write."""


@command.command(epilog="Example: upheld mailbox receive --dry-run --json < letter.eml")
@click.option("--dry-run", is_flag=True, help="Only say what the letter would become; nothing is changed.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def receive(dry_run: bool, as_json: bool) -> None:
    """Read one letter (RFC 5322) from standard input.

    What the writer wants becomes a request for each right that they use; anything else becomes a conversation.
    Letters that programs wrote are ignored, and what is no letter is refused. A letter that was taken before changes
    nothing, and is told of as it was then.
    """
    from upheld.mailbox.letter import Reason
    from upheld.mailbox.reading import LARGEST

    raw = sys.stdin.buffer.read(LARGEST + 1)
    found = _try(raw) if dry_run else _take(raw)
    if as_json:
        click.echo(json.dumps(found.told(), ensure_ascii=False))
        return
    why = {**IGNORED, **{each.value: each.sentence for each in Reason}, **REFUSED}.get(found.reason, BY_PROGRAM)
    words = TRIED if dry_run else DONE
    click.echo(WORDS[found.outcome].format(kinds=", ".join(found.kinds), why=why, **words))
    if found.kinds:
        click.echo(f"Language: {found.language}. Because: {found.reason}.")


def _try(raw: bytes) -> "Outcome":
    """By what it says alone: there may be no instance, and nothing is changed."""
    from upheld.home import Home
    from upheld.mailbox.answering import outcome

    return outcome(raw, own=[Home.here().host])


def _take(raw: bytes) -> "Outcome":
    open_instance()
    from upheld.mailbox.receiving import receive

    return receive(raw, way="command")
