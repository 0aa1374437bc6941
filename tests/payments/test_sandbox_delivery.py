"""Webhooks: sent to a site that is really there, over https; and the program killed in the middle of its work."""

import json
import os
import random
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.payments.conftest import browser
from tests.served import free_port
from upheld.home import Home
from upheld.payments.errors import NotFromProcessor, Unreachable
from upheld.payments.processor import Charge, Event
from upheld.payments.sandbox import running, signing
from upheld.payments.sandbox.client import Sandbox
from upheld.web import tls


class Site:
    """Something that answers at the site's address, and writes down what it is sent."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.got: list[tuple[bytes, dict[str, str]]] = []
        self.statuses: list[int] = []  # for the next requests; then 200
        self._server: ThreadingHTTPServer | None = None

    def open(self, certified: Home | None = None) -> None:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                assert (self.path, self.headers["Host"]) == ("/webhooks/payments/", site.home.site[8:])
                site.got.append((body, dict(self.headers.items())))
                self.send_response(site.statuses.pop(0) if site.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        files = tls.ensure(certified or self.home)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files.certificate, files.key)
        self._server = ThreadingHTTPServer(("127.0.0.1", self.home.number("port")), Handler)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def events(self) -> list[dict[str, object]]:
        return [json.loads(body) for body, _ in self.got]


@pytest.fixture
def apart(tmp_path: Path) -> Home:
    """An instance of its own, in a folder deeper than a socket's name may be long."""
    home = Home(tmp_path / ("deep" * 20) / ("deeper" * 10) / "var")
    home.make_folders()
    home.toml.write_text(f'port = {free_port()}\nsite = ""\n')
    return home


@pytest.fixture
def site(apart: Home) -> Iterator[Site]:
    tls.ensure(apart)
    found = Site(apart)
    yield found
    found.close()


@pytest.fixture
def sandbox(apart: Home) -> Iterator[Sandbox]:
    client = Sandbox(apart, seconds=30)
    client.steer("behaviour", doubled=0, delayed=0)
    yield client
    client.close()
    program = running._started.pop(str(apart.folder))
    program.kill()
    program.wait()


@pytest.fixture
def pay(sandbox: Sandbox) -> Callable[[int], Charge]:
    with browser(sandbox) as visitor:
        card = {"number": "4242424242424242", "exp_month": 1, "exp_year": 2040, "cvc": "123"}
        token = visitor.post("tokens", json=card).json()["token"]
    kept = sandbox.keep_card(token, reference="card:1", key="keep").token
    back = f"{sandbox._folder.home.site}/"

    def charge(n: int) -> Charge:
        return sandbox.authorise(
            kept, amount=n + 1, currency="USD", reference=f"payment:{n}", back=back, key=f"authorise:{n}"
        )

    return charge


def wait(until: Callable[[], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


def test_the_site_is_told_and_knows_who_tells(sandbox: Sandbox, site: Site, pay: Callable[[int], Charge]) -> None:
    site.open()
    charge = pay(1)
    wait(lambda: site.got)
    body, headers = site.got[0]
    (event,) = sandbox.events()
    assert sandbox.event(body, headers) == Event(event["id"], charge.id, "charge.authorise")
    wait(lambda: sandbox.events()[0]["left"] == 0)
    with pytest.raises(NotFromProcessor):
        sandbox.event(body.replace(b"authorise", b"capture"), headers)
    with pytest.raises(NotFromProcessor):
        sandbox.event(body, {})


def test_it_waits_while_nobody_serves(sandbox: Sandbox, site: Site, pay: Callable[[int], Charge]) -> None:
    pay(1)
    time.sleep(0.5)
    site.open()
    wait(lambda: site.got)


def test_it_trusts_no_other_certificate(
    sandbox: Sandbox, site: Site, pay: Callable[[int], Charge], tmp_path: Path
) -> None:
    other = Home(tmp_path / "other")
    other.make_folders()
    site.open(certified=other)
    pay(1)
    time.sleep(1)
    assert not site.got
    site.close()
    site.open()
    wait(lambda: site.got)


def test_it_tries_again_until_it_is_taken(sandbox: Sandbox, site: Site, pay: Callable[[int], Charge]) -> None:
    site.statuses = [503, 302]
    site.open()
    pay(1)
    wait(lambda: len(site.got) == 3)
    assert len({event["id"] for event in site.events}) == 1
    time.sleep(0.3)
    assert len(site.got) == 3


def test_some_come_twice_and_some_late(sandbox: Sandbox, site: Site, pay: Callable[[int], Charge]) -> None:
    site.open()
    sandbox.steer("behaviour", doubled=1, delayed=1, delay_seconds=1)
    first = pay(1).id
    sandbox.steer("behaviour", delayed=0)
    second = pay(2).id
    wait(lambda: len(site.got) == 4)
    assert [event["charge"] for event in site.events] == [second, second, first, first]


def test_a_seed_gives_the_same_again(sandbox: Sandbox, pay: Callable[[int], Charge]) -> None:
    sandbox.steer("behaviour", held=1, seed=7, doubled=0.5)
    for n in range(20):
        pay(n)
    doubled = [event["left"] for event in sandbox.events()]
    assert set(doubled) == {1, 2}
    assert doubled == seeded(7, 20)


def seeded(seed: int, most: int) -> list[int]:
    chances = (random.Random(seed * 1_000_003.0 + n) for n in range(1, most + 1))  # noqa: S311 - as the program's own
    return [2 if chance.random() < 0.5 else 1 for chance in chances]


def test_an_old_signature_does_not_hold() -> None:
    said = signing.sign(b"{}", "secret", at=1_000_000)
    assert signing.holds(b"{}", said, "secret", now=1_000_299)
    assert not signing.holds(b"{}", said, "secret", now=1_000_301)
    assert not signing.holds(b"{}", said, "secret", now=999_699)
    assert not signing.holds(b"{}", said, "another", now=1_000_000)
    for header in ("", "t=,v1=", "t=1000000", f"t=1e6,{said.partition(',')[2]}", "t=1000000,v1=é"):
        assert not signing.holds(b"{}", header, "secret", now=1_000_000)


def test_the_signature_is_the_one_that_is_written_down() -> None:
    """The vector in docs/spec/sandbox.md, made with OpenSSL."""
    said = "t=1795393543,v1=fe29bcdd8ac5a9d1ec8ba3fb78139f37eeda6ea1b0fa971b3a3970a09e17cb8b"
    assert signing.sign(b'{"id": "evt_1"}', "whsec_example", at=1795393543) == said


# httpcore leaves the closing of a socket that could not connect to the collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning")
def test_killed_at_any_time_it_loses_and_doubles_nothing(sandbox: Sandbox, pay: Callable[[int], Charge]) -> None:
    """What was answered is there after each kill; what was not is asked again with its key, and there is one."""

    def ask(n: int) -> str:
        try:
            return pay(n).id
        except Unreachable:
            return ""

    stop, killed = threading.Event(), []

    def kill() -> None:
        while len(killed) < 4 and not stop.wait(0.1):
            while not (sandbox._folder.answers or stop.is_set()):
                time.sleep(0.01)  # else a busy machine would see it killed before it is ever there
            os.killpg(running._started[str(sandbox._folder.home.folder)].pid, signal.SIGKILL)
            killed.append(time.monotonic())

    killer = threading.Thread(target=kill)
    killer.start()
    with ThreadPoolExecutor(4) as threads:
        answered = list(threads.map(ask, range(300)))
    stop.set()
    killer.join()
    asked_again = [pay(n).id for n in range(300)]
    assert [(one, two) for one, two in zip(answered, asked_again, strict=True) if one and one != two] == []
    assert sorted(charge.id for charge in sandbox.charges()) == sorted(asked_again)
    assert len(set(asked_again)) == 300
    assert killed


def test_it_ends_with_the_process_that_started_it(apart: Home) -> None:
    code = (
        "import os, sys; from upheld.home import Home; from upheld.payments.sandbox.client import Sandbox;"
        "Sandbox(Home.here()).events(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code], env=os.environ | {"UPHELD_HOME": str(apart.folder)}, check=False)
    wait(lambda: not running.Folder(apart).answers, 10)


def test_no_number_rests_in_its_files(sandbox: Sandbox, pay: Callable[[int], Charge]) -> None:
    pay(1)
    held = b"".join(file.read_bytes() for file in sandbox._folder.home.sandbox.iterdir() if file.is_file())
    assert b"4242" in held  # the last four, as any shop keeps them
    assert b"42424242" not in held
    modes = {file.name: file.stat().st_mode & 0o777 for file in sandbox._folder.home.sandbox.iterdir()}
    assert not {name: mode for name, mode in modes.items() if mode & 0o077}
