"""Work that comes round again."""

import threading

import pytest

from upheld.cli.periodic import Lane, Round, tell

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_verb_runs_when_it_is_due_and_not_before() -> None:
    ran: list[int] = []
    each = Round(60, lambda: ran.append(1))
    each.run_if_due()
    each.run_if_due()
    assert ran == [1]
    assert 59 < each.wait <= 60


def test_a_verb_that_fails_is_told_without_its_words_and_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    stopping = threading.Event()
    tries: list[int] = []

    def verb() -> None:
        tries.append(1)
        if len(tries) == 3:
            stopping.set()
        raise ValueError("ada@example.org")

    lane = Lane(((0.01, verb),), stopping)
    lane.run()
    said = capsys.readouterr().err
    assert len(tries) == 3
    assert said.count("ValueError at ") == 3
    assert "ada@example.org" not in said


def test_a_failure_without_a_place_is_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    tell("Something", ValueError("secret"))
    assert capsys.readouterr().err == "upheld: Something failed and is tried again: ValueError at ?\n"
