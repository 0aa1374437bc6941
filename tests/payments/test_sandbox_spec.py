"""docs/spec/sandbox.md says what the program does."""

import re
from pathlib import Path

from upheld.payments.sandbox import interface, numbers, site, steering  # noqa: F401 - they add their routes
from upheld.payments.sandbox.routing import ROUTES
from upheld.payments.sandbox.storage import DEFAULTS

SPEC = (Path(__file__).parents[2] / "docs" / "spec" / "sandbox.md").read_text("utf-8")


def test_each_test_number_is_listed() -> None:
    listed = re.findall(r"^\| ([0-9 ]{15,}) \|", SPEC, re.MULTILINE)
    assert {number.replace(" ", "") for number in listed} == numbers.TEST_NUMBERS.keys()


def test_each_reason_is_listed() -> None:
    assert not [reason for reason in numbers.REASONS if f"`{reason}`" not in SPEC]


def test_each_behaviour_is_listed_with_its_default() -> None:
    listed = re.findall(r"^\| `(\w+)` \| ([0-9.]+) \|", SPEC, re.MULTILINE)
    assert {name: float(value) for name, value in listed} == DEFAULTS


def test_each_request_is_listed() -> None:
    """Its path as a request in the tables, or named in the text."""
    paths = {each.pattern.pattern.removeprefix("/sandbox") for each in ROUTES if "/v1/" in each.pattern.pattern}
    plain = {path.removeprefix("/v1/").replace("([A-Za-z0-9_-]{1,64})", "<id>") for path in paths}
    said = SPEC.replace("<setup>", "<id>")
    assert not [path for path in plain if not re.search(rf"`(?:POST|GET) {re.escape(path)}[`? ]", said)]
