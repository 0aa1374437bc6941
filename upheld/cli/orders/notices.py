"""Carriers that have to be told that an address they were given was corrected or deleted."""

import json
import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from upheld.cli.errors import CommandError
from upheld.cli.instance import open_instance
from upheld.cli.terminal import table

if TYPE_CHECKING:
    from upheld.vault import Notice

CODE = re.compile(r"[a-z0-9_-]{1,40}")


class NoNotice(CommandError):
    """There is no notice {0} that waits for an answer: upheld orders notices list shows them."""


@click.group(name="notices", epilog="Example: upheld orders notices list")
def command() -> None:
    """Tell carriers that an address was corrected or deleted.

    Each stays here until the carrier has answered. It holds nothing of the person, who may be gone, and so it needs no
    case.
    """


@command.command(name="list", epilog="Example: upheld orders notices list")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_notices(as_json: bool) -> None:
    """Show what carriers have yet to be told, or to answer."""
    open_instance()
    from upheld.orders import verbs

    found: list[dict[str, Any]] = [
        {
            "id": str(each.id), "because": each.because, "reason": each.reason, "asked": each.asked_at.isoformat(),
            "told": each.told_at.isoformat() if each.told_at else None,
        }
        for each in verbs.carrier_notices()
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps({"notices": found}))
        return
    table(
        ("id", "what was handed over", "since then", "asked", "told"),
        [(n["id"], n["because"], n["reason"], n["asked"][:10], (n["told"] or "")[:10]) for n in found],
    )


@command.command(epilog="Example: upheld orders notices told 0192c6f4-8f5e-7d3c-9b1a-2f6e1d0c4b5a")
@click.argument("id", type=click.UUID)
def told(id: UUID) -> None:
    """Record that the carrier was told about the notice ID."""
    open_instance()
    from upheld.orders import verbs
    from upheld.policy.actors import Actor

    notice = _notice(id)
    verbs.tell_carrier(notice, by=Actor.operator())
    click.echo(f"The carrier was told about {notice.because}.")


@command.command(epilog="Example: upheld orders notices answered 0192c6f4-8f5e-7d3c-9b1a-2f6e1d0c4b5a")
@click.argument("id", type=click.UUID)
@click.option("--answer", default="done", show_default=True, help="What the carrier answered, as a code.")
def answered(id: UUID, answer: str) -> None:
    """Record what the carrier answered to the notice ID, which ends it."""
    if not CODE.fullmatch(answer):
        raise click.BadParameter("it is a code of small letters, digits, - and _.", param_hint="--answer")
    open_instance()
    from upheld.orders import verbs
    from upheld.policy.actors import Actor

    notice = _notice(id)
    verbs.carrier_answered(notice, answer=answer, by=Actor.operator())
    click.echo(f"The carrier's answer about {notice.because} is recorded: {answer}.")


def _notice(id: UUID) -> "Notice":
    from upheld.orders import verbs

    found = next((each for each in verbs.carrier_notices() if each.id == id), None)
    if found is None:
        raise NoNotice(id)
    notice: Notice = found
    return notice
