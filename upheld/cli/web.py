"""The web processes: granian, told to serve the site. `upheld serve` starts this, and sends SIGHUP for a new
certificate: the processes are then replaced one after the other."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from granian.constants import Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from upheld import lifeline
from upheld.home import Home
from upheld.web import tls

if TYPE_CHECKING:
    from granian.server.common import AbstractServer

APPLICATION = "upheld.web.wsgi:application"
HEAD_SECONDS = 10
HEAD_BYTES = 64 * 1024
STOP_SECONDS = 4
REPLACE_SECONDS = 15.0  # in which a new process loads the site, on a busy machine too, before the old one stops


def load() -> Callable[..., Any]:
    """The site, in each web process."""
    lifeline.hold()
    from upheld.web.wsgi import application

    return application


def server(home: Home, address: str) -> "AbstractServer[Any]":
    files = tls.ensure(home)
    made: AbstractServer[Any] = Server(
        APPLICATION,
        address=address,
        port=home.number("port"),
        interface=Interfaces.WSGI,
        workers=home.number("workers"),
        blocking_threads=min(8, 2 * multiprocessing.cpu_count() + 1),
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_SECONDS * 1000, max_buffer_size=HEAD_BYTES),
        log_level=LogLevels.warning,
        log_access=False,  # it would record who asked for what, from which network address
        ssl_cert=files.certificate,
        ssl_key=files.key,
        ssl_protocol_min=SSLProtocols.tls13,
        respawn_failed_workers=True,
        respawn_interval=REPLACE_SECONDS,
        workers_kill_timeout=STOP_SECONDS,
    )

    @made.on_reload
    def take_new_certificate() -> None:
        fresh = tls.ensure(home)
        made.build_ssl_context(fresh.certificate, fresh.key, None, SSLProtocols.tls13, None, [], False)

    return made


def stop_at_once() -> None:
    """In a new web process, until granian sets its handlers: its parent's are copied, and would swallow the signal."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


if __name__ == "__main__":
    lifeline.hold()
    os.register_at_fork(after_in_child=stop_at_once)
    server(Home.here(), sys.argv[1]).serve(target_loader=load, wrap_loader=False)
