"""A log line says where the code failed, never what somebody typed."""

import logging
import sys

import pytest

from upheld.web.logs import Discreet

CANARY = "canary-7f3a@example.org"


def line(logger: str, message: str, *args: object, **extra: object) -> str:
    record = logging.LogRecord(logger, logging.ERROR, __file__, 1, message, args, None)
    record.__dict__.update(extra)
    return Discreet("%(levelname)s %(name)s: %(message)s").format(record)


def test_a_request_is_told_without_its_path() -> None:
    said = line("django.request", "Internal Server Error: %s", f"/reset/{CANARY}", status_code=500)
    assert said == "ERROR django.request: answered 500"


def test_an_exception_is_told_by_type_and_place() -> None:
    try:
        int(CANARY)
    except ValueError:
        record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "%s", (CANARY,), sys.exc_info())
    said = Discreet().format(record)
    assert "ValueError" in said
    assert "test_logs.py" in said
    assert CANARY not in said


@pytest.mark.parametrize("logger", ["django.db.backends", "django.security.DisallowedHost", "django.server"])
def test_djangos_other_words_are_left_out(logger: str) -> None:
    assert CANARY not in line(logger, f"Invalid: {CANARY} %s", CANARY)


def test_our_own_words_stay() -> None:
    assert line("upheld.contact", "a letter could not be sent") == "ERROR upheld.contact: a letter could not be sent"
