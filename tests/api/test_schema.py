"""The schema that is published says what is taken: whatever fits it is taken, and whatever does not is refused."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builds import reporting
from tests.builds.reporting import day, number, published, report
from upheld.builds import taking
from upheld.builds.errors import ReportRefused
from upheld.builds.schema import schema
from upheld.policy import force
from upheld.policy.document import Policy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _published(db: None) -> Iterator[None]:
    with reporting.unlimited():
        published()
        yield


def events() -> Any:
    return force.in_force().usage.events


def counts(draw: st.DrawFn) -> dict[str, Any]:
    count = st.integers(0, 10**9)
    some = draw(st.lists(st.sampled_from(sorted(events())), unique=True))
    return {
        name: draw(st.dictionaries(st.sampled_from(values), count) if (values := events()[name].values) else count)
        for name in some
    }


@st.composite
def reports(draw: st.DrawFn) -> dict[str, Any]:
    days = [day(draw(st.integers(0, 60)), counts(draw)) for _ in range(draw(st.integers(1, 4)))]
    return report("", *days)


STRANGE = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.just(10**9 + 1), st.floats(0.1, 0.9), st.text(max_size=5),
    st.just([]), st.just({}), st.just({"a": {"b": 1}}),
)  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """A report of which one place holds something else, is gone, or has something beside it."""
    said = draw(reports())
    places: list[tuple[Any, Any]] = []

    def walk(held: Any) -> None:
        for key in list(held) if isinstance(held, dict) else range(len(held)):
            if key not in ("number", "version"):
                places.append((held, key))
            if isinstance(held[key], dict | list):
                walk(held[key])

    walk(said)
    held, key = draw(st.sampled_from(places))
    how = draw(st.sampled_from(["other", "gone", "more"]))
    if how == "gone":
        del held[key]
    elif how == "more" and isinstance(held, dict):
        held[draw(st.sampled_from(["argv", "start", "screen", "v", ""]))] = draw(STRANGE)
    else:
        held[key] = draw(STRANGE)
    return said


def fits(said: object) -> bool:
    return jsonschema.Draft202012Validator(schema(force.in_force())).is_valid(said)


def is_taken(said: dict[str, Any]) -> bool:
    try:
        taking.take(json.dumps(said).encode())
    except ReportRefused:
        return False
    return True


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=reports())
def test_whatever_fits_the_schema_is_taken(said: dict[str, Any]) -> None:
    said = said | {"number": number()}
    assert fits(said)
    assert is_taken(said)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=spoilt())
def test_what_is_taken_fits_the_schema_and_nothing_else(said: dict[str, Any]) -> None:
    said = copy.deepcopy(said) | {"number": number()}
    assert fits(said) == is_taken(said)


def test_the_schema_is_public_and_of_the_policy_in_force() -> None:
    answer = Client().get("/usage/v1/schema.json", secure=True)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/schema+json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    published = json.loads(answer.content)
    jsonschema.Draft202012Validator.check_schema(published)
    policy: Policy = force.in_force()
    assert published["properties"]["product"]["enum"] == list(policy.products)
    assert list(published["properties"]["days"]["items"]["properties"]["counts"]["properties"]) == list(events())
