"""`upheld usage`: the published figures about how products are used, and what builds may count."""

import json
import sys
from datetime import datetime
from typing import Any

import click

from upheld.cli.errors import CommandError
from upheld.cli.instance import open_instance

DAY = click.DateTime(formats=["%Y-%m-%d"])


class WrongChoice(CommandError):
    """{0}: {1}"""


class NoView(CommandError):
    """There is no table {0!r}; there are: {1}."""


class TwoForms(click.UsageError):
    def __init__(self) -> None:
        super().__init__("--csv and --json contradict each other.")


class OneView(click.UsageError):
    def __init__(self) -> None:
        super().__init__("A CSV file has one table: name it with --view, such as --view active.")


@click.group(name="usage", epilog="Example: upheld usage export --product engine --json")
def command() -> None:
    """Read how products are used: figures about many builds, never about one."""


@command.command(epilog="Example: upheld usage export --product engine --period week --view versions --csv")
@click.option("--product", default="", help="Whose figures; without it, the first product's of the policy.")
@click.option("--period", type=click.Choice(["day", "week", "month"]), default="day", help="Figures by what.")
@click.option("--since", type=DAY, help="The first day, such as 2026-11-01.")
@click.option("--until", type=DAY, help="The last day.")
@click.option("--platform", default="", help="Only groups of builds for this platform.")
@click.option("--version", default="", help="Only groups of builds of this version.")
@click.option("--other", default="", help="A version to compare that one with.")
@click.option("--view", default="", help="One table, such as active; without it, all.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON; so it is without --csv.")
@click.option("--csv", "as_csv", is_flag=True, help="Print one table as CSV.")
def export(
    since: datetime | None, until: datetime | None, view: str, as_json: bool, as_csv: bool, **given: str
) -> None:
    """Print published figures.

    They are those of the desk: rounded down, and none about fewer builds than the policy's threshold. A figure that is
    withheld is null in JSON and empty in CSV. What was published never changes.
    """
    if as_json and as_csv:
        raise TwoForms
    if as_csv and not view:
        raise OneView
    open_instance()
    from upheld.desk.insight import exports, sources
    from upheld.desk.insight.chosen import ChosenForm

    if view and view not in sources.views():
        raise NoView(view, ", ".join(sources.views()))
    days = {"since": f"{since:%Y-%m-%d}" if since else "", "until": f"{until:%Y-%m-%d}" if until else ""}
    form = ChosenForm({**given, **days})
    for name, errors in form.errors.items():
        raise WrongChoice(f"--{name}", errors[0])
    chosen = form.chosen()
    made = sources.tables(chosen, view)
    if as_csv:
        sys.stdout.write(exports.as_csv(made[0]))
        return
    click.echo(_json({**exports.head(chosen), "tables": [exports.as_json(each) for each in made]}))


@command.command(epilog="Example: upheld usage vocabulary --json")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def vocabulary(as_json: bool) -> None:
    """Show what builds may count.

    The policy declares it, and nothing else is taken from any build.
    """
    open_instance()
    from upheld.cli.terminal import table
    from upheld.policy import force

    usage = force.in_force().usage
    if as_json:
        events = {name: {"title": each.title, "values": list(each.values)} for name, each in usage.events.items()}
        funnels = {name: {"title": each.title, "steps": list(each.steps)} for name, each in usage.funnels.items()}
        declared = {"threshold": usage.threshold, "level": usage.level, "keep": usage.keep}
        click.echo(_json({**declared, "events": events, "funnels": funnels}))
        return
    rows = [(name, each.title, ", ".join(each.values)) for name, each in usage.events.items()]
    table(("event", "title", "values"), rows)


def _json(what: dict[str, Any]) -> str:
    return json.dumps(what, ensure_ascii=False)
