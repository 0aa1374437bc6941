"""Which version holds on a day, and that nothing published is ever changed unnoticed."""

import stat
import subprocess
import sys
from datetime import date

import pytest

from tests.policy.shop import changed, shop
from upheld.policy import PolicyError, force
from upheld.policy.errors import AlreadyHeld, NotConfigured, NothingPublished, Tampered, Unexpected
from upheld.policy.force import Published

FIRST = shop()
SECOND = shop(("2026-01-01", "2026-07-01"))


def test_the_latest_version_that_holds_is_in_force(tmp_path):
    published = Published(tmp_path / "policy")
    published.add(FIRST)
    published.add(SECOND)
    assert published.versions() == [FIRST, SECOND]
    assert published.in_force(date(2026, 6, 30)) == FIRST
    assert published.in_force(date(2026, 7, 1)) == SECOND
    assert published.in_force(date(2040, 1, 1)) == SECOND


def test_before_any_version_holds_the_first_is_in_force(tmp_path):
    published = Published(tmp_path)
    published.add(FIRST)
    assert published.in_force(date(2020, 1, 1)) == FIRST


def test_with_no_version_there_is_nothing_to_enforce(tmp_path):
    with pytest.raises(NothingPublished, match="No policy is published in"):
        Published(tmp_path / "none").in_force()


def test_a_version_is_a_public_file_named_by_date_and_digest(tmp_path):
    path = Published(tmp_path).add(FIRST)
    assert path.name == f"2026-01-01-{FIRST.digest[:16]}.md"
    assert path.read_bytes() == FIRST.text
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_publishing_the_same_again_changes_nothing(tmp_path):
    published = Published(tmp_path)
    before = published.add(FIRST).stat()
    after = published.add(FIRST).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    published.add(SECOND)
    published.add(FIRST)
    assert published.versions() == [FIRST, SECOND]


@pytest.mark.parametrize("day", ["2026-07-01", "2026-06-30"])
def test_history_grows_at_its_end_only(tmp_path, day):
    published = Published(tmp_path)
    published.add(SECOND)
    with pytest.raises(AlreadyHeld, match="A version that holds from 2026-07-01 is published already"):
        published.add(shop(("2026-01-01", day), ("We say how.", "We tell you how.")))
    assert published.versions() == [SECOND]


def test_a_version_changed_in_place_is_noticed(tmp_path):
    published = Published(tmp_path)
    path = published.add(FIRST)
    assert published.in_force() == FIRST
    path.write_text(changed(("We say how.", "We say nothing.")))
    with pytest.raises(Tampered, match="is not the version that was published under this name"):
        published.in_force()


def test_a_version_made_unreadable_is_an_error_and_not_skipped(tmp_path):
    published = Published(tmp_path)
    published.add(FIRST)
    published.add(SECOND).write_text("nonsense")
    with pytest.raises(PolicyError, match="A policy begins with a line of three dashes"):
        published.versions()


def test_a_stranger_among_the_versions_is_an_error(tmp_path):
    published = Published(tmp_path)
    published.add(FIRST)
    (tmp_path / "draft.md").write_text(changed())
    with pytest.raises(Unexpected, match=r"draft\.md does not belong among the published policies"):
        published.in_force()


def test_what_another_process_publishes_is_in_force_here(tmp_path, monkeypatch):
    monkeypatch.setattr(force, "_published", [])
    force.configure(tmp_path).add(FIRST)
    assert force.in_force() == FIRST
    draft = tmp_path.parent / "second.md"
    draft.write_bytes(SECOND.text)
    program = "import sys; from upheld.policy import force, load; force.Published(sys.argv[1]).add(load(sys.argv[2]))"
    subprocess.run([sys.executable, "-c", program, tmp_path, draft], check=True)
    assert force.published().in_force(date(2027, 1, 1)) == SECOND


def test_a_process_that_names_no_folder_enforces_nothing(monkeypatch):
    monkeypatch.setattr(force, "_published", [])
    with pytest.raises(NotConfigured, match="No folder of published policies is configured"):
        force.in_force()
