"""Several processes write and sequence at once: no entry is lost, doubled or moved."""

import subprocess
import sys
from collections import Counter

import pytest
from django.db import connection, transaction

from upheld import ledger
from upheld.ledger.models import Checkpoint, Entry
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, EACH = 4, 100

WRITER = """
import django, sys
django.setup()
from django.db import transaction
from upheld import ledger
from upheld.policy.acts import Act
from upheld.policy.actors import Actor
for number in range(int(sys.argv[2])):
    with transaction.atomic():
        ledger.append(Act.LETTER_SEND, by=Actor.system("writer" + sys.argv[1]), facts={"number": number})
        if number % 5 == 4:
            transaction.set_rollback(True)
    if number % 7 == 0:
        ledger.sequence()
"""


def start(writer: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-W", "error", "-c", WRITER, str(writer), str(EACH)]
    return subprocess.Popen(command)


def test_several_writers_and_sequencers() -> None:
    writers = [start(n) for n in range(WRITERS)]
    places: dict[object, int] = {}
    while any(writer.poll() is None for writer in writers):
        now = dict(Entry.objects.placed().values_list("id", "index"))
        assert places.items() <= now.items()  # a place once seen stays
        places = now
        found = ledger.verify()  # what is at work meanwhile is no tampering
        assert found.ok, found.problem
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    ledger.sequence()
    kept = EACH - EACH // 5
    names = Counter(entry.by["name"] for entry in Entry.objects.all())
    assert names == {f"writer{n}": kept for n in range(WRITERS)}
    assert list(Entry.objects.placed().values_list("index", flat=True)) == list(range(WRITERS * kept))
    assert Checkpoint.objects.count() > 1
    found = ledger.verify()
    assert found.ok, found.problem
    assert found.entries == WRITERS * kept


def test_one_that_commits_late_gets_a_later_place() -> None:
    """On PostgreSQL an older id may become visible after a newer one was placed."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    late = WRITER.replace(
        "        if number % 5 == 4:", "        print('written', flush=True); sys.stdin.readline()\n        if False:"
    )
    slow = subprocess.Popen(
        [sys.executable, "-c", late, "slow", "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert slow.stdout is not None
    assert slow.stdout.readline() == "written\n"
    with transaction.atomic():
        newer = ledger.append(Act.LETTER_SEND, by=Actor.system("fast"))
    ledger.sequence()
    slow.communicate("go on\n", timeout=120)
    ledger.sequence()
    older = Entry.objects.exclude(id=newer.id).get()
    assert older.id < newer.id
    assert Entry.objects.get(id=newer.id).index == 0
    assert older.index == 1
    assert ledger.verify().ok
