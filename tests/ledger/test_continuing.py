"""A log that was set back is brought forward with its own entries, from a record of them."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction

from tests.backups import setting_back
from upheld import ledger
from upheld.backups import reading, record
from upheld.backups.reading import Log
from upheld.ledger import continuing, keys, publishing, seen
from upheld.ledger.errors import ForkRefused, NoContinuation
from upheld.ledger.models import Checkpoint, Entry
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

pytestmark = pytest.mark.django_db(transaction=True)
BY = Actor.system("worker")


def append(count: int) -> list[Entry]:
    with transaction.atomic():
        return ledger.append_many([ledger.Draft(Act.LETTER_SEND, by=BY, facts={"number": n}) for n in range(count)])


def grow(count: int) -> int:
    append(count)
    newest = ledger.sequence()
    assert newest is not None
    return newest.size


def log_in(folder: Path) -> Log:
    record.write(folder, seal=None)
    log = reading.read(folder, verifier=keys.verifier(), unseal=None)
    assert log is not None
    return log


def said() -> list[tuple[int, UUID, bytes, bytes]]:
    return [(e.index, e.id, bytes(e.salt), bytes(e.body)) for e in Entry.objects.placed()]


@pytest.mark.parametrize(("before", "after"), [(0, 3), (3, 300), (256, 257), (300, 700), (512, 512)])
def test_every_entry_comes_back_as_it_was(before: int, after: int, tmp_path: Path) -> None:
    grow(after)
    log, whole = log_in(tmp_path), said()
    tiles = publishing.tile_bytes("tile/0/000") if after >= 256 else b""
    setting_back.log_back(before) if before else _empty()
    assert continuing.continue_with(log) == after - before
    assert said() == whole
    assert ledger.latest() == log.signed
    assert ledger.verify().ok
    assert not tiles or publishing.tile_bytes("tile/0/000") == tiles
    assert continuing.continue_with(log) == 0
    assert grow(2) == after + 2, "and it goes on from there"
    assert ledger.verify().ok


def _empty() -> None:
    Entry.objects.all().delete()
    setting_back.log_back(0)
    Checkpoint.objects.all().delete()


def test_what_waited_keeps_its_id_and_what_nobody_placed_keeps_waiting(tmp_path: Path) -> None:
    grow(5)
    known = append(3)
    copied = [Entry(id=e.id, act=e.act, body=e.body, salt=e.salt) for e in (*known, *append(2))]
    log_before_the_last_two = [e.id for e in copied[3:]]
    Entry.objects.filter(id__in=log_before_the_last_two).delete()
    grow(4)
    log = log_in(tmp_path)
    setting_back.log_back(5)
    for each in copied:
        each.save(force_insert=True)
    continuing.continue_with(log)
    assert [e.id for e in Entry.objects.waiting()] == log_before_the_last_two
    assert Entry.objects.filter(id__in=[e.id for e in known]).values_list("index", flat=True).count() == 3
    assert grow(0) == log.size + 2
    assert ledger.verify().ok


def test_killed_between_two_batches_it_is_continued_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(continuing, "BATCH", 100)
    grow(450)
    log, whole = log_in(tmp_path), said()
    setting_back.log_back(130)
    steps = continuing._take

    def dies(batch: object, start: int, signed: object) -> None:
        if start == 330:
            raise KeyboardInterrupt
        steps(batch, start, signed)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(continuing, "_take", dies)
    with pytest.raises(KeyboardInterrupt):
        continuing.continue_with(log)
    assert ledger.verify(known=ledger.latest()).entries == 330
    monkeypatch.setattr(continuing, "_take", steps)
    assert continuing.continue_with(log) == 120
    assert said() == whole
    assert ledger.verify().ok


def test_a_log_that_is_another_changes_nothing(tmp_path: Path) -> None:
    grow(20)
    log = log_in(tmp_path)
    setting_back.log_back(10)
    seen.path().unlink()
    grow(5)
    before = said()
    with pytest.raises(NoContinuation, match="not one log"):
        continuing.continue_with(log)
    assert said() == before


def test_a_log_that_is_behind_changes_nothing(tmp_path: Path) -> None:
    grow(20)
    log = log_in(tmp_path)
    grow(5)
    assert continuing.continue_with(log) == 0
    assert ledger.verify().entries == 25


def test_until_it_is_brought_forward_nothing_is_signed(tmp_path: Path) -> None:
    grow(20)
    log = log_in(tmp_path)
    setting_back.log_back(10)
    append(1)
    with pytest.raises(ForkRefused):
        ledger.sequence()
    continuing.continue_with(log)
    assert grow(0) == 21


def test_many_come_back_in_several_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(continuing, "BATCH", 1000)
    grow(3000)
    log = log_in(tmp_path)
    _empty()
    assert continuing.continue_with(log) == 3000 > 2 * continuing.BATCH
    assert json.loads(bytes(Entry.objects.get(index=2999).body))["facts"] == {"number": 2999}
