"""The record of what happened: written as the log grows, whole after any crash, and believed only when it is whole."""

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest
from django.db import transaction
from django.utils import timezone

from tests.backups import setting_back
from upheld import ledger
from upheld.backups import files, reading, record
from upheld.backups.errors import NoRecord, RecordDamaged, RecordForked, RecordMissing
from upheld.backups.reading import Log
from upheld.contact.models import Suppression
from upheld.ledger import keys, publishing, seen
from upheld.ledger.notes import Signer
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.vault import new_subject

pytestmark = pytest.mark.django_db(transaction=True)
IDENTITY = pyrage.x25519.Identity.generate()
SUBJECT = new_subject()


def seal(data: bytes) -> bytes:
    return pyrage.encrypt(data, [IDENTITY.to_public()])


def unseal(data: bytes) -> bytes:
    return pyrage.decrypt(data, [IDENTITY])


def grow(count: int) -> int:
    drafts = [ledger.Draft(Act.LETTER_SEND, Actor.system("worker"), SUBJECT, {"number": n}) for n in range(count)]
    with transaction.atomic():
        ledger.append_many(drafts)
    newest = ledger.sequence()
    assert newest is not None
    return newest.size


def read(folder: Path) -> Log | None:
    return reading.read(folder, verifier=keys.verifier(), unseal=unseal)


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_it_grows_with_the_log_and_is_the_same_as_one_written_at_once(tmp_path: Path) -> None:
    slowly, at_once = tmp_path / "slowly", tmp_path / "at once"
    for count in (1, 1, 253, 1, 1, 300):
        size = grow(count)
        record.write(slowly, seal=seal)
        log = read(slowly)
        assert log is not None
        assert log.size == size
    record.write(at_once, seal=seal)
    assert names(slowly) == names(at_once)
    for name in names(slowly):
        if not name.endswith(".age"):
            assert (slowly / name).read_bytes() == (at_once / name).read_bytes()


def test_its_public_part_is_what_anyone_may_fetch_and_the_rest_is_sealed(tmp_path: Path) -> None:
    grow(300)
    record.write(tmp_path, seal=seal)
    public = {name for name in names(tmp_path) if name.startswith("tile/")}
    assert public == {"tile/entries/000", "tile/entries/001.p/44", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"}
    assert all((tmp_path / name).read_bytes() == publishing.tile_bytes(name) for name in public)
    assert (tmp_path / "checkpoint").read_text() == publishing.checkpoint_text()
    for name in names(tmp_path):
        content = (tmp_path / name).read_bytes()
        assert str(SUBJECT).encode() not in content
        assert name.startswith(("tile/", "checkpoint", ".lock", "standing.state")) or content.startswith(b"age-enc")
    assert all((path.stat().st_mode & 0o77) == 0 for path in tmp_path.rglob("*") if path.is_file())


def test_killed_at_any_file_it_is_the_old_record_or_the_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grow(250)
    record.write(tmp_path, seal=seal)
    size, whole = grow(10), files.put
    step, done = 0, False
    while not done:
        step, left = step + 1, step

        def dies(path: Path, content: bytes, *, seal: files.Seal | None = None) -> None:
            nonlocal left
            if left == 0:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.with_name(f".new-{path.name}").write_bytes(content[: len(content) // 2])
                raise KeyboardInterrupt
            left -= 1
            whole(path, content, seal=seal)

        monkeypatch.setattr(files, "put", dies)
        try:
            record.write(tmp_path, seal=seal)
            done = True
        except KeyboardInterrupt:
            log = read(tmp_path)
            assert log is not None
            assert log.size == 250
    log = read(tmp_path)
    assert log is not None
    assert log.size == size
    assert step > 5


def test_it_never_goes_back(tmp_path: Path) -> None:
    grow(20)
    record.write(tmp_path, seal=seal)
    setting_back.log_back(10)
    record.write(tmp_path, seal=seal)
    log = read(tmp_path)
    assert log is not None
    assert log.size == 20


def test_what_stands_is_believed_of_this_log_and_its_newest_checkpoint_alone(tmp_path: Path) -> None:
    grow(5)
    digest, now = os.urandom(32), timezone.now()
    Suppression.objects.create(digest=digest, topic="news.specials", at=now)
    record.write(tmp_path, seal=seal)
    log, place = read(tmp_path), tmp_path / "standing.age"
    assert log is not None
    assert [(each.digest, each.topic, each.at) for each in log.standing.refused] == [(digest, "news.specials", now)]
    forged = f'{{"refused": [], "erasing": ["{SUBJECT}"]}}'
    older, stranger = place.read_bytes(), Signer.from_seed(keys.verifier().name, os.urandom(32))
    grow(1)
    record.write(tmp_path, seal=seal)
    (tmp_path / "standing").write_text(forged)
    log = read(tmp_path)
    assert log is not None
    assert not log.standing.erasing, "one in clear is not looked at"
    note = stranger.sign(f"upheld-standing/v1\n{keys.verifier().name}\n6\n{forged}\n").encode()
    for content in (older, seal(forged.encode()), seal(note)):
        place.write_bytes(content)
        with pytest.raises(RecordDamaged, match="standing"):
            read(tmp_path)
    place.unlink()
    with pytest.raises(RecordDamaged, match="standing is missing"):
        read(tmp_path)
    record.write(tmp_path, seal=seal)
    assert read(tmp_path), "the next one mends it"


def test_another_log_is_not_written_over_it(tmp_path: Path) -> None:
    fork(tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in names(tmp_path)}
    with pytest.raises(RecordForked, match="not of one log"):
        record.write(tmp_path, seal=seal)
    assert before == {name: (tmp_path / name).read_bytes() for name in names(tmp_path)}


def fork(folder: Path) -> None:
    """A record of 20 entries, and a database whose log differs from the tenth."""
    grow(20)
    record.write(folder, seal=seal)
    setting_back.log_back(10)
    seen.path().unlink()
    grow(15)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def other_words(folder: Path) -> None:
    packed = unseal((folder / "said/000.p/20.age").read_bytes())
    (folder / "said/000.p/20.age").write_bytes(seal(packed.replace(b'"number":7}', b'"number":8}')))


def another_key(folder: Path) -> None:
    note = Signer.from_seed(keys.verifier().name, os.urandom(32)).sign("\n".join(["x", "20", "AA==", ""]))
    (folder / "checkpoint").write_text(note)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda folder: flip(folder / "said/000.p/20.age"), "does not open"),
        (lambda folder: (folder / "said/000.p/20.age").unlink(), "is missing"),
        (
            lambda folder: (folder / "said/000.p/20.age").write_bytes(seal(b"x" * 40)),
            "said/000.p/20: an entry is cut off",
        ),
        (other_words, "do not lead to the root"),
        (another_key, "did not sign its checkpoint"),
        (lambda folder: (folder / "checkpoint").write_bytes(b"\xff"), "did not sign its checkpoint"),
    ],
)
def test_a_record_that_was_tampered_with_is_not_believed(
    damage: Callable[[Path], None], sentence: str, tmp_path: Path
) -> None:
    grow(20)
    record.write(tmp_path, seal=seal)
    damage(tmp_path)
    with pytest.raises(RecordDamaged, match=sentence):
        read(tmp_path)


def test_what_changes_after_it_was_found_whole_is_noticed(tmp_path: Path) -> None:
    grow(20)
    record.write(tmp_path, seal=seal)
    log = read(tmp_path)
    assert log is not None
    other_words(tmp_path)
    with pytest.raises(RecordDamaged, match="changed while it was read"):
        list(log.entries())


def best(*folders: Path, known: tuple[str, ...] = ()) -> Log | None:
    return reading.best(folders, verifier=keys.verifier(), unseal=unseal, known=known)


def test_the_longest_whole_record_is_taken(tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    grow(10)
    record.write(one, seal=seal)
    grow(10)
    record.write(two, seal=seal)
    shutil.copytree(two, three)
    (three / "said/000.p/20.age").unlink()
    log = best(one, tmp_path / "none", three, two)
    assert log is not None
    assert (log.folder, log.size) == (two, 20)
    assert [said.index for said in log.entries(17)] == [17, 18, 19]
    assert best(tmp_path / "none") is None
    with pytest.raises(RecordDamaged):
        best(three)
    with pytest.raises(RecordMissing, match=r"Entries 10 to 19 are missing.*said/000\.p/20 is missing"):
        best(one, three)
    (three / "checkpoint").write_text("damaged")
    with pytest.raises(RecordDamaged, match="did not sign its checkpoint"):
        best(one, three)


def test_a_record_that_is_named_is_there(tmp_path: Path) -> None:
    grow(1)
    record.write(tmp_path / "record", seal=seal)
    assert reading.named(tmp_path) == reading.named(tmp_path / "record") == tmp_path / "record"
    for place in (tmp_path / "none", tmp_path / "record" / "said", tmp_path / "record" / "checkpoint"):
        with pytest.raises(NoRecord, match="name the folder that has the file checkpoint in it"):
            reading.named(place)


def test_who_waited_for_a_record_that_was_replaced_writes_to_the_new_one(tmp_path: Path) -> None:
    """What a worker would add to the one of before is sealed to somebody else."""
    grow(1)
    place, waits = tmp_path / "record", threading.Event()

    def late() -> None:
        waits.set()
        with files.alone_in(place):
            (place / "late").touch()

    worker = threading.Thread(target=late)
    with files.alone_in(place):
        worker.start()
        waits.wait()
        place.rename(tmp_path / "old")
        place.mkdir(exist_ok=True)  # a worker that comes only now has made it
    worker.join()
    assert (place / "late").exists()
    assert record.write(place, seal=seal, to="age1somebody") is None
    assert not (place / "checkpoint").exists()


def test_a_missing_end_and_a_fork_are_refused(tmp_path: Path) -> None:
    grow(10)
    record.write(tmp_path / "old", seal=seal)
    grow(10)
    newest = publishing.checkpoint_text()
    with pytest.raises(RecordMissing, match="Entries 10 to 19 are missing"):
        best(tmp_path / "old", known=(newest,))
    with pytest.raises(RecordMissing, match="Entries 0 to 19 are missing"):
        best(known=(newest,))
    record.write(tmp_path / "new", seal=seal)
    assert best(tmp_path / "old", tmp_path / "new", known=(newest,)) is not None
    setting_back.log_back(15)
    seen.path().unlink()
    grow(3)
    with pytest.raises(RecordForked):
        best(tmp_path / "new", known=(publishing.checkpoint_text(),))
