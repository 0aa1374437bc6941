"""A Maildir is emptied."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.mailbox.arriving import Room, letter
from upheld.mailbox.intake import maildir
from upheld.mailbox.intake.taking import PAUSES, Patience
from upheld.mailbox.reading import LARGEST


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    return Room.put(monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "Maildir" / name).mkdir(parents=True)
    return tmp_path / "Maildir"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_every_letter_is_taken_in_the_order_it_came_and_none_stays(room: Room, folder: Path) -> None:
    (folder / "new" / "2.host").write_bytes(letter(2))
    (folder / "cur" / "1.host:2,S").write_bytes(letter(1))
    (folder / "tmp" / "3.host").write_bytes(letter(3)[:20])  # not yet written to its end
    (folder / "new" / ".hidden").write_bytes(b"")
    assert maildir.empty(folder, Patience()) == 2
    assert room.taken == [letter(1), letter(2)]
    assert set(room.ways) == {"maildir"}
    assert [each.name for each in folder.rglob("*.host*")] == ["3.host"]


def test_the_folder_is_the_one_of_the_settings(room: Room, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert maildir.take_all() == 0
    monkeypatch.setitem(django_settings.HOME.settings, "mail.maildir", str(folder))
    (folder / "new" / "1.host").write_bytes(letter())
    assert maildir.take_all() == 1


def test_a_letter_that_fails_stays_and_holds_up_no_other(
    room: Room, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "new" / "1.host").write_bytes(letter(1, text="poison"))
    (folder / "new" / "2.host").write_bytes(letter(2))
    room.fails = {b"poison"}
    clock = Clock()
    patience = Patience(clock)
    assert maildir.empty(folder, patience) == 1
    assert maildir.empty(folder, patience) == 0
    assert room.taken == [letter(2)]
    assert caplog.text.count("ValueError at ") == 1  # it was not tried again at once
    assert "ada@" not in caplog.text
    room.fails.clear()
    clock.now = PAUSES[0]
    assert maildir.empty(folder, patience) == 1
    assert not list((folder / "new").iterdir())


def test_the_pauses_grow_and_end_with_the_letter() -> None:
    clock = Clock()
    patience = Patience(clock)
    for pause in (*PAUSES, PAUSES[-1]):
        patience.failed("1.host")
        clock.now += pause - 1
        assert not patience.may_try("1.host")
        clock.now += 1
        assert patience.may_try("1.host")
    patience.failed("1.host")
    patience.keep_only({"2.host"})
    assert patience.may_try("1.host")


def test_links_and_pipes_are_left_where_they_are(room: Room, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "secret"
    elsewhere.write_bytes(letter())
    (folder / "new" / "1.host").symlink_to(elsewhere)
    os.mkfifo(folder / "new" / "2.host")
    assert maildir.empty(folder, Patience()) == 0
    with pytest.raises(OSError, match="symbolic link"):
        maildir._read(folder / "new" / "1.host")
    with pytest.raises(OSError, match="no plain file"):
        maildir._read(folder / "new" / "2.host")
    assert elsewhere.read_bytes() == letter()


def test_a_folder_that_is_a_link_is_refused(room: Room, folder: Path, tmp_path: Path) -> None:
    (folder / "new").rename(tmp_path / "new")
    (folder / "new").symlink_to(tmp_path / "new")
    with pytest.raises(maildir.NoMaildir, match=r"There is no Maildir in .*Maildir"):
        maildir.empty(folder, Patience())


def test_a_folder_that_is_away_is_told_once_and_looked_for_later(tmp_path: Path, monkeypatch: Any) -> None:
    maildir.patience.cache_clear()
    monkeypatch.setitem(django_settings.HOME.settings, "mail.maildir", str(tmp_path / "none"))
    with pytest.raises(maildir.NoMaildir):
        maildir.take_all()
    assert maildir.take_all() == 0
    maildir.patience.cache_clear()


def test_a_letter_that_cannot_be_removed_is_told_and_holds_up_no_other(
    room: Room, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    unlink = Path.unlink

    def guarded(self: Path, missing_ok: bool = False) -> None:
        if self.name == "1.host":
            raise PermissionError(13, "Permission denied", str(self))
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", guarded)
    for number in (1, 2):
        (folder / "new" / f"{number}.host").write_bytes(letter(number))
    assert maildir.empty(folder, Patience()) == 1
    assert "PermissionError" in caplog.text
    assert [each.name for each in (folder / "new").iterdir()] == ["1.host"]


def test_no_more_is_read_of_a_letter_than_shows_that_it_is_too_large(room: Room, folder: Path) -> None:
    (folder / "new" / "1.host").write_bytes(letter() + b"x" * (2 * LARGEST))
    maildir.empty(folder, Patience())
    assert len(room.taken[0]) == LARGEST + 1
