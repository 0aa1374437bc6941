"""A build is stopped and deleted while what it reported is being counted: neither waits for the other in a circle."""

from collections.abc import Iterator
from threading import Event
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection

from tests.accounts.test_at_once import at_once
from tests.builds import reporting
from tests.builds.reporting import body, number, published
from upheld.builds import counting, numbers, possession, taking
from upheld.builds.models import Build, Counted, Report
from upheld.policy.actors import Actor

pytestmark = pytest.mark.django_db(transaction=True)
ANYONE = Actor.visitor()
LONG = 10.0  # seconds


@pytest.fixture(autouse=True)
def _published() -> Iterator[None]:
    with reporting.unlimited():
        published()
        yield


@pytest.mark.parametrize("verb", [possession.stop, possession.forget])
def test_reports_that_are_being_counted_are_dropped_by_whoever_counts_them(verb: Any) -> None:
    made = number()
    taking.take(body(made))
    picked, locked = Event(), Event()
    on_server = connection.vendor == "postgresql"  # on SQLite one comes after the other: there is one lock for all

    def count() -> int:
        def by_build(reports: Any) -> Any:
            picked.set()
            assert not on_server or locked.wait(LONG)
            return real(reports)

        real = counting._by_build
        with patch.object(counting, "_by_build", by_build):
            return counting.count_batch()

    def end() -> None:
        def drop(build: Build) -> int:
            locked.set()
            return real(build)

        assert picked.wait(LONG)
        real = possession._drop_waiting
        with patch.object(possession, "_drop_waiting", drop):
            verb(numbers.read(made), by=ANYONE)

    counted, _ = at_once(count, end)
    assert counted == 1
    assert not Report.objects.exists()
    assert not on_server or not Counted.objects.exists()
    possession.forget(numbers.read(made), by=ANYONE)
    assert possession.see(numbers.read(made)).days == ()
