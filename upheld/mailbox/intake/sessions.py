"""What is said to a client that hands letters over, by LMTP or SMTP."""

import asyncio
import logging
import ssl
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import AnyStr

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import connections

from upheld.contact.addressed import is_ours
from upheld.mailbox.answering import REFUSED, Outcome
from upheld.mailbox.authentic import Handed
from upheld.mailbox.intake.peers import OURS, Peers, client
from upheld.mailbox.intake.taking import take
from upheld.mailbox.letter import Reason
from upheld.mailbox.reading import LARGEST, MOST_LINES
from upheld.vault.failing import told

log = logging.getLogger(__name__)
SECONDS = 300.0  # between two commands, a letter's text among them (RFC 5321, section 4.5.3.2)
LIFETIME = 600.0  # of a stranger's connection, who could otherwise hold it for hours by a word now and then
LONGEST_LINE = 64 * 2**10  # bytes that are read at once
ROOM = 2**10  # bytes, for what we add to a letter
MOST_RECIPIENTS = 10  # of one letter
COMMANDS = {"MAIL": 100, "RCPT": 200, "VRFY": 5, "*": 500}  # that one connection may give

BUSY = b"421 4.7.0 Too many connections. Try again later.\r\n"
TOO_LARGE = "552 5.3.4 The letter is too large."
TAKEN, LATER = "250 2.0.0 Taken.", "451 4.3.0 It could not be taken now. Try again later."


@dataclass
class Line:
    """What all connections share: how they speak, who reads the letters, who is there, and what is in hand."""

    way: str
    readers: Executor
    peers: Peers
    in_hand: set["asyncio.Future[Outcome | None]"] = field(default_factory=set)

    async def take(self, raw: bytes, handed: Handed | None) -> Outcome | None:
        work = asyncio.get_running_loop().run_in_executor(self.readers, _take, raw, self.way, handed)
        self.in_hand.add(work)
        try:
            return await asyncio.shield(work)
        finally:
            self.in_hand.discard(work)

    async def finish(self, seconds: float) -> None:
        """Wait for the letters in hand, and for what is said about them."""
        if self.in_hand:
            await asyncio.wait(set(self.in_hand), timeout=seconds)
            await asyncio.sleep(0.1)


def _take(raw: bytes, way: str, handed: Handed | None) -> Outcome | None:
    """In a thread of the line, which keeps no database connection meanwhile."""
    try:
        return take(raw, way=way, handed=handed)
    finally:
        connections.close_all()


class Smtp(SMTP):
    """One connection, by RFC 5321."""

    line_length_limit = LONGEST_LINE

    def __init__(self, line: Line, certificate: ssl.SSLContext | None = None) -> None:
        self.line = line
        self.ip = ""
        self.who: str | None = None  # while it is counted
        self.end: asyncio.TimerHandle | None = None
        super().__init__(
            Answers(line),
            data_size_limit=LARGEST - ROOM,
            enable_SMTPUTF8=True,
            hostname=settings.HOME.host,
            ident="Upheld",
            tls_context=certificate,
            timeout=SECONDS,
            command_call_limit=dict(COMMANDS),
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Also called when STARTTLS has begun, by which nobody enters twice."""
        if self.who is None:
            self.ip = transport.get_extra_info("peername")[0]
            who = client(self.ip)
            if not self.line.peers.enter(who):
                assert isinstance(transport, asyncio.WriteTransport)
                transport.write(BUSY)
                transport.close()
                return
            self.who = who
            if who != OURS:
                self.end = asyncio.get_running_loop().call_later(LIFETIME, self._cut_off)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.who is not None:
            self.line.peers.leave(self.who)
            self.who = None
            if self.end is not None:
                self.end.cancel()
            super().connection_lost(error)

    def _cut_off(self) -> None:
        """A letter that is in hand is taken all the same; whoever sent it sends it again, and it is known."""
        if self.transport is not None:
            self.transport.close()

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - the library's name for it
        """The library's own keeps each line apart, which takes forty times as much memory as a letter of empty ones."""
        assert self.envelope is not None
        if await self.check_helo_needed():
            return
        if not self.envelope.rcpt_tos or arg:
            await self.push("501 5.5.4 DATA stands alone." if arg else "503 5.5.1 Nobody to take it for: RCPT first.")
            return
        await self.push("354 Go on, and end with a line that holds a dot alone.")
        self.envelope.original_content = await self._content()
        answer = TOO_LARGE if self.envelope.original_content is None else await self._call_handler_hook("DATA")
        self.envelope = self._create_envelope()
        await self.push(answer)

    async def _content(self) -> bytes | None:
        """What is sent up to the dot; None when that is larger than a letter may be. Whoever goes on is cut off."""
        text, size, lines, at_start = bytearray(), 0, 0, True
        while (part := await self._part()) != b".\r\n" or not at_start:
            size, lines = size + len(part), lines + part.endswith(b"\n")
            if max(size / (LARGEST - ROOM), lines / MOST_LINES) > 2:
                await self.push(f"421 {TOO_LARGE[4:]}")
                raise ConnectionResetError
            text += part[1:] if at_start and part.startswith(b".") else part
            if size > LARGEST - ROOM or lines > MOST_LINES:
                text.clear()
            at_start = part.endswith(b"\r\n")
        return None if size > LARGEST - ROOM or lines > MOST_LINES else bytes(text)

    async def _part(self) -> bytes:
        """A line, or a part of one that is longer than `LONGEST_LINE`."""
        try:
            return await self._reader.readuntil(b"\r\n")
        except asyncio.LimitOverrunError as long:
            return await self._reader.read(long.consumed)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802 - the library's name for it
        await self.push("502 5.5.1 Nobody signs in here.")


class Lmtp(LMTP, Smtp):
    """One connection, by RFC 2033."""

    _replies = 1

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - the library's name for it
        """One reply for each recipient (section 4.2)."""
        assert self.envelope is not None
        self._replies = max(1, len(self.envelope.rcpt_tos))
        try:
            await super().smtp_DATA(arg)
        finally:
            self._replies = 1

    async def push(self, status: AnyStr) -> None:
        goes_on = status[:3] in ("354", b"354")
        for _ in range(1 if goes_on else self._replies):
            await super().push(status)


class Answers:
    """The library's hooks: what is answered to each command."""

    def __init__(self, line: Line) -> None:
        self.line = line

    async def handle_EHLO(  # noqa: N802 - so are they named
        self, server: Smtp, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [each for each in responses if not each.startswith("250-AUTH")]

    async def handle_MAIL(  # noqa: N802 - likewise
        self, server: Smtp, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not address.isprintable():
            return "553 5.1.7 The sender's address cannot be read."
        if server.who is None or not self.line.peers.may_hand_over(server.who):
            return "451 4.7.1 Too many letters in this hour. Try again later."
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Go on."

    async def handle_RCPT(  # noqa: N802 - likewise
        self, server: Smtp, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients."
        if not is_ours(address):
            return "550 5.1.1 Nobody here has that address."
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Go on."

    async def handle_DATA(self, server: Smtp, session: Session, envelope: Envelope) -> str:  # noqa: N802 - likewise
        mail_from = envelope.mail_from if envelope.mail_from not in (None, "<>") else ""
        content = envelope.original_content or b""
        handed = None  # LMTP is our own server's word, and it was not there that the letter came from
        if self.line.way == "smtp":
            handed = Handed(server.ip, mail_from, session.host_name or "")
        outcome = await self.line.take(b"Return-Path: <%s>\r\n%s" % (mail_from.encode(), content), handed)
        return LATER if outcome is None else self._said(outcome)

    async def handle_exception(self, error: Exception) -> str:
        log.warning("A letter could not be taken in: %s.", told(error))
        return LATER

    def _said(self, outcome: Outcome) -> str:
        """Whoever sent it is told at once why it is not read. Not by LMTP: our server would write to whom it is said
        to be from, who may never have heard of it."""
        if self.line.way == "lmtp" or outcome.outcome != REFUSED:
            return TAKEN
        if outcome.reason in list(Reason):
            return f"550 5.6.0 {Reason(outcome.reason).sentence}"
        return "550 5.7.1 It does not come from where it says." if outcome.reason == "forged" else TAKEN
