"""Signing in at a terminal: it shows a code, and whoever types that on the desk works here from then on."""

from time import sleep
from typing import TYPE_CHECKING

import click

from upheld.cli.errors import CommandError
from upheld.cli.instance import open_instance
from upheld.cli.staff import login

if TYPE_CHECKING:
    from upheld.staff.models import Terminal

LOOK_AGAIN = 1.0  # seconds


class NobodyCame(CommandError):
    """Nobody typed the code in time: run it again for another one."""


@click.command(name="sign-in", epilog="Example: upheld desk sign-in")
def sign_in() -> None:
    """Work at this terminal as the member of staff that you are on the desk.

    It shows a code, and waits until you have typed it there. Whoever uses this login of the server then acts as you
    until you sign out, two hours pass without a command, or a day's work is over.
    """
    home = open_instance()
    from upheld.staff import terminals

    asked = terminals.ask(login())
    click.echo(f"Open {home.site}/desk/terminal/ and type {asked.code}")
    found = _wait(asked.terminal)
    assert found.member
    click.echo(f"You work here as {found.member.pseudonym} until {found.expires_at:%Y-%m-%d %H:%M} UTC.")


@click.command(name="sign-out", epilog="Example: upheld desk sign-out")
def sign_out() -> None:
    """Have nobody work at this terminal any more. Your cases stay yours."""
    open_instance()
    from upheld.staff import terminals
    from upheld.staff.errors import NotAtDesk

    found = terminals.at(login())
    if found is None or found.member is None:
        raise NotAtDesk
    terminals.end(found, by=found.member)
    click.echo("You have signed out.")


def _wait(terminal: "Terminal") -> "Terminal":
    """Until a member has typed its code. Raises NobodyCame when it is over, or another code is shown instead."""
    from django.utils import timezone

    from upheld.staff import terminals

    while timezone.now() < terminal.expires_at:
        found = terminals.live().filter(pk=terminal.pk).first()
        if found is not None:
            return found
        if not terminals.waits(terminal):
            break
        sleep(LOOK_AGAIN)
    raise NobodyCame
