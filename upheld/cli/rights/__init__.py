"""`upheld rights`: what people asked for, and what the privacy officer makes of it."""

import click

from upheld.cli.rights import holds, proposing, requests, uses


@click.group(name="rights", epilog="Example: upheld rights list")
def command() -> None:
    """Answer requests and concerns.

    Copies, restrictions and deletions are carried out by themselves once they are confirmed; the rest waits here for a
    person. NUMBER is a request's, with or without its R, in any case.
    """


for each in (
    requests.list_requests,
    requests.show,
    requests.end,
    proposing.fields,
    proposing.propose,
    holds.hold,
    holds.holds,
    holds.release,
    uses.restrict,
    uses.lift,
):
    command.add_command(each)
