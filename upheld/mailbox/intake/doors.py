"""The ways in that the settings name: whether they can be understood, and whether letters come by them."""

import imaplib
import socket
from collections.abc import Iterator
from pathlib import Path

from imap_tools.errors import ImapToolsError

from upheld.home import Home
from upheld.mailbox.intake import maildir
from upheld.mailbox.intake.imap import Account, Box
from upheld.mailbox.intake.listening import Door

SECONDS = 10  # for a door to answer in
NONE = "Letters that people write reach nobody: set mail.imap, mail.listen or mail.maildir."


def check(home: Home) -> None:
    """Raises ImapNotUnderstood, DoorNotUnderstood: a setting that no door can come of."""
    if url := home.text("mail.imap"):
        Account.of(url)
    if url := home.text("mail.listen"):
        Door.of(url)


def told(home: Home) -> Iterator[str]:
    """A sentence on each way in, after a look. Raises ImapNotUnderstood, DoorNotUnderstood."""
    ways = {"mail.imap": _imap, "mail.listen": _listener, "mail.maildir": _maildir}
    named = {name: home.text(name) for name in ways if home.text(name)}
    if not named:
        yield NONE
    for name, value in named.items():
        yield ways[name](value)


def _imap(url: str) -> str:
    box = Box(Account.of(url))
    try:
        return f"The mailbox of mail.imap answers: {_letters(box.waiting())} in it."
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        return f"The mailbox of mail.imap does not answer ({type(error).__name__}): see its host, user and password."
    finally:
        box.close()


def _listener(url: str) -> str:
    door = Door.of(url)
    try:
        with socket.create_connection((door.host, door.port), SECONDS) as connection, connection.makefile("rb") as said:
            greeted = said.readline(500).startswith(b"220 ")
    except OSError:
        greeted = False
    return (
        "Letters are taken in at mail.listen."
        if greeted
        else "Nobody takes letters in at mail.listen: run upheld serve."
    )


def _maildir(folder: str) -> str:
    try:
        return f"The Maildir of mail.maildir is there: {_letters(sum(1 for _ in maildir.waiting(Path(folder))))} in it."
    except maildir.NoMaildir as error:
        return str(error)


def _letters(count: int) -> str:
    return f"{count} letter{'' if count == 1 else 's'}"
