"""`upheld staff`: who works here, in which jobs. Members are shown by their pseudonyms; no name is opened here."""

import json
from typing import TYPE_CHECKING

import click

from upheld.cli.instance import open_instance
from upheld.cli.terminal import sure, table

if TYPE_CHECKING:
    from upheld.staff.models import Member

JOB = click.option("--job", "jobs", multiple=True, help="A job of the policy, such as billing; repeat it for more.")
YES = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group(name="staff", epilog="Example: upheld staff invite rosa@shop.example --job billing")
def command() -> None:
    """Who works at the desk: invited, given jobs, signed out, gone."""


@command.command(epilog="Example: upheld staff invite rosa@shop.example --job billing --job support")
@click.argument("address")
@JOB
@click.option("--name", default="", help="Kept sealed; the privacy officer can have it shown.")
@click.option("--show", is_flag=True, help="Print the link too: whoever reads it can join in their place.")
def invite(address: str, jobs: tuple[str, ...], name: str, show: bool) -> None:
    """Write to ADDRESS: a link with which somebody joins, once, within three days.

    Whoever was invited and has not joined gets a new link, and the one before serves no more. Prints the pseudonym
    that people are told.
    """
    open_instance()
    from upheld.policy.actors import Actor
    from upheld.staff import inviting

    made = inviting.invite(address, name=name, jobs=jobs, by=Actor.operator())
    click.echo(made.member.pseudonym)
    if show:
        click.echo(str(made.link))


@command.command(name="list", epilog="Example: upheld staff list --json")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one list.")
def list_members(as_json: bool) -> None:
    """List who works here, has left, or is invited."""
    open_instance()
    from upheld.staff.models import Member

    found = [_facts(each) for each in Member.objects.order_by("id")]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    rows = [[each["pseudonym"], ", ".join(each["jobs"]), each["state"], each["since"]] for each in found]
    table(["member", "jobs", "state", "since"], [[str(cell) for cell in row] for row in rows])


@command.command(epilog="Example: upheld staff jobs S-7KQ4M --job support")
@click.argument("pseudonym")
@JOB
def jobs(pseudonym: str, jobs: tuple[str, ...]) -> None:
    """Give a member these jobs in place of those before; without any, none."""
    open_instance()
    from upheld.policy.actors import Actor
    from upheld.staff import changing, resolving

    member = changing.change_jobs(resolving.called(pseudonym), jobs=jobs, by=Actor.operator())
    click.echo(", ".join(member.jobs) or "no job")


@command.command(epilog="Example: upheld staff leave S-7KQ4M --yes")
@click.argument("pseudonym")
@YES
def leave(pseudonym: str, yes: bool) -> None:
    """Cut a member off: signed out everywhere, with no way in. An invitation that is out serves no more."""
    open_instance()
    from upheld.policy.actors import Actor
    from upheld.staff import leaving, resolving

    member = resolving.called(pseudonym)
    sure(f"End the access of {member}?", yes=yes)
    leaving.leave(member, by=Actor.operator())
    click.echo(f"{member} works here no more")


@command.command(epilog="Example: upheld staff sessions S-7KQ4M --end")
@click.argument("pseudonym")
@click.option("--end", is_flag=True, help="Sign them out everywhere.")
def sessions(pseudonym: str, end: bool) -> None:
    """Show where a member is signed in, or sign them out."""
    open_instance()
    from upheld.policy.actors import Actor
    from upheld.staff import resolving
    from upheld.staff import sessions as signed_in

    member = resolving.called(pseudonym)
    if end:
        ended = signed_in.end_all(member, by=Actor.operator())
        click.echo(f"{ended} session{'' if ended == 1 else 's'} ended")
        return
    rows = [[f"{each.created_at:%Y-%m-%d %H:%M}", f"{each.seen_at:%Y-%m-%d %H:%M}"] for each in signed_in.of(member)]
    table(["since (UTC)", "last seen (UTC)"], rows)


def _facts(member: "Member") -> dict[str, str | list[str]]:
    state, at = "invited", member.invited_at
    if member.enrolled_at:
        state, at = "here", member.enrolled_at
    if member.left_at:
        state, at = "left", member.left_at
    return {"pseudonym": member.pseudonym, "jobs": list(member.jobs), "state": state, "since": f"{at:%Y-%m-%d}"}
