"""Taking a case, starting one, handing it back or over, and closing it."""

import click

from upheld.cli.desk.naming import case_of, checked, named
from upheld.cli.errors import CommandError
from upheld.cli.instance import open_instance
from upheld.cli.staff import at_desk

KIND, NUMBER = click.argument("kind"), click.argument("number")


class NoColleague(CommandError):
    """Nobody here is called {0}: write their pseudonym, such as S-7KQ4M."""


@click.command(epilog="Example: upheld desk take conversation C-7K3Q9XMT")
@KIND
@NUMBER
def take(kind: str, number: str) -> None:
    """Take the case of KIND about NUMBER. It is yours until you hand it back, or it is over."""
    open_instance()
    from upheld.cases import taking

    member = at_desk()
    kind = checked(kind, member)
    case = taking.take(kind, named(kind, number).about, by=member)
    click.echo(f"{case.number} is yours.")


@click.command(epilog="Example: upheld desk start refund 7KQ4M-X2P9D --reason late")
@KIND
@NUMBER
@click.option("--reason", required=True, help="Why, as a code, such as asked_by_person.")
def start(kind: str, number: str, reason: str) -> None:
    """Start a case of KIND about NUMBER, where none waits. It is yours until you close it, and the person sees why."""
    open_instance()
    from upheld.cases import taking

    member = at_desk()
    kind = checked(kind, member)
    found = named(kind, number)
    case = taking.start(kind, found.about, subject=found.subject, number=found.number, reason=reason, by=member)
    click.echo(f"{case.number} is yours.")


@click.command(name="hand-back", epilog="Example: upheld desk hand-back conversation C-7K3Q9XMT")
@KIND
@NUMBER
def hand_back(kind: str, number: str) -> None:
    """Put your case of KIND about NUMBER back into its queue."""
    open_instance()
    from upheld.cases import taking

    member = at_desk()
    case = case_of(checked(kind, member), number)
    taking.hand_back(case, by=member)
    click.echo(f"{case.number} waits in the queue again.")


@click.command(name="hand-over", epilog="Example: upheld desk hand-over conversation C-7K3Q9XMT --to S-7KQ4M")
@KIND
@NUMBER
@click.option("--to", required=True, help="The pseudonym of a colleague who holds the job.")
def hand_over(kind: str, number: str, to: str) -> None:
    """Give your case of KIND about NUMBER to a colleague."""
    open_instance()
    from upheld.cases import taking
    from upheld.staff.models import Member

    member = at_desk()
    case = case_of(checked(kind, member), number)
    colleague = Member.objects.here().filter(pseudonym=to.upper()).first()
    if colleague is None:
        raise NoColleague(repr(to[:40]))
    taking.hand_over(case, to=colleague, by=member)
    click.echo(f"{case.number} is {colleague.pseudonym}'s.")


@click.command(epilog="Example: upheld desk close refund 7KQ4M-X2P9D")
@KIND
@NUMBER
def close(kind: str, number: str) -> None:
    """Close the case of KIND about NUMBER that you started. Every other is closed by doing what it is about."""
    open_instance()
    from upheld.cases import taking

    member = at_desk()
    case = case_of(checked(kind, member), number)
    taking.close(case, by=member)
    click.echo(f"{case.number} is closed.")
