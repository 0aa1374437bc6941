"""A mail server of the tests' own, on the loopback host."""

import socketserver
from contextlib import suppress


class Conversation(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs."""

    server: "Server"

    def handle(self) -> None:
        with suppress(ConnectionError):  # whoever was killed in the middle of it
            self.converse()

    def converse(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            self.server.heard.append(line)
            if line.upper() == "DATA":
                self.say("354 go on")
                self.take_message()
            elif line.upper() == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say(self.server.refusal if self.server.refusal and line.upper().startswith("RCPT") else "250 well")

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def take_message(self) -> None:
        """One that breaks off is none (RFC 5321, section 4.1.1.4)."""
        lines: list[bytes] = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                self.server.received.append(b"".join(lines))
                self.say("250 taken")
                return
            lines.append(line)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    refusal = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.heard: list[str] = []
        self.received: list[bytes] = []
