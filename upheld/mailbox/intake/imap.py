"""A mailbox is emptied by IMAP (RFC 3501): every letter in its folder is taken, deleted and expunged.

Looked at every few seconds, over a connection that is kept. The mailbox must be for this alone. TLS is verified, and
only a server on the loopback host is spoken to without it. A server with a certificate of one's own authority is
trusted by OpenSSL's own variable, SSL_CERT_FILE.
"""

import logging
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import unquote, urlsplit

from django.conf import settings
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from upheld.home import NEAR, HomeError
from upheld.mailbox.intake.taking import Patience, take
from upheld.mailbox.reading import LARGEST

log = logging.getLogger(__name__)
MOST = 200  # letters a round
SECONDS = 20  # for the server to answer in
SERVER = "the server"


class ImapNotUnderstood(HomeError):
    """The setting mail.imap must look like imaps://user:password@host/INBOX: write %40 for an @ in the user's name."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def take_all() -> int:
    """Take every letter that waits in the mailbox of mail.imap. How many were taken. Safe to interrupt and repeat.

    Raises ImapNotUnderstood, and what says that the server is away: OSError, imaplib's and imap_tools' errors.
    """
    url = settings.HOME.text("mail.imap")
    return box(url).empty() if url else 0


@dataclass(frozen=True, slots=True)
class Account:
    tls: bool
    host: str
    port: int
    user: str = field(repr=False)
    password: str = field(repr=False)
    folder: str

    @classmethod
    def of(cls, url: str) -> "Account":
        """From imaps://user:password@host:port/folder, percent-decoded. Raises ImapNotUnderstood."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ImapNotUnderstood from None
        if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username or not parts.password:
            raise ImapNotUnderstood
        tls = parts.scheme == "imaps"
        user, password, folder = unquote(parts.username), unquote(parts.password), unquote(parts.path.strip("/"))
        return cls(tls, parts.hostname, port or (993 if tls else 143), user, password, folder or "INBOX")

    def connect(self) -> BaseMailBox:
        """Signed in, and looking at the folder."""
        server = self._server()
        try:
            log_in = server.login if (self.user + self.password).isascii() else server.login_utf8
            return log_in(self.user, self.password, self.folder)
        except BaseException:
            hang_up(server)
            raise

    def _server(self) -> BaseMailBox:
        trust = ssl.create_default_context()
        if self.tls:
            return MailBox(self.host, self.port, timeout=SECONDS, ssl_context=trust)
        if self.host in NEAR:
            return MailBoxUnencrypted(self.host, self.port, timeout=SECONDS)
        return MailBoxStartTls(self.host, self.port, timeout=SECONDS, ssl_context=trust)


@dataclass
class Box:
    """A folder on a server: connected to when first needed, and anew after trouble."""

    account: Account
    patience: Patience = field(default_factory=Patience)
    _server: BaseMailBox | None = None

    def empty(self) -> int:
        if not self.patience.may_try(SERVER):
            return 0
        was_connected = self._server is not None
        try:
            taken = self._empty(self._connected())
        except Exception:
            self.close()
            if was_connected:  # servers hang up, on whoever was silent for long or when they are restarted
                return self.empty()
            self.patience.failed(SERVER)
            raise
        self.patience.forget(SERVER)
        return taken

    def waiting(self) -> int:
        """How many letters wait."""
        return len(self._connected().uids("ALL"))

    def close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            hang_up(server)

    def _connected(self) -> BaseMailBox:
        if self._server is None:
            self._server = self.account.connect()
        self._server.client.noop()  # so that the server says what is new
        return self._server

    def _empty(self, server: BaseMailBox) -> int:
        uids = server.uids("ALL")  # those too that were marked as deleted when we were interrupted
        self.patience.keep_only({SERVER, *uids})
        due = [uid for uid in uids if self.patience.may_try(uid)]
        return sum(self._take(server, uid) for uid in due[:MOST])

    def _take(self, server: BaseMailBox, uid: str) -> bool:
        raw = fetched(server, uid)
        if raw is None:
            log.warning("The server of mail.imap names a letter and does not give it.")
        if raw is None or not take(raw, way="imap"):
            self.patience.failed(uid)
            return False
        server.delete(uid)
        self.patience.forget(uid)
        return True


def fetched(server: BaseMailBox, uid: str) -> bytes | None:
    """A letter's bytes as they are; None when the server does not give them. Of one that is larger than a letter may
    be only the beginning is asked for, and one byte more, which makes it too large."""
    status, parts = server.client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST + 1}>)")
    found = (part[1] for part in parts if isinstance(part, tuple) and b"BODY[]" in part[0].upper())
    return next(found, None) if status == "OK" else None


def hang_up(server: BaseMailBox) -> None:
    with suppress(OSError):
        server.client.shutdown()


@cache
def box(url: str) -> Box:
    """This process's own, of the lane that empties it."""
    return Box(Account.of(url))
