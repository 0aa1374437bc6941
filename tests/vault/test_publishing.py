"""Publishing a version: on record first, then in force."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.instance import POLICY
from upheld import ledger
from upheld.policy import Policy, force, load, loads
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.errors import AlreadyHeld, Refused
from upheld.vault import publishing
from upheld.vault.errors import Undeclared

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)

OPERATOR = Actor.operator()


@pytest.fixture(autouse=True)
def shop_policy(tmp_path: Path) -> Iterator[None]:
    """Exokit's instead: the one that this instance's models are declared in."""
    before = force.published().directory
    force.configure(tmp_path / "policy").add(load(POLICY))
    yield
    force.configure(before)


def version(days: int, *, without: str = "", notice: int = 0) -> Policy:
    """Exokit's policy, effective so many days from today, with one datum taken out."""
    day = datetime.now(UTC).date() + timedelta(days=days)
    lines = POLICY.read_text("utf-8").splitlines(keepends=True)
    text = "".join(line for line in lines if not (without and line.startswith(f"  {without}:")))
    text = text.replace(f", {without}", "") if without else text
    return loads(text.replace("effective: 2026-11-01", f"effective: {day}\nnotice: {notice}").encode())


def recorded() -> list[str]:
    entries = ledger.Entry.objects.filter(act=Act.POLICY_PUBLISH).order_by("id")
    return [entry.facts["digest"] for entry in entries]


def test_a_version_is_recorded_and_then_served() -> None:
    later = publishing.publish(version(30), by=OPERATOR)
    assert recorded() == [later.digest]
    assert force.published().versions()[-1] == later
    assert force.in_force() != later


def test_publishing_again_changes_nothing() -> None:
    later = publishing.publish(version(30), by=OPERATOR)
    publishing.publish(later, by=OPERATOR)
    assert recorded() == [later.digest]


def test_a_crash_between_record_and_file_is_mended_by_publishing_again() -> None:
    later = version(30)
    path = force.published().add(later)
    publishing.publish(later, by=OPERATOR)
    path.unlink()
    publishing.publish(later, by=OPERATOR)
    assert path.exists()
    assert recorded() == [later.digest]


def test_history_grows_at_its_end_only() -> None:
    publishing.publish(version(30), by=OPERATOR)
    with pytest.raises(AlreadyHeld):
        publishing.publish(version(20), by=OPERATOR)
    assert len(recorded()) == 1


def test_the_notice_that_was_promised_is_given() -> None:
    publishing.publish(version(0, notice=14), by=OPERATOR)
    with pytest.raises(publishing.TooSoon, match="14 days of notice"):
        publishing.publish(version(13), by=OPERATOR)
    publishing.publish(version(14), by=OPERATOR)


def test_what_is_held_cannot_become_undeclared() -> None:
    with pytest.raises(Undeclared, match="totp"):
        publishing.publish(version(30, without="totp"), by=OPERATOR)
    assert recorded() == []


def test_only_the_operator_publishes() -> None:
    with pytest.raises(Refused):
        publishing.publish(version(30), by=Actor.visitor())


def test_a_policy_that_is_not_on_record_is_not_enforced() -> None:
    with pytest.raises(publishing.Unrecorded):
        publishing.check_in_force()
    publishing.publish(force.in_force(), by=OPERATOR)
    assert publishing.check_in_force() == force.in_force()
