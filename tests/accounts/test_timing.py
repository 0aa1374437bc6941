"""Nobody learns from a clock whether an address has an account: medians of many turns, known and unknown by turns."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.accounts.people import HERE, PASSWORD, VISITOR, someone
from upheld.accounts import limits, verbs

TURNS = {"sign_in": 25, "sign_up": 25, "ask_for_a_link": 8}
KNOWN, UNKNOWN = "ada@example.org", "bob@example.org"


@pytest.fixture(autouse=True)
def _as_in_an_instance(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person who signed up; letters to the folder; no limits, since we ask often."""
    settings.EMAIL_BACKEND = "upheld.contact.outbox.Outbox"
    monkeypatch.setattr(limits, "take", lambda asked: None)


def ask_for_a_link(email: str) -> object:
    return verbs.begin_reset(email=email, by=VISITOR, source=HERE)


def sign_in(email: str) -> object:
    return verbs.sign_in(email=email, password="wrong password", by=VISITOR, source=HERE)


def sign_up(email: str) -> object:
    return verbs.begin_sign_up(email=email, password=PASSWORD, by=VISITOR, source=HERE)


def seconds(verb: Callable[[str], object]) -> dict[str, list[float]]:
    spent: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    for turn in range(-2, TURNS[verb.__name__]):  # the first two warm up
        for email, times in spent.items():
            start = time.perf_counter()
            verb(email)
            times += [time.perf_counter() - start] * (turn >= 0)
    return spent


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("real_hashes")
@pytest.mark.parametrize("verb", [sign_in, sign_up, ask_for_a_link])
def test_known_and_unknown_take_as_long(verb: Callable[[str], object], settings: Any) -> None:
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.locmem.EmailBackend"
    someone(KNOWN)
    settings.EMAIL_BACKEND = backend
    spent = seconds(verb)
    known, unknown = (statistics.median(times) for times in spent.values())
    assert 0.75 < known / unknown < 1.33
