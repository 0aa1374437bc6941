"""The `upheld` command: a door like the site. It parses, calls one verb, and prints.

Nothing here imports Django at the top of a module: `upheld --help` and `upheld policy check` need none.
"""

import sys
from collections.abc import Sequence

import click

from upheld import __version__
from upheld.cli import (
    backup,
    build,
    conversations,
    demo,
    desk,
    doctor,
    init,
    keys,
    ledger,
    letters,
    mailbox,
    members,
    news,
    orders,
    payments,
    policy,
    products,
    receipt,
    release,
    restore,
    rights,
    serve,
    usage,
    verify,
    worker,
)
from upheld.cli.errors import expected

EPILOG = "Example: upheld init && upheld serve"


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="upheld", message="%(prog)s %(version)s")
def commands() -> None:
    """A customer platform whose published privacy policy is the program that runs.

    An instance lives in one folder, named by UPHELD_HOME (./var when that is not set).
    """


for each in (
    init,
    backup,
    restore,
    demo,
    serve,
    worker,
    policy,
    verify,
    products,
    release,
    build,
    orders,
    payments,
    letters,
    mailbox,
    members,
    conversations,
    desk,
    news,
    doctor,
    ledger,
    keys,
    receipt,
    rights,
    usage,
):
    commands.add_command(each.command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command. Exits 0 when all is well, 1 for a problem found, 2 for wrong use."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """The exit code; whatever is wrong is one sentence on standard error."""
    try:
        code = commands.main(arguments, prog_name="upheld", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "upheld"
        return _say(f"{error.format_message()} See: {where} --help", 2)
    except click.ClickException as error:
        return _say(error.format_message(), 1)
    except (click.Abort, KeyboardInterrupt):
        return 130
    except Exception as error:
        sentence = expected(error)
        if sentence is None:
            raise
        return _say(sentence, 1)
    return code if isinstance(code, int) else 0


def _say(sentence: str, code: int) -> int:
    click.echo(f"upheld: {sentence}", err=True)
    return code
