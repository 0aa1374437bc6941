"""`upheld conversations`: what people wrote to us about. A list shows nothing of theirs; one that is shown is opened
for its own case, on record, and the person sees that it was."""

import json
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import click

from upheld.cli.errors import CommandError
from upheld.cli.instance import open_instance
from upheld.cli.orders.listing import minute
from upheld.cli.staff import acting, read
from upheld.cli.terminal import harmless, table, typed

if TYPE_CHECKING:
    from upheld.conversations.models import Conversation
    from upheld.policy.actors import Actor

CASES = {"concern": "concern", "rights": "rights_request"}  # of what is no conversation with customer service
NUMBER = click.argument("number")


class NoConversation(CommandError):
    """There is no conversation {0}: look at the number again, or see upheld conversations list."""


@click.group(name="conversations", epilog="Example: upheld conversations list")
def command() -> None:
    """Read what people wrote, and answer them.

    NUMBER is a conversation's, with or without its C- and in any case.
    """


@command.command(name="list", epilog="Example: upheld conversations list --all --json")
@click.option("--all", "everything", is_flag=True, help="Those that are closed, too.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_conversations(everything: bool, as_json: bool) -> None:
    """List conversations, those that wait longest for an answer first.

    Nothing that anybody wrote is opened for it.
    """
    open_instance()
    from upheld.conversations.models import Conversation

    rows = Conversation.objects.order_by("-id") if everything else Conversation.objects.open()
    found = [_facts(each) for each in rows.iterator()]
    if as_json:
        click.echo(json.dumps({"conversations": found}))
        return
    table(
        ("conversation", "reason", "language", "state", "opened", "waiting since"),
        [
            (r["number"], r["reason"], r["language"], r["state"], minute(r["opened"]), minute(r["waiting_since"] or ""))
            for r in found
        ],
    )


@command.command(epilog="Example: upheld conversations show C-7K3Q9XMT")
@NUMBER
def show(number: str) -> None:
    """Show all that was said in NUMBER.

    It is opened for you, for this conversation, and the person sees that it was.
    """
    open_instance()
    found = _given(number)
    said = read(_kind(found), found.id)
    click.echo(f"{found.number}: {found.reason}, {_state(found)}, in {found.language}")
    for each in said:
        click.echo(f"\n{'We' if each.is_ours else 'They'}, {each.at:%Y-%m-%d %H:%M} UTC")
        if each.title:
            click.echo(f"Subject: {harmless(each.title)}")
        click.echo(f"\n{harmless(each.text).rstrip()}")
        for size in each.attachments:
            click.echo(f"\nEnclosed, and never opened: {size} bytes")


@command.command(epilog="Example: upheld conversations answer C-7K3Q9XMT < answer.txt")
@NUMBER
def answer(number: str) -> None:
    """Answer NUMBER. It is kept with the conversation and written to the person's address.

    The answer is read from standard input. An empty line begins another paragraph.
    """
    open_instance()
    from upheld.conversations import verbs

    found = _given(number)
    with _acting(found) as by:
        verbs.answer(found, text=typed("Write the answer."), by=by)
    click.echo(f"{found.number} is answered, and the person is written to.")


@command.command(epilog="Example: upheld conversations close C-7K3Q9XMT")
@NUMBER
def close(number: str) -> None:
    """Close NUMBER. From then on it is kept for as long as the policy says, and opens again when the person writes."""
    open_instance()
    from upheld.conversations import verbs

    found = _given(number)
    with _acting(found) as by:
        verbs.close(found, by=by)
    click.echo(f"{found.number} is closed.")


def _given(number: str) -> "Conversation":
    from upheld.conversations import verbs

    found = verbs.find(number)
    if found is None:
        raise NoConversation(repr(number[:40]))
    return found


def _acting(found: "Conversation") -> "AbstractContextManager[Actor]":
    return acting(_kind(found), on=found.id, subject=found.subject, starts=False)


def _kind(found: "Conversation") -> str:
    """Of the case that it is: a matter of customer service, or one of the privacy officer."""
    return CASES.get(found.reason, "conversation")


def _facts(found: "Conversation") -> dict[str, Any]:
    return {
        "number": found.number,
        "reason": found.reason,
        "language": found.language,
        "state": _state(found),
        "opened": found.opened_at.isoformat(),
        "waiting_since": found.waiting_since.isoformat() if found.waiting_since else None,
    }


def _state(found: "Conversation") -> str:
    return "closed" if found.closed_at else "waiting" if found.waiting_since else "answered"
