"""The harness keeps its word: an instance for each process, two databases, no network, nothing left behind."""

import gzip
import os
import socket
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections, transaction
from pytest_socket import SocketConnectBlockedError

from tests.canaries import Canaries, forms, scan, seen_in
from tests.people import Person
from upheld import ledger, vault
from upheld.contact.models import Address
from upheld.home import Home
from upheld.policy.actors import Actor
from upheld.policy.acts import Act


def test_the_settings_are_this_instance(home: Home) -> None:
    assert home.folder == settings.HOME.folder
    assert home.folder.is_relative_to(os.environ["UPHELD_TEST_RUN"])


def test_the_chosen_database_is_the_one(db: None) -> None:
    vendors = {connection.vendor for connection in connections.all()}
    assert vendors == {os.environ["UPHELD_TEST_DATABASE"]}
    assert connections["default"].settings_dict["NAME"] != connections["keys"].settings_dict["NAME"]


def test_sqlite_is_in_files(db: None, home: Home) -> None:
    if connections["default"].vendor == "sqlite":
        assert home.data_file.exists()
        assert home.keys_file.exists()


@pytest.mark.parametrize("turn", [1, 2])
def test_the_folder_is_as_made(transactional_db: None, home: Home, turn: int) -> None:
    assert not list(home.ledger.iterdir())
    with transaction.atomic():
        ledger.append(Act.KEYS_ROTATE, by=Actor.operator(), facts={"turn": turn})
    ledger.sequence()
    assert list(home.ledger.iterdir())


def test_no_other_machine_is_reached() -> None:
    with socket.socket() as outward, pytest.raises((SocketConnectBlockedError, UserWarning)):
        outward.connect(("192.0.2.1", 80))


@pytest.mark.parametrize("form", forms("canary"))
def test_a_canary_is_found_in_every_form(form: str, canaries: Canaries, tmp_path: Path) -> None:
    value = canaries["email"]
    inside = b"\x00before " + forms(value)[form] + b" after"
    (tmp_path / "file").write_bytes(inside)
    assert any(f"as {form}" in what for what in scan(tmp_path, [value]))


def test_a_canary_is_found_in_a_compressed_stream(canaries: Canaries) -> None:
    value = canaries["name"]
    assert "gzip" in " ".join(seen_in(b"before" + gzip.compress(b"x" * 100 + value.encode()), [value]))


def test_nothing_is_found_where_nothing_is(canaries: Canaries) -> None:
    assert not seen_in(os.urandom(100_000), [canaries["email"], canaries["password"]])


def test_a_person_is_there(person: Person, canaries: Canaries) -> None:
    address = vault.find(Address, "email", canaries["email"])
    assert address is not None
    assert address.subject == person.subject
