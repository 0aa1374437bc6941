"""Where letters go: the instance's folder, or SMTP when the setting `mail.url` names a server."""

import os
import tempfile
from collections.abc import Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as Smtp

from upheld.contact.errors import MailNotUnderstood


class Outbox(BaseEmailBackend):
    """Django's e-mail backend for an instance. Raises MailNotUnderstood for a `mail.url` that is none."""

    def __init__(self, fail_silently: bool = False, **options: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        url = settings.HOME.text("mail.url")
        self.server = smtp(url) if url else None

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if self.server is not None:
            return self.server.send_messages([each for each in email_messages if not is_nowhere(each)]) or 0
        for message in email_messages:
            put(message)
        return len(email_messages)


def is_nowhere(message: EmailMessage) -> bool:
    """Whether it goes to `.invalid` alone, where nobody is (RFC 6761, section 6.4): the checks' made-up people. No
    server is asked to try."""
    return all(address.endswith(".invalid") for address in message.recipients())


def smtp(url: str) -> Smtp:
    """Django's SMTP backend for smtp://user:password@host:port (STARTTLS) or smtps:// (TLS from the start).

    Credentials are percent-decoded. A server on the loopback host is spoken to without TLS.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise MailNotUnderstood from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
        raise MailNotUnderstood
    tls = parts.scheme == "smtps"
    near = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return Smtp(
        host=parts.hostname,
        port=port or (465 if tls else 587),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_ssl=tls,
        use_tls=not tls and not near,
        timeout=20,
    )


def place(letter: object) -> Path:
    """The file of the letter with this id."""
    folder: Path = settings.HOME.letters
    return folder / f"{letter}.eml"


def put(message: EmailMessage) -> Path:
    """One RFC 5322 file a letter, named by its Message-ID, complete or not there, readable by its owner alone."""
    name = parseaddr(message.extra_headers["Message-ID"])[1].partition("@")[0]
    path = place(name)
    written = _written(message, path.parent)
    os.replace(written, path)
    return path


def _written(message: EmailMessage, folder: Path) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")  # mkstemp makes it 0600
    with os.fdopen(handle, "wb") as file:
        file.write(message.message().as_bytes(linesep="\r\n"))  # type: ignore[call-arg]  # Django's own takes it
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
