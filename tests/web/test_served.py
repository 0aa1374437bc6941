"""The checks of the served site, against servers that keep the promise and servers that do not."""

import http.server
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from upheld.home import Home
from upheld.web import served, tls

COOKIE = "__Host-csrf=x; Path=/; Secure; HttpOnly; SameSite=Strict"


@dataclass
class Site:
    """A stand-in for the instance's settings and folder."""

    tls: Path
    site: str = "https://localhost"
    host: str = "localhost"
    port: int = 0
    redirect_port: int = 0

    @property
    def HOME(self) -> "Site":  # noqa: N802 - as Django's settings name it
        return self

    def text(self, name: str) -> str:
        return "127.0.0.1"

    def number(self, name: str) -> int:
        return self.port


Answer = Callable[[http.server.BaseHTTPRequestHandler], None]


def answering(status: int, *headers: tuple[str, str]) -> Answer:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers:
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


REDIRECT = answering(308, ("Location", "https://localhost/sign-up/"))
HSTS = ("Strict-Transport-Security", "max-age=31536000")
STRICT = answering(200, HSTS, ("Set-Cookie", COOKIE))


class Servers:
    def __init__(self, home: Home) -> None:
        self.files = tls.ensure(home)
        self.site = Site(home.tls)
        self._running: list[tuple[http.server.HTTPServer, threading.Thread]] = []

    def serve(
        self, answer: Answer = STRICT, plain: Answer = REDIRECT, oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
    ) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = oldest
        context.load_cert_chain(self.files.certificate, self.files.key)
        self.site.port = self._start(answer, context)
        self.site.redirect_port = self._start(plain, None)

    def _start(self, answer: Answer, context: ssl.SSLContext | None) -> int:
        class Handler(http.server.BaseHTTPRequestHandler):
            timeout = 5
            do_GET = do_POST = answer  # noqa: N815 - as the library names them

            def log_message(self, *_: object) -> None:
                """Nothing."""

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """A refused handshake is what some of these tests want."""

            def finish_request(self, request: object, address: object) -> None:
                wrapped = context.wrap_socket(request, server_side=True) if context else request
                super().finish_request(wrapped, address)
                wrapped.close()

        server = Server(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        self._running.append((server, thread))
        return server.server_port

    def stop(self) -> None:
        for server, thread in self._running:
            server.shutdown()
            thread.join()
            server.server_close()


@pytest.fixture
def servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Servers]:
    home = Home(tmp_path)
    home.make_folders()
    made = Servers(home)
    monkeypatch.setattr(served, "settings", made.site)
    yield made
    made.stop()


def test_they_hold(servers: Servers) -> None:
    servers.serve()
    assert served.sealed_in_transit().upheld, served.sealed_in_transit()
    assert served.lock_icon().upheld, served.lock_icon()


def test_a_site_that_is_not_served_is_unknown(servers: Servers) -> None:
    servers.site.port = servers.site.redirect_port = 1
    for check in (served.sealed_in_transit, served.lock_icon):
        assert check().upheld is None
        assert check().figure.endswith("upheld serve")


def test_an_old_protocol_breaks_it(servers: Servers) -> None:
    servers.serve(oldest=ssl.TLSVersion.TLSv1_2)
    assert served.sealed_in_transit().details == ("TLSv1.2 is spoken",)


@pytest.mark.parametrize(
    "plain",
    [
        answering(200),
        answering(302, ("Location", "https://localhost/")),
        answering(308, ("Location", "https://other.example/")),
    ],
)
def test_plain_http_that_does_more_than_redirect_breaks_it(servers: Servers, plain: Answer) -> None:
    servers.serve(plain=plain)
    said = served.sealed_in_transit()
    assert said.upheld is False
    assert said.details[0].startswith("plain http answers GET /sign-up/ with ")
    assert said.details[-1].startswith("plain http answers POST /sandbox/v1/tokens with ")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (answering(200, ("Set-Cookie", COOKIE)), "Strict-Transport-Security is not set"),
        (answering(200, HSTS), "the form at /sign-up/ sets no cookie against forgery"),
        (
            answering(200, HSTS, ("Set-Cookie", COOKIE.removeprefix("__Host-"))),
            "the cookie csrf is not",
        ),
        (
            answering(200, HSTS, ("Set-Cookie", COOKIE.replace("Secure; ", ""))),
            "the cookie __Host-csrf",
        ),
    ],
)
def test_a_loose_cookie_or_no_hsts_breaks_it(servers: Servers, answer: Answer, said: str) -> None:
    servers.serve(answer=answer)
    finding = served.sealed_in_transit()
    assert finding.upheld is False
    assert finding.details[0].startswith(said)


def test_a_loose_basket_breaks_it(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    servers.serve()
    monkeypatch.setattr("upheld.web.basket.COOKIE", "basket")
    assert served.sealed_in_transit().details == ("the cookie basket is not sealed to this host",)


def test_a_certificate_of_somebody_else_breaks_the_lock(servers: Servers, tmp_path: Path) -> None:
    servers.serve()
    other = Home(tmp_path / "other")
    other.make_folders()
    tls.ensure(other)
    servers.site.tls = other.tls
    assert served.lock_icon().upheld is False


def test_a_certificate_that_ends_soon_breaks_the_lock(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    servers.serve()
    monkeypatch.setattr(served, "SOON", tls.LEAF_LIFE + timedelta(days=1))
    assert served.lock_icon().upheld is False
