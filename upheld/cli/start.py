"""What must hold before the server listens. Each refusal is one sentence that says what to do."""

import errno
import socket

from upheld.cli.errors import CommandError


class NotMigrated(CommandError):
    """The database {0!r} is not the one this version of Upheld works with: bring it up to date with upheld init."""


class PortTaken(CommandError):
    """Port {1} of {0} is taken: stop what uses it, or choose another with --port."""


class NoAddress(CommandError):
    """The server cannot listen on {0}, port {1}: {2}; choose others with --host and --port."""


def check() -> None:
    """Refuse to start a server that could not keep its promises. Call with Django set up.

    Raises NotMigrated, LedgerError, VaultError, PolicyError, HomeError; a database that does not answer says so itself.
    """
    from upheld.vault import publishing
    from upheld.vault.keys import ring

    check_migrated()
    check_ledger()
    ring.check()
    publishing.check_in_force()
    check_doors()


def check_migrated() -> None:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    for alias in connections:
        executor = MigrationExecutor(connections[alias])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise NotMigrated(alias)


def check_ledger() -> None:
    """The log continues the newest checkpoint that this instance has seen. Raises LedgerError otherwise."""
    from upheld.ledger.sequencing import check_continues

    check_continues()


def check_doors() -> None:
    """The ways in for letters can be understood. Raises HomeError otherwise."""
    from django.conf import settings

    if settings.HOME.text("mail.imap") or settings.HOME.text("mail.listen"):
        from upheld.mailbox.intake import doors  # not loaded for nothing: all that reads letters comes with it

        doors.check(settings.HOME)


def load_site() -> None:
    """Once here, so that a site that cannot be loaded says so once, and not in every web process over and over."""
    from importlib import import_module

    from django.urls import get_resolver

    import_module("upheld.web.wsgi")
    assert get_resolver().url_patterns


def address(host: str, port: int) -> str:
    """The numeric address of `host`, after a trial that its port is free.

    The server's processes share the port, and would share it with another server without a word: hence the trial.
    """
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(where)
    except (OSError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise PortTaken(host, port) from None
        raise NoAddress(host, port, getattr(error, "strerror", None) or error) from None
    return str(where[0])
