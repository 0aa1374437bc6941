"""`upheld policy`: read, compare, render and publish policy files. All but `publish` need no instance."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

if TYPE_CHECKING:
    from upheld.policy import Policy

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FORMATS = ("html", "markdown", "docusaurus", "json-ld", "fideslang")


@click.group(name="policy", epilog="Example: upheld policy check policy.md")
def command() -> None:
    """Work with policy files."""


@command.command(epilog="Example: upheld policy check policy.md --json")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def check(file: Path, as_json: bool) -> None:
    """Report how much of a policy is backed.

    Lists each sentence of FILE that promises something without a footnote that names a promise, with its line.
    Exits 0 only when there is none.
    """
    from upheld.policy import coverage, load

    found = coverage(load(file))
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
        raise Exit(0 if found.complete else 1)
    for sentence in found.unbacked:
        click.echo(f"{file}:{sentence.line}: not backed: {sentence.text}")
    share = int(found.coverage * 1000) / 10  # rounded down: 99.96 % is not 100 %
    click.echo(
        f"{found.sentences} sentences: {found.backed} backed, {found.notes} notes, "
        f"{len(found.unbacked)} unbacked. Coverage {share:g} %."
    )
    raise Exit(0 if found.complete else 1)


@command.command(epilog="Example: upheld policy show")
@click.argument("file", type=FILE, required=False)
def show(file: Path | None) -> None:
    """Show what a policy declares: FILE's, or the one in force."""
    from upheld.cli.terminal import table
    from upheld.policy import words

    policy = _given(file)
    click.echo(f"{policy.title}\n{policy.controller.name}, {policy.controller.contact}; holds from {policy.effective}")
    click.echo(f"SHA-256 {policy.digest}")
    headings = ("data", "comes in by", "used for", "received by", "opened by", "kept apart")
    table(headings, [_row(policy, name) for name in policy.data])
    table(("choice", ""), [(name, words.choice(policy.purposes[name].choice)) for name in policy.topics])
    table(
        ("kept", "how long", "why"),
        [(name, words.period(each.keep), each.reason) for name, each in policy.retention.items()],
    )
    _show_counted(policy)


def _show_counted(policy: "Policy") -> None:
    """What builds may count, if they may count anything."""
    from upheld.cli.terminal import table

    usage = policy.usage
    if not usage.events:
        return
    rows = [(name, ", ".join(event.values) or "one count") for name, event in usage.events.items()]
    rows += [(f"threshold: {usage.threshold} builds", ""), (f"level: {usage.level}", ""), (f"keep: {usage.keep}", "")]
    table(("a build counts", "under"), rows)


@command.command(epilog="Example: upheld policy diff old.md new.md")
@click.argument("old", type=FILE)
@click.argument("new", type=FILE, required=False)
def diff(old: Path, new: Path | None) -> None:
    """Say what changes for a person.

    From OLD to NEW, or with one file, from the policy in force to that file. `+` may do more with their data than
    before, `-` less, `=` neither.
    """
    from upheld.policy.differences import Effect
    from upheld.policy.differences import diff as differences

    before, after = (_given(old), _given(new)) if new else (_given(None), _given(old))
    sign = {Effect.LOOSENS: "+", Effect.TIGHTENS: "-", Effect.NEITHER: "="}
    changes = differences(before, after)
    for change in changes:
        click.echo(f"{sign[change.effect]} {change.section}: {change.sentence}")
    if not changes:
        click.echo("Nothing changes for a person.")


@command.command(epilog="Example: upheld policy render policy.md --format html > policy.html")
@click.argument("file", type=FILE, required=False)
@click.option("--format", "kind", type=click.Choice(FORMATS), default="html", show_default=True, help="What to print.")
def render(file: Path | None, kind: str) -> None:
    """Print a policy for readers of all kinds.

    Of FILE, or of the policy in force: a page, Markdown, a file for a documentation site, or for other programs.
    html is a fragment for a page of your own; json-ld uses the terms of the W3C's Data Privacy Vocabulary;
    fideslang is a manifest for Fides.
    """
    from upheld.policy import render as renders

    click.echo(getattr(renders, kind.replace("-", "_"))(_given(file)), nl=False)


@command.command(epilog="Example: upheld policy publish policy.md")
@click.argument("file", type=FILE)
def publish(file: Path) -> None:
    """Publish a version of the policy.

    FILE holds from its `effective` date on. Older versions stay to be read. Everyone who did not refuse letters about
    changes of the policy is written to, once, with what changes for them.
    """
    from upheld.cli.instance import open_instance
    from upheld.policy import load
    from upheld.policy.actors import Actor

    policy = load(file)
    open_instance()
    from upheld.contact import bulletins
    from upheld.policy import force
    from upheld.vault import publishing

    before = force.published().versions()
    publishing.publish(policy, by=Actor.operator())
    click.echo(f"Published: {policy.title}, holds from {policy.effective}, SHA-256 {policy.digest}")
    old = [each for each in before if each.effective < policy.effective]
    told = bulletins.tell_of_policy(old[-1], policy, by=Actor.operator()) if old else None
    if told:
        click.echo(f"{told.queued} letters queued, to people who did not refuse {told.topic}")


def _row(policy: "Policy", name: str) -> tuple[str, ...]:
    used = list(policy.purposes_of(name))
    received = [each for each, recipient in policy.recipients.items() if name in recipient.receives]
    opened = [each for each, job in policy.jobs.items() if name in job.opens]
    kept = [f"{field} in {each}" for each, c in policy.retention.items() for field in c.fields if _is_of(field, name)]
    return (name, *map("\n".join, (policy.data[name].sources, used, received, opened, kept)))


def _is_of(field: str, name: str) -> bool:
    return field.partition(".")[2] == name


def _given(file: Path | None) -> "Policy":
    """The file's policy, or the one in force in the instance. Needs no Django."""
    from upheld.home import Home
    from upheld.policy import load
    from upheld.policy.force import Published

    return load(file) if file else Published(Home.here().policy).in_force()
