"""The demonstration's year as a process of its own beside the site: after everybody else, and no longer than it."""

import os

import click

from upheld import lifeline
from upheld.cli import demo_usage
from upheld.cli.instance import open_instance

LAST = 19
"""How nice it is: it gets what nobody else wants of the processor."""
SETTING = ("DO_NOT_TRACK", "UPHELD_BEACON")  # of whoever runs this, who is none of the invented users


def main() -> None:
    lifeline.hold()
    os.nice(LAST)
    for name in SETTING:
        os.environ.pop(name, None)
    demo_usage.tell(open_instance(), lambda sentence: click.echo(f"upheld: {sentence}", err=True))


if __name__ == "__main__":
    main()
