"""`upheld init`: make an instance."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import click

from upheld.cli.errors import CommandError
from upheld.home import SETTINGS, Home, secret_file

if TYPE_CHECKING:
    from upheld.policy import Policy

HEADER = """\
# The settings of this instance. Each is shown with its default, and is optional: take the `#` away to change one.
"""


class LedgerKeyGone(CommandError):
    """The ledger's key {0} is missing though checkpoints were signed with it: put it back from its safe place."""


class PublishedAlready(CommandError):
    """This instance has a policy already, of {0}: publish a later version with upheld policy publish FILE."""


@click.command(name="init", epilog="Example: UPHELD_HOME=/srv/upheld upheld init --policy policy.md")
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The policy to publish. Without it, the one that comes with Upheld: Exokit's.",
)
def command(policy_file: Path | None) -> None:
    """Make the instance.

    That is its folders, settings, keys, databases and certificate, and the first policy. Safe to repeat: what is
    there stays as it is, and what is missing is made.
    """
    home = Home.here()
    make(home, policy_file)
    click.echo(f"The instance in {home.folder} is ready: upheld serve")


def make(home: Home, policy_file: Path | None) -> None:
    """Every step looks first at what is there, so that a crash is mended by running it again."""
    from upheld import policy
    from upheld.backups import locks, sealing
    from upheld.cli.instance import set_up
    from upheld.web import tls

    published = policy.load(policy_file or packaged_policy())  # a mistake in it stops us before anything is made
    home.make_folders()
    locks.share(home)
    if not home.exists:
        write_settings(home)
    set_up(home)
    migrate()
    make_keys(home)
    sealing.ensure_key(home)
    publish_first(published, chosen=policy_file is not None)
    tls.ensure(home)


def packaged_policy() -> Path:
    """The policy in the wheel, or beside the package in a checkout."""
    package = Path(__file__).parents[1]
    packed = package / "policies" / "exokit.md"
    return packed if packed.exists() else package.parent / "policies" / "exokit.md"


def write_settings(home: Home) -> None:
    """Written beside and renamed: a crash leaves no half of a file. The origin is chosen once and for all."""
    fresh = home.toml.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    # Only the owner's: a database's or a mail server's password may come to stand in it.
    secret_file(fresh, settings_text(f"{home.host}/upheld-{secrets.token_hex(4)}").encode())
    fresh.replace(home.toml)


def settings_text(origin: str) -> str:
    plain = [setting for setting in SETTINGS if "." not in setting.name]
    parts = [HEADER]
    for setting in plain:
        chosen = setting.name == "origin"
        value = _toml(origin if chosen else setting.default)
        parts.append(f"# {setting.meaning}\n{'' if chosen else '# '}{setting.name} = {value}\n")
    for table in dict.fromkeys(s.name.partition(".")[0] for s in SETTINGS if "." in s.name):
        inner = [s for s in SETTINGS if s.name.startswith(f"{table}.")]
        lines = [f"# {s.meaning}\n# {s.name.partition('.')[2]} = {_toml(s.default)}\n" for s in inner]
        parts.append("\n".join([f"[{table}]\n", *lines]))
    return "\n".join(parts)


def _toml(value: str | int) -> str:
    return str(value) if isinstance(value, int) else f'"{value}"'


def migrate() -> None:
    from django.core.management import call_command
    from django.db import connections

    for alias in connections:
        call_command("migrate", database=alias, verbosity=0, interactive=False)


def make_keys(home: Home) -> None:
    """A key that is there is never touched, and one that is gone while it is still needed is never replaced."""
    from upheld import ledger
    from upheld.ledger.models import Checkpoint
    from upheld.vault.errors import NoRootKey
    from upheld.vault.keys import root
    from upheld.vault.keys.models import DataKey, ServiceKey

    if not home.root_key.exists():
        if DataKey.objects.exists() or ServiceKey.objects.exists():
            raise NoRootKey(home.root_key)
        root.create(home.root_key)
    if not home.ledger_key.exists():
        if Checkpoint.objects.exists():
            raise LedgerKeyGone(home.ledger_key)
        ledger.create_key(home.ledger_key)


def publish_first(given: "Policy", *, chosen: bool) -> None:
    from upheld.policy import force
    from upheld.policy.actors import Actor
    from upheld.vault import publishing

    versions = force.published().versions()
    if not versions:
        publishing.publish(given, by=Actor.operator())
    elif chosen and given not in versions:
        raise PublishedAlready(versions[-1].effective)
