"""Killed anywhere, deleting leaves all that a build reported or none of it, and is done when it is asked for again."""

from tests.builds.reporting import body, day, number, published
from tests.crash import kill_at_each_step
from upheld.builds import counting, numbers, possession, taking
from upheld.builds.models import Build, Counted, Report
from upheld.home import Home
from upheld.ledger.models import Entry
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

ANYONE = Actor.visitor()


def let_it_report() -> None:
    """Two months counted, and one report that waits."""
    published()
    made = number()
    taking.take(body(made, day(45), day(1)))
    counting.count_due()
    taking.take(body(made, day(0)))
    (Home.here().folder / "told.txt").write_text(numbers.read(made))


def its() -> str:
    return (Home.here().folder / "told.txt").read_text()


def delete_and_stop_it() -> None:
    possession.forget(its(), by=ANYONE)
    possession.stop(its(), by=ANYONE)


def nothing_is_half_deleted() -> None:
    deleted = Entry.objects.filter(act=Act.BUILD_FORGET).exists()
    build = Build.objects.get()
    assert len(possession.see(its()).days) == (0 if deleted else 3)
    assert (build.erased_through is not None, bytes(build.weeks) == b"") == (deleted, deleted)
    assert build.stopped == Entry.objects.filter(act=Act.BUILD_STOP).exists()
    delete_and_stop_it()
    counting.count_due()
    assert not Counted.objects.exists()
    assert not Report.objects.exists()
    assert possession.see(its()).stopped


def test_deleting_survives_a_crash_anywhere() -> None:
    assert kill_at_each_step(delete_and_stop_it, before=let_it_report, check=nothing_is_half_deleted) > 5
