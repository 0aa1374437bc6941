"""A backup: two sealed files and the record, whole or not there, kept for their days and no longer."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest
from pytest_django import Settings

from tests.canaries import seen_in
from tests.rights.conftest import plant
from upheld import ledger
from upheld.backups import archive, keeping, making, manifest, reading, record, sealing, stores
from upheld.backups.errors import AlreadyBackingUp, BadRecipient, NoKey, NoProgram, OtherFolder, OtherPassphrase
from upheld.backups.making import Made
from upheld.home import Home
from upheld.ledger import keys
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

OPERATOR = Actor.operator()
VALUES = {"email": "ann.canary@example.org", "password": "Canary password of Ann", "device": "Canary device of Ann"}
Members = dict[str, bytes]


@pytest.fixture
def home(transactional_db: None, home: Home) -> Home:
    home.backup_key.unlink(missing_ok=True)
    sealing.ensure_key(home)
    return home


def members(path: Path, *identities: sealing.Identity) -> Members:
    with sealing.unsealed(path, identities) as content:
        return dict(archive.unpacked(content, path))


def opened(made: Made, home: Home) -> tuple[Members, Members]:
    identity = sealing.identity(home.backup_key)
    return members(made.data, identity), members(made.keys, identity)


def test_data_and_keys_are_sealed_apart_and_show_nobody(home: Home, tmp_path: Path) -> None:
    plant(VALUES)
    made = making.make(tmp_path / "here", keys=tmp_path / "there", by=OPERATOR)
    assert (made.data.parent, made.keys.parent) == (tmp_path / "here", tmp_path / "there")
    for path in (made.data, made.keys):
        assert path.read_bytes().startswith(sealing.MAGIC)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    data, keys = opened(made, home)
    assert {name.partition("/")[0] for name in data} == {"manifest.json", "policy", "store", "end"}
    assert {f"files/{name}" for name in ("root.key", "ledger.key", "web.key", "upheld.toml")} <= keys.keys()
    assert "files/backup.key" not in keys
    assert home.root_key.read_bytes().split()[-1] not in b"".join(data.values())
    # Whoever opens the age around them sees rows that are sealed all the same.
    for inside in (data, keys):
        assert not seen_in(b"".join(inside.values()), VALUES.values())
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or not seen_in(path.read_bytes(), VALUES.values()), path
    assert not list(home.folder.glob(".copy-*"))
    entry = ledger.Entry.objects.get(act=Act.BACKUP_MAKE)
    assert entry.facts == {"data": made.data.stem, "keys": made.keys.stem, "dropped": 0}


def test_a_passphrase_seals_an_identity_for_the_folder(home: Home, tmp_path: Path) -> None:
    made = making.make(tmp_path, by=OPERATOR, passphrase="correct horse")
    said = pyrage.passphrase.decrypt((tmp_path / "identity.age").read_bytes(), "correct horse").decode()
    (tmp_path / "opened").write_text(said)
    assert members(made.data, sealing.identity(tmp_path / "opened"))["manifest.json"]
    with pytest.raises(OtherPassphrase, match=r"identity\.age, to which the backups in that folder are sealed"):
        sealing.recipient(home, tmp_path, passphrase="wrong horse")


def test_the_recipient_of_the_settings_alone_opens(home: Home, tmp_path: Path, settings: Settings) -> None:
    auditor = pyrage.x25519.Identity.generate()
    settings.HOME = Home(home.folder)
    settings.HOME.__dict__["settings"] = {**home.settings, "backup.recipient": str(auditor.to_public())}
    made = making.make(tmp_path, by=OPERATOR)
    assert members(made.keys, auditor)["manifest.json"]
    with pytest.raises(Exception, match="Nothing here opens"):
        opened(made, home)
    settings.HOME.__dict__["settings"] = {**home.settings, "backup.recipient": "ann@example.org"}
    with pytest.raises(BadRecipient):
        making.make(tmp_path, by=OPERATOR)


def test_old_ones_go_and_the_newest_never_does(tmp_path: Path) -> None:
    days = (400, 366, 300, 40)
    for ago in days:
        (tmp_path / manifest.name_of("data", datetime.now(UTC) - timedelta(days=ago))).touch()
    (tmp_path / "data-notes.txt").touch()
    assert keeping.drop_old(tmp_path, "data", days=365) == 2
    assert keeping.drop_old(tmp_path, "data", days=14) == 1
    assert keeping.drop_old(tmp_path, "data", days=14) == 0
    assert len(list(tmp_path.iterdir())) == 2


def test_a_crash_leaves_nothing_that_looks_whole(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home.folder / ".copy-left").mkdir()
    (home.folder / ".copy-left" / "data.sqlite3").touch()
    tmp_path.joinpath(".data-20200101T000000Z.age.part").touch()
    with monkeypatch.context() as patched:
        patched.setattr(making.os, "replace", lambda *_: pytest.fail("the power went"))
        with pytest.raises(pytest.fail.Exception):
            making.make(tmp_path, by=OPERATOR)
    assert not list(tmp_path.glob("*.age"))
    making.make(tmp_path, by=OPERATOR)
    assert len(list(tmp_path.glob("*.age"))) == 2
    assert not [*tmp_path.glob(".*.part"), *home.folder.glob(".copy-*")]


def test_a_new_recipient_opens_all_of_the_record(home: Home, tmp_path: Path) -> None:
    making.make(tmp_path, by=OPERATOR)
    home.backup_key.unlink()
    sealing.ensure_key(home)
    making.make(tmp_path, by=OPERATOR)
    making.make(tmp_path, by=OPERATOR)
    opens = sealing.unseal([sealing.identity(home.backup_key)])
    log = reading.read(tmp_path / "record", verifier=keys.verifier(), unseal=opens)
    assert log
    assert len(list(log.entries())) == log.size == 2
    assert not list(tmp_path.glob("record.*"))


def test_a_reseal_that_dies_never_leaves_a_record_of_two_seals(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    making.make(tmp_path, by=OPERATOR)
    home.backup_key.unlink()
    sealing.ensure_key(home)
    rename = Path.rename
    for name in ("record", "record.new"):
        with monkeypatch.context() as patched:
            patched.setattr(
                Path, "rename", lambda at, to, dies=name: pytest.fail("power") if at.name == dies else rename(at, to)
            )
            with pytest.raises(pytest.fail.Exception):
                making.make(tmp_path, by=OPERATOR)
        ledger.sequence()
        to = sealing.recipient(home, tmp_path)
        record.write(tmp_path / "record", seal=sealing.seal(to), to=str(to))  # the worker's, each minute
    making.make(tmp_path, by=OPERATOR)
    opens = sealing.unseal([sealing.identity(home.backup_key)])
    assert reading.read(tmp_path / "record", verifier=keys.verifier(), unseal=opens)
    assert record.is_sealed_to(tmp_path / "record", str(sealing.recipient(home)))
    assert not list(tmp_path.glob("record.*"))


def test_it_says_what_is_in_the_way(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "origin").write_text("elsewhere.example/upheld-1\n")
    with pytest.raises(OtherFolder, match=r"of another instance, elsewhere\.example/upheld-1: name another folder"):
        making.make(tmp_path, by=OPERATOR)
    with making.locks.backing_up(home), pytest.raises(AlreadyBackingUp):
        making.make(tmp_path / "new", by=OPERATOR)
    if stores.engine() == "postgresql":
        monkeypatch.setattr(stores.programs, "_version", lambda alias: 99)
        with pytest.raises(NoProgram, match="apt-get install postgresql-client-99"):
            making.make(tmp_path / "new", by=OPERATOR)
    home.backup_key.unlink()
    with pytest.raises(NoKey, match="put it back from its safe place, or run upheld init"):
        making.make(tmp_path / "new", by=OPERATOR)


def test_the_worker_makes_one_a_day(home: Home, tmp_path: Path, settings: Settings) -> None:
    assert not making.make_due()  # no folder is set
    settings.HOME = Home(home.folder)
    settings.HOME.__dict__["settings"] = {**home.settings, "backup.folder": str(tmp_path)}
    assert making.make_due()
    assert not making.make_due()
    for path in tmp_path.glob("*.age"):
        path.rename(tmp_path / manifest.name_of(path.name[:4], datetime.now(UTC) - timedelta(hours=25)))
    assert making.make_due()
