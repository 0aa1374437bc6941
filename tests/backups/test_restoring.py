"""A restore of any mix of backups brings nobody back who was erased, and is not served before that is proven."""

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from tests.backups.acting import values
from tests.backups.world import World
from tests.canaries import seen_in
from upheld.backups import locks, sealing, stores
from upheld.backups.errors import InUse
from upheld.home import Home

Look = dict[str, dict[str, Any]]


class Story:
    """Ann is erased after the first backup, Eve after the last one; Bob refuses news, Zoe is new, in between."""

    def __init__(self) -> None:
        self.world = World.made()
        place = str(self.world.backups)
        found = self.world.act(
            *(["plant", name] for name in ("ann", "bob", "eve")), ["backup", place],
            ["erase", "ann"], ["refuse", "bob"], ["plant", "zoe"], ["rotate"], ["backup", place],
            ["erase_keys", "eve"], ["note", place],
        )  # fmt: skip
        self.first, self.second = (each for each in found if each)

    def restored(self, data: str, keys: str) -> tuple[World, str, Look]:
        world = World.empty(self.world)
        identity = str(self.world.home.backup_key)
        (code, said), found = world.act(["upheld", "restore", data, "--keys", keys, "--identity", identity], ["look"])
        assert code == 0, said
        return world, said, found


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    story = Story()
    yield story
    story.world.remove()


def nobody_is_back(world: World, found: Look) -> None:
    for name in ("ann", "eve"):
        assert (found[name]["email"], found[name]["device"]) == (None, None), name
        assert found[name]["erased"], name
        assert found[name]["left"] == 0, name
    for path in world.files():
        assert not seen_in(path.read_bytes(), [each for name in found for each in values(name).values()]), path


@pytest.mark.parametrize(("data", "keys"), [(0, 0), (0, 1), (1, 0), (1, 1)], ids=["old", "old data", "old keys", "new"])
def test_every_mix_keeps_the_erased_erased(story: Story, data: int, keys: int) -> None:
    made = (story.first, story.second)
    world, said, found = story.restored(made[data][0], made[keys][1])
    try:
        nobody_is_back(world, found)
        assert found["bob"]["email"] == values("bob")["email"]
        assert "news.specials" in found["bob"]["refused"]
        # Zoe came after the first backup: her rows are in the second data, and her key in the second key store.
        assert (found["zoe"]["email"] is not None) == (data == keys == 1)
        assert ("cannot be opened" in said) == (data > keys)
        assert not world.home.restoring.exists()
    finally:
        world.remove()


def test_in_place_it_is_finished_however_often_it_dies(world: World) -> None:
    """What happened since is in no copy of the record: the instance's own log is asked before it is replaced."""
    place = str(world.backups)
    replacing = ("upheld.backups.programs", "load") if world.on_server else ("upheld.backups.stores", "replace_file")
    deaths = [
        ("upheld.backups.keystore", "merge"), replacing, ("upheld.backups.replaying", "replay"),
        ("upheld.backups.proving", "prove"), ("upheld.backups.opening", "end"),
    ]  # fmt: skip
    _, _, _, (made, told), *_, looked, after, (code, said), found = world.act(
        *(["plant", name] for name in ("ann", "bob", "eve")), ["upheld", "backup", place],
        ["rotate"], ["erase", "ann"], ["erase_keys", "eve"], ["refuse", "bob"], ["correct", "bob", "Device of now"],
        ["look"], ["dies", place, *(each for death in deaths for each in death)],
        ["upheld", "restore", place], ["look"],
    )  # fmt: skip
    assert (made, told.count("\n")) == (0, 3), told
    assert f"They open with {world.home.backup_key}: keep a copy of it off this machine." in told
    assert looked["bob"]["device"] == "Device of now"
    for died, last_words, refused in after:
        assert died == -9, last_words
        assert "is not finished, so it is not served" in refused
    assert code == 0, said
    nobody_is_back(world, found)
    assert found["bob"]["email"] == values("bob")["email"]
    assert "news.specials" in found["bob"]["refused"]
    assert not list(world.home.folder.glob("restoring*"))


def test_an_empty_folder_becomes_an_instance_or_stays_empty(world: World) -> None:
    """A refusal leaves nothing; a crash forgets nobody; and the identity that was given goes on to open backups."""
    place, key = str(world.backups), str(world.home.backup_key)
    world.act(["plant", "ann"], ["plant", "bob"], ["upheld", "backup", place], ["suppress", "bob"], ["note", place])
    new = World.empty(world)
    try:
        options = ("--identity", key)
        aside = world.backups.with_name(f"{world.name}.aside")
        (world.backups / "record").rename(aside)
        code, said = new.act(["upheld", "restore", place, *options])
        assert (code, "is missing" in said or "are missing" in said) == (1, True), said
        code, said = new.act(["upheld", "restore", place, *options, "--record", place])
        assert (code, "There is no record of what happened" in said) == (1, True), said
        assert not new.home.folder.exists()
        again = ["restore", place, *options, "--record", str(aside)]
        (first, _), (second, _), (code, said), (made, told), refusals = new.act(
            ["kill", "upheld.backups.sealing", "unseal", *again],
            ["kill", "upheld.backups.replaying", "_refusals", *again],
            ["upheld", *again], ["upheld", "backup", place], ["suppressed"],
        )  # fmt: skip
        assert (first, second, code, made) == (-9, -9, 0, 0), said + told
        assert refusals == 1
        assert sealed_by(new.home.backup_key) == sealed_by(world.home.backup_key)
    finally:
        new.remove()
        shutil.rmtree(world.backups.with_name(f"{world.name}.aside"), ignore_errors=True)


def sealed_by(key: Path) -> str:
    return str(sealing.identity(key).to_public())


def test_who_is_at_work_must_stop_first(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with (home.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        with pytest.raises(InUse, match="stop upheld serve and every upheld worker"), locks.alone(home):
            pass
    with locks.alone(home):
        pass


def test_a_server_of_another_machine_is_noticed_by_its_database(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "PATIENCE", 0.2)
    other = connections["default"].copy()
    other.ensure_connection()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_entry")
        with pytest.raises(InUse):
            stores.check_unused()
    finally:
        other.close()
    if stores.engine() == "sqlite":
        stores.check_unused()
