"""Each check of the instance as a whole upholds what holds, and sees the promise broken when it is."""

import ast
import http.server
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from upheld import ledger
from upheld.evidence import egress, host, promises
from upheld.home import Home
from upheld.policy import force, loads
from upheld.policy.actors import Actor
from upheld.policy.acts import Act


@pytest.mark.django_db
def test_they_hold() -> None:
    for check in (promises.columns, promises.way_out, promises.record, promises.environment):
        finding = check()
        assert finding.upheld, (check.__name__, finding)


@pytest.mark.django_db
def test_a_column_that_nobody_accounts_for_breaks_the_inventory() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE contact_address ADD COLUMN nickname text")
        cursor.execute("CREATE TABLE guests (name text)")
    finding = promises.columns()
    assert finding.upheld is False
    assert set(finding.details) == {
        "contact_address.nickname is unaccounted for",
        "guests.name is unaccounted for",
    }


@pytest.mark.django_db
def test_a_text_column_of_a_known_table_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        promises, "ACCOUNTED", {k: v for k, v in promises.ACCOUNTED.items() if k != "contact_letter.kind"}
    )
    assert promises.columns().details == ("contact_letter.kind is unaccounted for",)


@pytest.mark.parametrize(
    "line",
    [
        "import requests",
        "from urllib import request",
        "import http.client as h",
        "from stripe import StripeClient",
        "import easypost.errors",
        "from urllib3.util import retry",
        "import_module('httpx')",
        "__import__('socket')",
        "from subprocess import run",
    ],
)
def test_a_file_that_speaks_to_the_network_breaks_no_sale(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr(egress, "sources", lambda: iter([("contact/letters.py", ast.parse(line))]))
    finding = promises.way_out()
    assert finding.upheld is False
    assert finding.details[0].startswith("upheld/contact/letters.py uses")


@pytest.mark.parametrize("name", ["payments/stripe/client.py", "payments/stripe.py"])
def test_a_recipient_whom_no_policy_declares_breaks_no_sale(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(egress, "sources", lambda: iter([(name, ast.parse("import stripe"))]))
    assert promises.way_out().figure.endswith("1 of them to a recipient of the policy")
    text = force.in_force().text.replace(b"  processor: {", b"  someone: {")
    monkeypatch.setattr(promises.force, "in_force", lambda: loads(text))
    assert promises.way_out().details == (f"upheld/{name} speaks to processor, which the policy does not declare",)


def test_words_that_only_look_like_it_are_nothing() -> None:
    for line in ("from urllib.parse import urlsplit", "from . import socket", "import socketry", "requests = 1"):
        assert not list(egress.ways_out([("contact/letters.py", ast.parse(line))]))


@pytest.mark.django_db(transaction=True)
def test_a_changed_entry_breaks_the_precautions() -> None:
    with transaction.atomic():
        entry = ledger.append(Act.CHECKS_RUN, by=Actor.operator(), facts={"upheld": 1})
    ledger.sequence()
    ledger.Entry.objects.filter(id=entry.id).update(body=bytes(entry.body).replace(b'"upheld":1', b'"upheld":2'))
    assert promises.record().upheld is False


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["root.key", "ledger.key", "web.key", "sandbox/key", "sandbox/webhook"])
def test_a_key_that_others_can_read_breaks_the_environment(home: Home, name: str) -> None:
    path = home.folder / name
    made = not path.exists()
    path.touch()
    path.chmod(0o640)
    try:
        finding = promises.environment()
    finally:
        path.chmod(0o600)
        if made:
            path.unlink()
    assert finding.details == (f"{path.name} can be read by others than its owner",)
    assert finding.upheld is False


@pytest.mark.django_db
def test_an_open_folder_breaks_the_environment(home: Home) -> None:
    home.folder.chmod(0o755)
    try:
        assert promises.environment().upheld is False
    finally:
        home.folder.chmod(0o700)


@pytest.mark.django_db
def test_debug_breaks_the_environment(settings: object) -> None:
    settings.DEBUG = True
    assert promises.environment().details == ("debug is on",)


@pytest.mark.django_db
def test_keys_beside_the_data_break_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promises, "connections", {"default": connection, "keys": connection})
    assert promises.environment().details == ("data and keys rest in one database",)


def test_an_old_library_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "requires", lambda name: ["django<5.3,>=5.2.19", "idna>=99", "nothing-such>=1"])
    old, missing = host.outdated()
    assert old.endswith("and should be 99 at least")
    assert missing == "nothing-such is missing"


@pytest.mark.django_db
def test_a_clock_that_is_behind_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Behind(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime.now(UTC) - timedelta(days=1)

    with transaction.atomic():
        ledger.append(Act.CHECKS_RUN, by=Actor.operator())
    assert list(host.clock()) == []
    monkeypatch.setattr(host, "datetime", Behind)
    assert list(host.clock()) == ["the clock is behind the newest entry of the ledger"]


@pytest.fixture
def door() -> Iterator[int]:
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the kernel's tables are Linux's")
def test_a_port_that_nobody_chose_is_noticed(door: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "_words", lambda process: ["upheld"] if process.name == str(os.getpid()) else [])
    monkeypatch.setattr(host, "_folder", lambda process: settings.HOME.folder)
    assert list(host.ports()) == [f"process {os.getpid()} listens on port {door}"]
    monkeypatch.setattr(
        host, "_words", lambda process: ["upheld", "--port", str(door)] if process.name == str(os.getpid()) else []
    )
    assert list(host.ports()) == []


def test_every_file_that_is_named_is_there_and_speaks() -> None:
    speaking = set(dict(egress.ways_out(egress.sources())))
    assert egress.INSIDE.keys() <= speaking
    for place in egress.OUTSIDE:
        assert any(egress._is_at(name, place) for name in speaking), place
