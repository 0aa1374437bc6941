"""Appending and sequencing are killed before each of their steps; the log goes on as if nothing had been."""

from django.db import transaction

from tests.crash import kill_at_each_step
from upheld import ledger
from upheld.ledger import seen
from upheld.ledger.models import Entry
from upheld.policy.actors import Actor
from upheld.policy.acts import Act


def append_three() -> None:
    with transaction.atomic():
        for number in range(3):
            ledger.append(Act.LETTER_SEND, by=Actor.system("worker"), facts={"number": number})


def sequence() -> None:
    ledger.sequence()


def append_and_sequence() -> None:
    append_three()
    sequence()
    append_three()


def all_or_none_and_the_log_goes_on() -> None:
    assert Entry.objects.count() in (0, 3)
    append_and_sequence()
    assert ledger.verify().ok


def what_was_seen_is_never_ahead_of_the_log() -> None:
    known, newest = seen.last(), ledger.latest()
    assert newest is not None
    assert known is not None
    assert known.size <= newest.size
    assert ledger.verify().ok
    sequence()
    assert Entry.objects.waiting().count() == 0
    assert seen.last() == ledger.latest()
    assert ledger.verify().ok


def test_appending() -> None:
    assert kill_at_each_step(append_three, check=all_or_none_and_the_log_goes_on) == 4


def test_sequencing() -> None:
    steps = kill_at_each_step(sequence, before=append_and_sequence, check=what_was_seen_is_never_ahead_of_the_log)
    assert steps > 5
