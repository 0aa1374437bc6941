"""What people asked for, and how it ends."""

import json
from typing import TYPE_CHECKING, Any

import click

from upheld.cli.instance import open_instance
from upheld.cli.rights.finding import officer, request
from upheld.cli.staff import read
from upheld.cli.terminal import harmless, table, typed

if TYPE_CHECKING:
    from upheld.rights.models import Request

ENDS = ("fulfilled", "partly_fulfilled", "denied")


@click.command(name="list", epilog="Example: upheld rights list --all --json")
@click.option("--all", "everything", is_flag=True, help="Those that have ended, too.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_requests(everything: bool, as_json: bool) -> None:
    """Show requests, the one that is due first first."""
    open_instance()
    from upheld.rights.models import Request

    rows = Request.objects.order_by("due_at", "id") if everything else Request.objects.standing()
    found = [_facts(each) for each in rows.iterator()]
    if as_json:
        click.echo(json.dumps({"requests": found}))
        return
    table(
        ("request", "right", "state", "why", "asked", "due", "urgent"),
        [
            (
                r["number"], r["right"], r["state"], r["reason"], r["asked"][:10], r["due"][:10],
                "yes" if r["urgent"] else "",
            )
            for r in found
        ],
    )  # fmt: skip


@click.command(epilog="Example: upheld rights show R-7K3Q9XMT")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(number: str, as_json: bool) -> None:
    """Show the request NUMBER, what became of it, and what was written.

    What was written is opened for its case, on record, once the person has confirmed it and until it has ended.
    """
    open_instance()
    found = request(number)
    whole = _facts(found) | {"steps": _steps(found), "said": _said(found)}
    if as_json:
        click.echo(json.dumps(whole))
        return
    click.echo(f"{whole['number']}: {whole['right']}, {whole['state']}, due {whole['due'][:10]}")
    table(("when", "state", "why"), [(_minute(s["at"]), s["state"], s["reason"]) for s in whole["steps"]])
    for each in whole["said"]:
        click.echo(f"{_minute(each['at'])}, {'we' if each['ours'] else 'they'} wrote: {harmless(each['title'])}\n")
        click.echo(f"{harmless(each['text'])}\n")


@click.command(epilog="Example: upheld rights end R-7K3Q9XMT --state fulfilled < outcome.txt")
@click.argument("number")
@click.option("--state", type=click.Choice(ENDS), required=True, help="How it ends.")
@click.option("--reason", default="", help="Why it is not done in full: a code, such as kept_by_law.")
def end(number: str, state: str, reason: str) -> None:
    """End the request NUMBER, and write to the person what came of it.

    What came of it is read from standard input, in plain words. Only a concern needs it. The letter names the authority
    to which they can complain.
    """
    open_instance()
    from upheld.rights import verbs

    found = request(number)
    with officer(found) as by:
        outcome = typed("Say in plain words what came of it.")
        ended = verbs.end(found, state=state, reason=reason, outcome=outcome, by=by)
    click.echo(f"{ended.number} is {ended.state.replace('_', ' ')}.")


def _facts(found: "Request") -> dict[str, Any]:
    return {
        "number": found.number, "right": found.right, "state": found.state, "reason": found.reason, "way": found.way,
        "asked": found.asked_at.isoformat(), "due": found.due_at.isoformat(), "law": found.law,
        "ended": found.ended_at.isoformat() if found.ended_at else None, "urgent": found.is_urgent,
        "promise": found.promise,
    }  # fmt: skip


def _steps(found: "Request") -> list[dict[str, str]]:
    from upheld.rights.models import RequestStep

    rows = RequestStep.objects.filter(subject=found.subject, request=found.pk).order_by("id")
    return [{"at": each.at.isoformat(), "state": each.state, "reason": each.reason} for each in rows]


def _said(found: "Request") -> list[dict[str, Any]]:
    """Of the conversation that it has, opened by whoever is at the terminal, on this case."""
    from upheld.rights.models import State
    from upheld.rights.requests import ending

    if ending.conversation_of(found) is None or found.ended_at or found.state == State.NEED_VERIFICATION:
        return []
    said = read(*ending.case_of(found))
    return [{"at": e.at.isoformat(), "ours": e.is_ours, "title": e.title, "text": e.text} for e in said]


def _minute(time: str) -> str:
    """An ISO 8601 time as tables have it, in UTC."""
    return time[:16].replace("T", " ")
