"""A backup that is not whole, not ours, or not for here is refused before anything is changed."""

from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest

from upheld.backups import archive, making, manifest, opening, sealing, stores
from upheld.backups.errors import BackupError, Damaged, NewerBackup, NoBackup, NoIdentity, NotThisEngine, OtherInstance
from upheld.backups.making import Made
from upheld.home import Home
from upheld.ledger import keys as ledger_keys
from upheld.ledger.notes import Signer
from upheld.policy.actors import Actor

FORGER = Signer.from_seed("localhost/tests", bytes(32))


@pytest.fixture
def home(transactional_db: None, home: Home) -> Home:
    home.backup_key.unlink(missing_ok=True)
    sealing.ensure_key(home)
    return home


@pytest.fixture
def made(home: Home, tmp_path: Path) -> Made:
    return making.make(tmp_path, by=Actor.operator())


def reopened(home: Home, made: Made) -> opening.Backup:
    return opening.open_both(home, made.data, made.keys, identity=None, passphrase="")


def written(home: Home, path: Path, signer: Signer, **changes: object) -> None:
    """The same file with another manifest, sealed to the same recipient: whoever knows that can seal."""
    identity = sealing.identity(home.backup_key)
    with sealing.unsealed(path, [identity]) as content:
        (_, first), *rest = archive.unpacked(content, path)
    about = manifest.read(first, path)
    members: Iterator[archive.Member] = iter([each for each in rest if each[0] != archive.END])
    for name, value in changes.items():
        object.__setattr__(about, name, value)
    path.unlink()
    sealing.sealed_to(path, archive.packed(about, members, signer), identity.to_public())


def test_what_was_made_opens(home: Home, made: Made) -> None:
    backup = reopened(home, made)
    assert (backup.origin, backup.data.manifest.engine) == ("localhost/tests", stores.engine())
    assert backup.data.manifest.at <= backup.keys.manifest.at
    assert opening.find("data", made.data.parent) == made.data
    assert b"".join(backup.data.stream()).startswith(b"SQLite format 3" if stores.engine() == "sqlite" else b"PGDMP")


def test_every_byte_of_it_counts(home: Home, made: Made) -> None:
    whole = made.data.read_bytes()
    damaged = [whole[:-1], whole[: len(whole) // 2], whole[:30], b"", whole[:-100] + b"x" + whole[-99:], whole + b"x"]
    for content in damaged:
        made.data.write_bytes(content)
        with pytest.raises(Damaged, match="Take another one"):
            reopened(home, made)


def test_only_this_instance_signs_one(home: Home, made: Made) -> None:
    written(home, made.data, ledger_keys.signer())
    assert reopened(home, made)  # what it writes again is as good
    written(home, made.data, FORGER)
    with pytest.raises(Damaged, match="no key that is trusted here signed it"):
        reopened(home, made)


@pytest.mark.parametrize(
    ("changes", "refusal", "sentence"),
    [
        ({"origin": "elsewhere.example/upheld-1"}, OtherInstance, "belongs to the instance elsewhere"),
        ({"format": "upheld-backup/v2", "version": "9.0"}, NewerBackup, "was made by Upheld 9.0"),
        ({"format": "cake/v1"}, Damaged, "it is no backup of Upheld"),
        ({"kind": "keys"}, NoBackup, "There is no backup of the data in"),
    ],
)
def test_one_of_elsewhere_is_refused(
    home: Home, made: Made, changes: dict[str, object], refusal: type[BackupError], sentence: str
) -> None:
    written(home, made.data, ledger_keys.signer(), **changes)
    with pytest.raises(refusal, match=sentence):
        reopened(home, made)


def test_who_cannot_open_is_told_what_is_missing(home: Home, made: Made, tmp_path: Path) -> None:
    home.backup_key.unlink()
    with pytest.raises(NoIdentity, match="name the identity with --identity FILE"):
        reopened(home, made)
    other = tmp_path / "other.key"
    other.write_text(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(NoIdentity):
        opening.open_both(home, made.data, made.keys, identity=other, passphrase="")
    with pytest.raises(NoBackup, match="There is no backup of the key store in"):
        opening.open_both(home, made.data, home.folder, identity=other, passphrase="")


def test_a_passphrase_opens_what_it_sealed(home: Home, tmp_path: Path) -> None:
    made = making.make(tmp_path, by=Actor.operator(), passphrase="correct horse")
    home.backup_key.unlink()
    backup = opening.open_both(home, made.data.parent, None, identity=None, passphrase="correct horse")
    assert backup.data.path == made.data


def test_an_empty_folder_must_have_the_same_kind_of_database(home: Home, made: Made, tmp_path: Path) -> None:
    other = "sqlite" if stores.engine() == "postgresql" else "postgresql"
    written(home, made.data, ledger_keys.signer(), engine=other)
    with pytest.raises(NotThisEngine, match=f"was made on {other}"):
        opening.open_both(Home(tmp_path / "new"), made.data, made.keys, identity=home.backup_key, passphrase="")
