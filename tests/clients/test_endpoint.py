"""The beacon and the endpoint, which were written apart, understand each other."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from upheld_beacon import Answer, Beacon

from tests.builds import reporting
from tests.builds.reporting import number, published
from tests.clients.conftest import CLIENTS
from upheld.builds import counting, counts, numbers
from upheld.builds.models import Build, Counted, Report
from upheld.policy import load

pytestmark = pytest.mark.django_db
POLICY = CLIENTS.parent / "policies" / "exokit.md"


@pytest.fixture(autouse=True)
def _published(db: None) -> Iterator[None]:
    with reporting.unlimited():
        published()
        yield


def post(address: str, body: bytes) -> Answer:
    """Over the site's own code, without a network."""
    path = address.removeprefix("https://localhost")
    given = Client().post(path, body, content_type="application/json", secure=True)
    return Answer(given.status_code, given.content, float(given.headers.get("Retry-After", 0)))


def beacon(build: str, folder: Path, **other: Any) -> Beacon:
    usage = load(POLICY).usage
    assert usage
    given: dict[str, Any] = {
        "number": build,
        "product": "engine",
        "version": "1.2.3",
        "platform": "linux-x64",
        "site": "https://localhost",
        "events": {name: event.values for name, event in usage.events.items()},
        "default": usage.level,
        "state": folder / "state.json",
        "notice": lambda line: None,
        "transport": post,
        "background": False,
    }
    return Beacon(**given | other)


def held(build: str) -> dict[str, int]:
    """What the site holds of a build, of all days together."""
    counting.count_due()
    found: dict[str, int] = {}
    for row in Counted.objects.filter(build=numbers.build_id(numbers.read(build))):
        for each in counts.unpack(bytes(row.cells)).values():
            found |= each
    return found


def test_all_that_the_policy_names_is_taken_as_it_was_counted(tmp_path: Path) -> None:
    build = number()
    product = beacon(build, tmp_path)
    for event, value in product._known:
        product.count(event, value, times=7)
    assert product.send()
    assert set(held(build).values()) == {7}
    assert held(build).keys() == set(product._known.values())


def test_a_report_that_comes_three_times_counts_once(tmp_path: Path) -> None:
    def loses(address: str, body: bytes) -> Answer:
        post(address, body)
        post(address, body)
        raise OSError

    build = number()
    product = beacon(build, tmp_path, transport=loses)
    product.count("start", times=2)
    assert not product.send()
    later = beacon(build, tmp_path, clock=lambda: time.time() + 1_200)
    later.count("start")
    assert later.send()
    assert sum(held(build).values()) in (3, 4), "in the last minutes of a day the last count is of the next day"


def test_sixty_days_offline_come_in_one_report(tmp_path: Path) -> None:
    build, now = number(), time.time()
    for back in range(70, -1, -1):
        product = beacon(build, tmp_path, clock=lambda back=back: now - back * 86_400)
        product.count("start")
        product.save()
    assert product.send()
    report = Report.objects.get()
    assert report.product == "engine"
    counting.count_due()
    days = [cell for row in Counted.objects.all() for cell in counts.unpack(bytes(row.cells))]
    assert len(days) == 61


def test_a_vocabulary_newer_than_the_policy_loses_only_what_it_adds(tmp_path: Path) -> None:
    build = number()
    product = beacon(build, tmp_path, events={"start": [], "fly": [], "display": ["webvr", "mirror"]})
    for event, value in (("start", ""), ("display", "webvr"), ("display", "mirror"), ("fly", "")):
        product.count(event, value)
    assert product.send()
    assert held(build) == {"start": 1, "display.webvr": 1}


def test_a_number_that_was_made_up_stops_the_beacon(tmp_path: Path) -> None:
    product = beacon(number("browser"), tmp_path)
    product.count("start")
    assert not product.send()
    assert product.level == "local"
    assert not Report.objects.exists()


def test_a_stopped_build_is_told_so_once(tmp_path: Path) -> None:
    build = number()
    Build.objects.create(id=numbers.build_id(numbers.read(build)), product="engine", stopped=True)
    product = beacon(build, tmp_path)
    product.count("start")
    assert not product.send()
    state = json.loads((tmp_path / "state.json").read_text())
    assert (state["stopped"], state["days"]) == (True, {})


@pytest.mark.parametrize("product", ["engine", "nothing_of_ours"])
def test_a_deletion_is_confirmed_by_the_endpoint_itself(tmp_path: Path, product: str) -> None:
    build = number(product)
    counting = beacon(build, tmp_path)
    counting.count("start")
    counting.send()
    assert counting.forget()
    assert held(build) == {}
    assert not json.loads((tmp_path / "state.json").read_text())["forget"]
