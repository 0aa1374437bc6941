"""The server, started for real."""

import http.client
import json
import os
import shutil
import signal
import socket
import ssl
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Command, Served, eventually
from tests.instance import POLICY
from tests.served import free_port
from upheld.home import Home
from upheld.policy import loads
from upheld.policy.force import Published
from upheld.web import tls


def trusting(home: Home) -> ssl.SSLContext:
    """A client that knows the instance's own authority, and no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(home.tls / "root.pem")
    return context


def status(home: Home, host: str = "localhost") -> int:
    connection = http.client.HTTPSConnection(host, home.number("port"), context=trusting(home), timeout=60)
    with closing(connection):
        connection.request("GET", "/")
        return connection.getresponse().status


def serial(home: Home) -> int:
    with (
        socket.create_connection(("127.0.0.1", home.number("port")), timeout=60) as plain,
        trusting(home).wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        return int((secure.getpeercert() or {})["serialNumber"], 16)


def workers(served: Served) -> list[int]:
    return [pid for pid, line in served.processes().items() if "worker" in line]


def test_it_answers_over_tls_1_3_alone(shared: tuple[Command, Served]) -> None:
    made, served = shared
    assert served.line == f"serving https://127.0.0.1:{made.home.number('port')}"
    assert status(made.home) == 200
    assert status(made.home, "127.0.0.1") == 200
    old = trusting(made.home)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_connection(("127.0.0.1", made.home.number("port"))) as plain, pytest.raises(ssl.SSLError):
        old.wrap_socket(plain, server_hostname="localhost")


def test_plain_http_is_only_a_redirect_to_the_site(shared: tuple[Command, Served]) -> None:
    home = shared[0].home
    for method, path, target in (
        ("GET", "/policy/?a=b", "/policy/?a=b"),
        ("POST", "/sign-in/", "/sign-in/"),
        ("GET", "//evil.example/", "//evil.example/"),
        ("GET", "/\\evil.example", "/"),
    ):
        connection = http.client.HTTPConnection("127.0.0.1", home.redirect_port, timeout=60)
        connection.putrequest(method, path, skip_host=True)
        connection.putheader("Host", "evil.example")
        connection.endheaders()
        with closing(connection):
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (308, b"")
            assert answer.headers["Location"] == f"https://localhost:{home.number('port')}{target}"


def test_what_happened_gets_its_place_in_the_ledger(shared: tuple[Command, Served]) -> None:
    made, _ = shared
    assert eventually((made.home.ledger / "checkpoint").exists)
    assert "entries fit what was signed" in made.ok("ledger", "verify")


def test_a_worker_that_dies_is_started_again(shared: tuple[Command, Served]) -> None:
    _, served = shared
    assert eventually(lambda: len(workers(served)) == 1)
    (first,) = workers(served)
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: bool(workers(served)) and first not in workers(served))


def test_one_ctrl_c_stops_all_of_it_and_it_starts_again(made: Command) -> None:
    for _ in ("a first time", "a second time"):
        with made.serving() as served:
            assert served.line.startswith("serving https://")
            code, said, _ = served.stop()
            assert (code, said) == (0, "")
            assert served.processes() == {}


def test_it_listens_where_it_is_told_though_the_plain_port_is_taken(made: Command) -> None:
    port = free_port()
    with (
        socket.create_server(("127.0.0.1", made.home.redirect_port)),
        made.serving("--host", "localhost", "--port", str(port)) as served,
    ):
        assert served.line == f"serving https://localhost:{port}"
        code, _, warned = served.stop(signal.SIGTERM)
        assert code == 0
        assert "set http_port" in warned


def test_killing_it_leaves_no_process_behind(made: Command) -> None:
    with made.serving() as served:
        assert len(served.processes()) >= 4
        served.process.kill()
        assert eventually(lambda: not served.processes()), served.processes()


def test_a_certificate_that_runs_out_is_renewed_without_a_restart(made: Command, tmp_path: Path) -> None:
    old = Home(tmp_path / "old")
    shutil.copytree(made.home.tls, old.tls)
    (old.tls / "local.pem").unlink()
    tls.ensure(old, now=datetime.now(UTC) - timedelta(days=80))
    with made.serving():
        before = serial(made.home)
        (old.tls / "local.pem").replace(made.home.tls / "local.pem")
        assert eventually(lambda: serial(made.home) != before)
        assert status(made.home) == 200


def test_a_port_that_is_taken_is_refused(made: Command) -> None:
    with socket.create_server(("127.0.0.1", made.home.number("port"))):
        assert "stop what uses it, or choose another with --port" in made.refused("serve")


def test_it_does_not_start_without_an_instance(command: Command) -> None:
    assert "make one with upheld init" in command.refused("serve")


def test_it_does_not_start_with_another_root_key(made: Command, tmp_path: Path) -> None:
    made.within("from upheld.vault.keys import ring; ring.check()")  # the store holds a key, as after a first start
    made.home.root_key.unlink()
    made.within("from django.conf import settings; from upheld.vault.keys import root; "
                "root.create(settings.UPHELD_ROOT_KEY)")  # fmt: skip
    assert f"The root key in {made.home.root_key} does not open the key store" in made.refused("serve")
    made.home.root_key.unlink()
    assert "put it back" in made.refused("serve")
    assert "put it back" in made.refused("init")


def test_it_does_not_start_with_a_policy_that_was_edited(made: Command) -> None:
    (file,) = made.home.policy.iterdir()
    file.write_bytes(file.read_bytes().replace(b"We do not sell", b"We do sell"))
    assert "is not the version that was published" in made.refused("serve")


def test_it_does_not_start_with_a_policy_that_is_not_on_record(made: Command) -> None:
    (file,) = made.home.policy.iterdir()
    yesterday = date.today() - timedelta(days=1)
    later = file.read_bytes().replace(b"effective: 2026-11-01", f"effective: {yesterday}".encode())
    Published(made.home.policy).add(loads(later))
    assert "is not on record in the ledger" in made.refused("serve")


def test_it_does_not_start_on_a_ledger_that_was_rolled_back(made: Command) -> None:
    made.ok("ledger", "sequence")
    made.within(
        "from upheld.ledger.models import Checkpoint, Entry, Tile\n"
        "Entry.objects.update(index=None); Tile.objects.all().delete(); Checkpoint.objects.all().delete()"
    )
    assert "it was rolled back or rewritten" in made.refused("serve")


def test_it_does_not_start_on_an_older_database(made: Command) -> None:
    made.within("from django.db import connection\n"
                "connection.cursor().execute(\"DELETE FROM django_migrations WHERE app = 'ledger'\")")  # fmt: skip
    assert "bring it up to date with upheld init" in made.refused("serve")


def test_it_does_not_start_with_a_certificate_that_has_run_out(made: Command) -> None:
    shutil.rmtree(made.home.tls)
    made.home.make_folders()
    made_long_ago = tls.ensure(made.home, now=datetime(2020, 1, 1, tzinfo=UTC))
    for name in ("site.pem", "site.key"):
        shutil.copy(made_long_ago.certificate, made.home.tls / name)
    assert "expired on 2020-03-" in made.refused("serve")


def test_the_first_policy_is_the_one_that_was_chosen(command: Command, tmp_path: Path) -> None:
    mine = tmp_path / "mine.md"
    mine.write_bytes(POLICY.read_bytes().replace(b"Exokit Products Privacy Policy", b"Ours"))
    command.ok("init", "--policy", str(mine))
    assert command.ok("policy", "show").startswith("Ours\n")
    assert command.ok("init") == command.ok("init", "--policy", str(mine))
    assert "has a policy already" in command.refused("init", "--policy", str(POLICY))


def sandboxes(served: Served) -> list[int]:
    return [pid for pid, line in served.processes().items() if "payments.sandbox" in line]


def token_status(home: Home) -> int:
    """Of a card typed at the site's own address."""
    connection = http.client.HTTPSConnection("localhost", home.number("port"), context=trusting(home), timeout=60)
    card = {"number": "4242424242424242", "exp_month": "12", "exp_year": "40", "cvc": "123"}
    with closing(connection):
        connection.request("POST", "/sandbox/v1/tokens", json.dumps(card), {"Content-Type": "application/json"})
        return connection.getresponse().status


def test_the_sandbox_is_served_beside_it_and_started_again(shared: tuple[Command, Served]) -> None:
    made, served = shared
    assert eventually(lambda: token_status(made.home) == 200)
    first = sandboxes(served)
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: token_status(made.home) == 200)
    assert not set(sandboxes(served)) & set(first)


def test_no_sandbox_runs_when_cards_go_to_another_processor(made: Command) -> None:
    made.home.toml.write_text(made.home.toml.read_text().replace('# processor = "sandbox"', 'processor = "stripe"'))
    with made.serving() as served:
        assert eventually(lambda: len(workers(served)) == 1)
        assert not sandboxes(served)
        assert token_status(made.home) == 404
