"""A site on this machine that takes what beacons send, byte for byte, and answers as it is told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Sent:
    """One request, as it came over the wire."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


@dataclass
class Told:
    status: int = 202
    body: bytes = b'{"taken": 1}'
    headers: dict[str, str] = field(default_factory=dict)


def refuse(field: str, status: int = 400) -> Told:
    """As the endpoint itself refuses."""
    return Told(status, json.dumps({"error": {"field": field, "reason": "No."}}).encode())


DISOWNED = refuse("number", 403)
NOT_OURS = {  # a 403 that says nothing about the number: each by what sends it
    "nothing": b"",
    "a proxy": b"<!doctype html><title>403 Forbidden</title>",
    "a policy without reports": refuse("").body,
    "another field": refuse("product").body,
    "a field that is no text": b'{"error": {"field": ["number"]}}',
    "a list": b"[]",
    "null": b"null",
    "no end": b"[" * 9_000,
}


@dataclass
class Loopback:
    url: str = ""
    taken: list[Sent] = field(default_factory=list)
    answers: list[Told] = field(default_factory=list)  # what is said next; after them `usual`
    usual: Told = field(default_factory=Told)
    deleting: Told = field(default_factory=lambda: Told(200, b'{"forgotten": true}'))  # the usual for a deletion
    came: threading.Event = field(default_factory=threading.Event)
    hold: threading.Event = field(default_factory=threading.Event)  # cleared: answers wait
    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # what is there to get, each with its type

    def days(self) -> dict[str, dict[str, Any]]:
        """What a site holds after all reports: of each count the largest."""
        held: dict[str, dict[str, int]] = {}
        for sent in self.taken:
            for entry in sent.json.get("days", []):
                into = held.setdefault(entry["day"], {})
                for event, counts in entry["counts"].items():
                    under = {f"{event}.{key}": n for key, n in counts.items()} if isinstance(counts, dict) else None
                    for what, times in (under or {event: counts}).items():
                        into[what] = max(into.get(what, 0), times)
        return held


def handler(site: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            site.taken.append(Sent(self.command, self.path, list(self.headers.items()), body))
            site.came.set()
            site.hold.wait(10)
            usual = site.deleting if self.path == "/usage/v1/forget" else site.usual
            told = site.answers.pop(0) if site.answers else usual
            self.send_response(told.status)
            for name, value in {"Content-Length": str(len(told.body)), **told.headers, **self.open()}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told.body)

        def do_GET(self) -> None:
            kind, content = site.pages.get(self.path, ("text/plain", b""))
            self.send_response(200 if content else 404)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.send_header("Set-Cookie", "watched=yes; Path=/")  # for the browser to keep, and the beacon to leave
            self.end_headers()
            self.wfile.write(content)

        def do_OPTIONS(self) -> None:
            self.send_response(204)
            for name, value in self.open().items():
                self.send_header(name, value)
            self.end_headers()

        def open(self) -> dict[str, str]:
            """As the endpoint answers browsers: any origin, and nothing that knows anybody."""
            names = ("Allow-Origin", "Allow-Methods", "Allow-Headers")
            return dict(zip((f"Access-Control-{name}" for name in names), ("*", "POST", "content-type"), strict=True))

        def log_message(self, *_: object) -> None:
            """Tests say what came."""

    return Handler


@contextmanager
def loopback() -> Iterator[Loopback]:
    site = Loopback()
    site.hold.set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(site))
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()
