"""`upheld desk`: the queues and cases for members of staff who prefer a terminal."""

import click

from upheld.cli.desk import cases, finding, queues, terminal


@click.group(name="desk", invoke_without_command=True, epilog="Example: upheld desk queue conversation")
@click.pass_context
def command(context: click.Context) -> None:
    """Work at the desk from a terminal: show what waits, take it, hand it back.

    Without a command, show your queues. No list and no answer holds anything of anybody's. KIND is a kind of case, such
    as conversation or shipment; NUMBER is an order's, a conversation's or a request's, in any case.
    """
    if context.invoked_subcommand is None:
        queues.show_all()


for each in (
    terminal.sign_in,
    terminal.sign_out,
    queues.queue,
    finding.find,
    cases.take,
    cases.start,
    cases.hand_back,
    cases.hand_over,
    cases.close,
):
    command.add_command(each)
