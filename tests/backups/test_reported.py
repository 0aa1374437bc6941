"""After a restore of an older copy no build reports again that was stopped, and nothing is back that was deleted."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.backups.restored import copy_data, copy_keys, restore
from tests.builds import reporting
from tests.builds.reporting import body, day, number, published, today
from tests.rights.conftest import Planted, ann, bob
from upheld import ledger
from upheld.backups import making
from upheld.builds import counting, numbers, possession, promises, publishing, releases, taking, weeks
from upheld.builds.errors import UnknownNumber
from upheld.builds.issuing import issue
from upheld.builds.models import Build, Counted, Figure, Release, Report
from upheld.builds.past import Past
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import verbs

__all__ = ["ann", "bob"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)
ANYONE = Actor.visitor()


@pytest.fixture(autouse=True)
def release() -> Iterator[Release]:
    with reporting.unlimited():
        yield published()


def reported(made: str) -> str:
    """One day counted and one that waits."""
    taking.take(body(made, day(2)))
    counting.count_due()
    taking.take(body(made, day(1)))
    return numbers.read(made)


def test_what_was_stopped_and_deleted_is_so_again(ann: Planted, bob: Planted, release: Release, tmp_path: Path) -> None:
    forgotten = reported(number())
    hers = reported(issue(release, to=ann.subject, by=ann.by).number)
    his = reported(issue(release, to=bob.subject, by=bob.by).number)
    stopped = reported(number())  # the last one: of the others all is counted
    data, keys = copy_data(), copy_keys()
    late = reported(issue(release, to=ann.subject, by=ann.by).number)  # of which the copy has no row
    possession.forget(forgotten, by=ANYONE)
    possession.stop(stopped, by=ANYONE)
    verbs.erase(ann.subject, by=ann.by)
    releases.withdraw(release, by=Actor.operator())
    done = restore(tmp_path, data=data, keys=keys)
    assert done.counts["builds"] == 7  # the release, two of strangers, and each of hers stopped and deleted
    assert Release.objects.get().withdrawn_at is not None
    assert possession.see(forgotten).days == ()
    assert possession.see(forgotten).erased_through == today()
    for signs in (stopped, hers, late):
        assert possession.see(signs).stopped
        with pytest.raises(UnknownNumber):
            taking.take(body(numbers.shown(signs)))
    assert possession.see(hers).days == possession.see(late).days == ()
    assert (len(possession.see(stopped).days), len(possession.see(his).days)) == (1, 2)
    left = {numbers.build_id(each) for each in (stopped, his)}
    assert set(Counted.objects.values_list("build", flat=True)) == left
    assert not Report.objects.exists()
    assert promises.products().upheld


def test_one_that_was_deleted_and_goes_on_is_counted_for_its_product(tmp_path: Path) -> None:
    data = copy_data()
    signs = reported(number())
    possession.forget(signs, by=ANYONE)
    restore(tmp_path, data=data)
    assert promises.products().upheld
    taking.take(body(numbers.shown(signs), day(0), day(-1)))
    counting.count_due()
    assert [each.day for each in possession.see(signs).days] == [today() + timedelta(days=1)]
    assert Build.objects.get().product == Counted.objects.get().product == "engine"


def test_a_week_that_was_published_is_not_made_again(release: Release, tmp_path: Path) -> None:
    data = copy_data()
    week = weeks.week_of(today() - timedelta(days=30))
    assert publishing.publish_week("engine", week) == 1
    done = restore(tmp_path, data=data)
    assert done.counts["figures"] == 1
    assert publishing.publish_week("engine", week) == 0
    assert set(Figure.objects.values_list("view", flat=True)) == {"active", "threshold"}
    assert not any(Figure.objects.values_list("blocks", flat=True))
    assert Past.before("engine", week + 1, 20).totals == {}
    assert publishing.publish_week("engine", week + 1) == 1
    assert promises.figures().upheld
    assert ledger.Entry.objects.filter(act=Act.FIGURES_PUBLISH).count() == 2


def test_the_key_of_numbers_is_in_every_backup() -> None:
    assert numbers.KEY in making.LASTING
