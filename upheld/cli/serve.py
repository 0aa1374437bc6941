"""`upheld serve`: the site, and the work behind it, in one command."""

import asyncio
import os

import click
from click.exceptions import Exit


@click.command(name="serve", epilog="Example: upheld serve --host 0.0.0.0 --port 443")
@click.option("--host", help="Address to listen on, instead of the setting host.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port for https, instead of the setting port.")
def command(host: str | None, port: int | None) -> None:
    """Serve the site over https.

    Plain http is redirected to it, and the work in the background is done too. Prints one line, "serving
    https://HOST:PORT", when it answers. One Ctrl-C stops everything.
    """
    # The processes that this one starts read the same settings, so they are told in the environment.
    for name, given in (("UPHELD_HOST", host), ("UPHELD_PORT", port)):
        if given is not None:
            os.environ[name] = str(given)
    raise Exit(serve())


def serve() -> int:
    from upheld.cli import start
    from upheld.cli.instance import open_instance
    from upheld.cli.supervisor import Supervisor
    from upheld.web import tls

    home = open_instance()
    address = start.address(home.text("host"), home.number("port"))
    tls.ensure(home)
    start.check()
    start.load_site()
    _let_go_of_databases()
    return asyncio.run(Supervisor(home, address).run())


def _let_go_of_databases() -> None:
    """The supervisor needs none: only the processes that it starts do."""
    from django.db import connections

    connections.close_all()
