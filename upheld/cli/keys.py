"""`upheld keys`: the key store."""

import click


@click.group(name="keys", epilog="Example: upheld keys rotate")
def command() -> None:
    """Look after the key store."""


@command.command(epilog="Example: upheld keys rotate")
def rotate() -> None:
    """Make a new root key.

    Every key of the key store is wrapped with it; the data are not touched. Safe to interrupt and to run again, while
    the server runs too. Keep the new root.key in a safe place.
    """
    from upheld.cli.instance import open_instance
    from upheld.cli.terminal import progress

    home = open_instance()
    from upheld.policy.actors import Actor
    from upheld.vault.keys import rotation

    with progress("Wrapping keys") as told:
        moved = rotation.rotate(by=Actor.operator(), progress=told)
    click.echo(f"{moved} keys are wrapped by the new root key in {home.root_key}: keep a copy of it in a safe place.")
