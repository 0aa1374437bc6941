"""Holds: what a law has us keep for now, whatever was asked."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from upheld.cli.errors import CommandError
from upheld.cli.instance import open_instance
from upheld.cli.rights.finding import officer, request
from upheld.cli.staff import acting, at_desk
from upheld.cli.terminal import table, typed

if TYPE_CHECKING:
    from upheld.policy.actors import Actor
    from upheld.vault.models import Hold

REASONS = ("authority", "claim", "investigation", "litigation")
LAW = "legal_hold"


class NoHold(CommandError):
    """No hold {0} stands: see upheld rights holds."""


class NoPerson(CommandError):
    """Nothing is held under that address: look at it again."""


@click.command(epilog="Example: upheld rights hold R-7K3Q9XMT --reason litigation --until 2027-03-01")
@click.argument("number", required=False)
@click.option("--person", is_flag=True, help="Whoever has the address that is read from standard input.")
@click.option("--reason", type=click.Choice(REASONS), required=True, help="Why a law has us keep it.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day, in UTC.")
def hold(number: str | None, person: bool, reason: str, until: datetime) -> None:
    """Keep everything of a person, because a law says so.

    The person is the one of the request NUMBER. Nothing of theirs is deleted, or ends with its time, until the hold has
    ended; a deletion that was asked for waits, and goes on by itself. They are written to.
    """
    if bool(number) is person:
        raise click.UsageError("Name a request, or --person.")
    open_instance()
    from upheld.rights import verbs

    for subject, on_case in _meant(number):
        with on_case as by:
            placed = verbs.place_hold(subject, reason=reason, until=until.date(), by=by)
        click.echo(f"{placed.pk} stands until {placed.until} is over.")


@click.command(epilog="Example: upheld rights holds --json")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def holds(as_json: bool) -> None:
    """Show the holds that stand, the one that ends first first."""
    open_instance()
    from upheld.vault import holding

    found = [_facts(each) for each in holding.standing_ones().order_by("until", "id")]
    if as_json:
        click.echo(json.dumps({"holds": found}))
        return
    rows = [(h["id"], h["reason"], h["placed"][:10], h["until"], ", ".join(h["requests"])) for h in found]
    table(("hold", "reason", "placed", "until", "requests"), rows)


@click.command(epilog="Example: upheld rights release 0192c6f4-8f5e-7d3c-9b1a-2f6e1d0c4b5a")
@click.argument("id", type=click.UUID)
def release(id: UUID) -> None:
    """End the hold ID before its day.

    What waited for it goes on by itself. The person is written to.
    """
    open_instance()
    from upheld.rights import verbs
    from upheld.rights.requests.ending import CASE
    from upheld.vault import holding

    found = holding.standing_ones().filter(pk=id).first()
    if found is None:
        raise NoHold(id)
    with acting(CASE, on=found.subject, subject=found.subject, reason=LAW) as by:
        verbs.end_hold(found, by=by)
    click.echo(f"{found.pk} has ended.")


def _meant(number: str | None) -> "Iterator[tuple[UUID, AbstractContextManager[Actor]]]":
    if number:
        found = request(number)
        yield found.subject, officer(found, after=LAW)
        return
    from upheld.cases import finding
    from upheld.rights.requests.ending import CASE

    held = finding.find(typed("Type the address, as the person wrote it."), by=at_desk())
    subjects = [each.subject for each in held if each.thing == "person"]
    if not subjects:
        raise NoPerson
    for subject in subjects:
        yield subject, acting(CASE, on=subject, subject=subject, reason=LAW)


def _facts(found: "Hold") -> dict[str, Any]:
    from upheld.rights.models import Request

    about = Request.objects.standing().filter(subject=found.subject).values_list("number", flat=True)
    return {
        "id": str(found.pk), "reason": found.reason, "placed": found.placed_at.isoformat(),
        "until": found.until.isoformat(), "requests": list(about),
    }  # fmt: skip
