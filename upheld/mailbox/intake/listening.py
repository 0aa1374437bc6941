"""Letters are handed over to us: by LMTP (RFC 2033) from our own mail server, or by SMTP (RFC 5321) from anybody's.

No relay: nothing is taken but for our own addresses, nobody signs in, and nothing that arrives ever leaves. 250 is
said once the letter is on record, 4yz while we are in trouble, and then it is handed over again.
"""

import asyncio
import logging
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from upheld.home import HomeError
from upheld.mailbox.intake.peers import Peers
from upheld.mailbox.intake.sessions import Line, Lmtp, Smtp
from upheld.vault.failing import told

log = logging.getLogger(__name__)
# It tells who connects, and what they say. That is nobody's business but ours and theirs.
logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)

AGAIN = 30.0  # seconds before we try again to get a port that another worker has
THREADS = 4  # letters that are read at once
FINISH = 4.0  # seconds for what is in hand when we stop


class DoorNotUnderstood(HomeError):
    """The setting mail.listen must look like lmtp://127.0.0.1:2424 or smtp://0.0.0.0:25."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True, slots=True)
class Door:
    """Where we listen, and what is spoken there."""

    way: str  # lmtp or smtp
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "Door":
        """Raises DoorNotUnderstood."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise DoorNotUnderstood from None
        if parts.scheme not in ("lmtp", "smtp") or not parts.hostname or parts.path.strip("/") or parts.username:
            raise DoorNotUnderstood
        return cls(parts.scheme, parts.hostname, {"lmtp": 24, "smtp": 25}[parts.scheme] if port is None else port)


class Listener(threading.Thread):
    """Listens until told to stop. `certificate` makes the context of STARTTLS, anew for each connection by SMTP."""

    def __init__(self, door: Door, *, certificate: Callable[[], ssl.SSLContext] | None = None) -> None:
        super().__init__(name=f"listener by {door.way}", daemon=True)
        self.door = door
        self.listens = threading.Event()
        self.port = door.port  # the one that we got, once it listens: 0 asks for any
        self._certificate = certificate if door.way == "smtp" else None
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()

    def run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(_tell)
        with ThreadPoolExecutor(THREADS, "letters coming in") as threads:
            try:
                self._loop.run_until_complete(self._serve(Line(self.door.way, threads, Peers())))
            finally:
                self._loop.run_until_complete(_end_all())
                self._loop.close()

    def stop(self) -> None:
        with suppress(RuntimeError):  # it has ended already
            self._loop.call_soon_threadsafe(self._stopping.set)

    async def _serve(self, line: Line) -> None:
        server = await self._bound(line)
        if server is None:
            return
        self.port = server.sockets[0].getsockname()[1]
        self.listens.set()
        await self._stopping.wait()
        server.close()
        await line.finish(FINISH)

    async def _bound(self, line: Line) -> asyncio.Server | None:
        """The server, as soon as the port is to be had; None when we are stopped before."""
        was_told = False
        while not self._stopping.is_set():
            try:
                return await self._loop.create_server(lambda: self._visit(line), self.door.host, self.door.port)
            except OSError as error:
                if not was_told:
                    where = f"{self.door.way}://{self.door.host}:{self.door.port}"
                    reason = error.strerror or type(error).__name__
                    log.warning("Letters cannot be taken at %s yet: %s. It is tried again.", where, reason)
                was_told = True
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), AGAIN)
        return None

    def _visit(self, line: Line) -> Smtp:
        return Lmtp(line) if self.door.way == "lmtp" else Smtp(line, self._certificate and self._certificate())


async def _end_all() -> None:
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


def _tell(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """What went wrong with a connection. asyncio's own words would say whose it was."""
    error = context.get("exception")
    if isinstance(error, Exception) and not isinstance(error, OSError):
        log.warning("A connection ended: %s.", told(error))
