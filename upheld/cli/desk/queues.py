"""What waits, and who has it: kinds, numbers, times and pseudonyms."""

import json
from typing import TYPE_CHECKING, Any

import click

from upheld.cli.desk.naming import checked
from upheld.cli.instance import open_instance
from upheld.cli.staff import at_desk
from upheld.cli.terminal import table

if TYPE_CHECKING:
    from upheld.desk.waiting import Waiting


def show_all() -> None:
    """Every queue of the member's jobs, and the cases that are theirs."""
    open_instance()
    from upheld.desk import waiting

    member = at_desk()
    queues = waiting.queues(member)
    table(
        ("queue", "what", "waiting", "longest", "next due"),
        [(q.kind.name, q.kind.title, str(q.count), q.oldest, q.clock.words if q.clock else "") for q in queues],
        title=f"{member.pseudonym}: {', '.join(member.jobs)}",
    )
    if mine := waiting.own(member):
        _print(mine, title="Yours")


@click.command(epilog="Example: upheld desk queue conversation --json")
@click.argument("kind")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="Which fifty of them.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def queue(kind: str, page: int, as_json: bool) -> None:
    """Show the cases of KIND that are open, the one that waits longest first."""
    open_instance()
    from upheld.desk import waiting

    member = at_desk()
    found, more = waiting.page(checked(kind, member), page, member)
    if as_json:
        click.echo(json.dumps({"cases": [_facts(each) for each in found], "more": more}))
        return
    _print(found)
    if more:
        click.echo(f"There are more: add --page {page + 1}.")


def _print(found: "list[Waiting]", title: str = "") -> None:
    table(
        ("kind", "number", "waits for", "due", "who has it"),
        [(w.kind.name, w.number, w.age, _due(w), "you" if w.is_mine else w.holder) for w in found],
        title=title,
    )


def _due(waiting: "Waiting") -> str:
    words = (waiting.clock.words if waiting.clock else "", "urgent" if waiting.is_urgent else "")
    return ", ".join(filter(None, words))


def _facts(waiting: "Waiting") -> dict[str, Any]:
    return {
        "kind": waiting.kind.name, "number": waiting.number, "since": waiting.since.isoformat(),
        "due": waiting.clock.due.isoformat() if waiting.clock else None, "urgent": waiting.is_urgent,
        "holder": waiting.holder or None, "mine": waiting.is_mine,
    }  # fmt: skip
