"""The reference pages about commands and settings, made from the commands and settings themselves by `make docs`."""

from collections.abc import Iterator

import click

from upheld.cli import commands
from upheld.home import SETTINGS

MADE = "<!-- Made by `make docs`: change the program, not this page. -->\n"

COMMANDS = """\
# Commands

Each command does one thing to the instance in the folder that `UPHELD_HOME` names (`./var` when it names none).
It exits 0 when all is well, 1 for a problem that it found, and 2 for wrong use; what is wrong is one sentence on
standard error. Progress is shown on standard error, and only on a terminal.
"""

SETTINGS_PAGE = """\
# Settings

An instance's settings stand in `upheld.toml` in its folder; a name with a dot, such as `mail.url`, is written
`url` under the heading `[mail]`. Every one is optional but `origin`, which `upheld init` chooses. A variable of the
environment, where one is named, comes before the file.

| setting | default | meaning | environment |
|---|---|---|---|
"""


def commands_page() -> str:
    return "\n".join([MADE, COMMANDS, *(_section(names, each) for names, each in leaves(commands, ("upheld",)))])


def settings_page() -> str:
    rows = [
        f"| `{each.name}` | {f'`{each.default}`' if each.default else ''} | {each.meaning} "
        f"| {f'`{each.environment}`' if each.environment else ''} |\n"
        for each in SETTINGS
    ]
    return "\n".join([MADE, SETTINGS_PAGE]) + "".join(rows)


def leaves(command: click.Command, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something, with the words that call it."""
    if not isinstance(command, click.Group):
        yield names, command
        return
    if command.invoke_without_command:
        yield names, command
    for name, inner in sorted(command.commands.items()):
        if not inner.hidden:
            yield from leaves(inner, (*names, name))


def _section(names: tuple[str, ...], command: click.Command) -> str:
    context = click.Context(command, info_name=" ".join(names), terminal_width=100, max_content_width=100)
    with context:
        return f"## {' '.join(names)}\n\n```text\n{command.get_help(context)}\n```\n"
