"""Whoever holds a number sees, stops and deletes what its build reported."""

from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import patch

import pytest

from tests.builds import reporting
from tests.builds.reporting import body, day, number, published, today
from tests.people import Person
from upheld.builds import counting, numbers, possession, taking
from upheld.builds.errors import UnknownNumber
from upheld.builds.issuing import issue
from upheld.builds.models import Build, Counted, Release, Report
from upheld.ledger.models import Entry
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

pytestmark = pytest.mark.django_db
ANYONE = Actor.visitor()


@pytest.fixture(autouse=True)
def _unlimited() -> object:
    with reporting.unlimited():
        yield


def reported(*days: dict[str, object], count: bool = True) -> str:
    """The signs of a build that has reported."""
    made = number()
    taking.take(body(made, *days))
    if count:
        counting.count_due()
    return numbers.read(made)


def test_what_was_reported_is_seen_day_by_day_counted_or_not() -> None:
    published()
    signs = reported(day(2), day(1, {"start": 5}))
    taking.take(body(numbers.shown(signs), day(0, {"crash": {"memory": 1}})))
    seen = possession.see(signs)
    assert [(each.day, each.counts) for each in seen.days] == [
        (today(), {"crash": {"memory": 1}}),
        (today() - timedelta(days=1), {"start": 5}),
        (today() - timedelta(days=2), {"start": 3, "display": {"webvr": 1}}),
    ]
    assert seen.as_json()["days"][0] == day(0, {"crash": {"memory": 1}})
    assert (seen.number, seen.stopped, seen.erased_through) == (numbers.shown(signs), False, None)


def test_a_number_that_never_reported_is_seen_empty_and_a_made_up_one_is_refused() -> None:
    assert possession.see(numbers.read(number())).days == ()
    for verb in (possession.see, lambda signs: possession.stop(signs, by=ANYONE)):
        with pytest.raises(UnknownNumber):
            verb("0" * 25)
    with pytest.raises(UnknownNumber):
        possession.forget("0" * 25, by=ANYONE)
    assert not Build.objects.exists()


def test_a_stopped_build_reports_no_more_not_even_what_waits() -> None:
    published()
    signs = reported(day(3))
    taking.take(body(numbers.shown(signs), day(1)))
    possession.stop(signs, by=ANYONE)
    possession.stop(signs, by=ANYONE)
    counting.count_due()
    with pytest.raises(UnknownNumber):
        taking.take(body(numbers.shown(signs), day(0)))
    seen = possession.see(signs)
    assert seen.stopped
    assert [each.day for each in seen.days] == [today() - timedelta(days=3)]
    assert Entry.objects.filter(act=Act.BUILD_STOP).count() == 1


def test_a_build_that_never_reported_can_be_stopped() -> None:
    published()
    made = number()
    possession.stop(numbers.read(made), by=ANYONE)
    with pytest.raises(UnknownNumber):
        taking.take(body(made))


def test_what_is_deleted_is_gone_and_does_not_come_back_when_it_is_sent_again() -> None:
    published()
    signs = reported(day(40), day(1), day(-1))
    taking.take(body(numbers.shown(signs), day(0)))
    possession.forget(signs, by=ANYONE)
    assert not Counted.objects.exists()
    assert not Report.objects.exists()
    assert bytes(Build.objects.get().weeks) == b""
    assert possession.see(signs).erased_through == today() + timedelta(days=1), "it told of tomorrow"
    taking.take(body(numbers.shown(signs), day(40), day(1), day(0), day(-1)))
    assert possession.see(signs).days == ()
    counting.count_due()
    assert possession.see(signs).days == ()
    assert not Counted.objects.exists()


def test_another_builds_reports_stay() -> None:
    published()
    mine, other = reported(day(1)), reported(day(1))
    possession.forget(mine, by=ANYONE)
    possession.stop(mine, by=ANYONE)
    assert len(possession.see(other).days) == 1
    assert not possession.see(other).stopped


def test_the_ledger_names_the_build_and_nobody_whoever_asks(person: Person) -> None:
    signs = reported_by(person)
    possession.stop(signs, by=person.me)
    possession.forget(signs, by=person.me)
    assert entries() == [(Act.BUILD_STOP, told(signs)), (Act.BUILD_FORGET, told(signs, through=today()))]
    possession.forget(signs, by=ANYONE)
    possession.forget_all(person.subject)
    assert len(entries()) == 2, "there was nothing left to stop or to delete"


def test_an_erasure_has_entries_for_each_build_in_the_order_of_ids(person: Person) -> None:
    found = sorted((reported_by(person) for _ in range(4)), key=numbers.build_id)
    possession.forget_all(person.subject)
    assert entries()[::2] == [(Act.BUILD_STOP, told(each)) for each in found]
    assert entries()[1::2] == [(Act.BUILD_FORGET, told(each, through=today())) for each in found]


def told(signs: str, **more: date) -> dict[str, str]:
    days = {name: day.isoformat() for name, day in more.items()}
    return {"build": f"{numbers.build_id(signs):016x}"} | days


def entries() -> list[tuple[str, dict[str, str]]]:
    """Those about builds: none is about a person, or by one."""
    found = Entry.objects.filter(act__in=[Act.BUILD_STOP, Act.BUILD_FORGET]).order_by("id")
    assert all(each.subject is None and each.by == {"kind": "visitor"} for each in found), [each.by for each in found]
    return [(each.act, each.facts) for each in found]


def reported_by(person: Person, *, handed_on: bool = False) -> str:
    given = issue(Release.objects.first() or published(), to=person.subject, by=person.me, handed_on=handed_on)
    taking.take(body(given.number))
    counting.count_due()
    return numbers.read(given.number)


def test_all_of_a_persons_own_builds_are_stopped_and_deleted_and_may_be_again(person: Person) -> None:
    signs = reported_by(person)
    assert possession.forget_all(person.subject) == 1
    assert possession.forget_all(person.subject) == 1
    seen = possession.see(signs)
    assert (seen.days, seen.stopped) == ((), True)


def test_what_they_handed_on_stays(person: Person) -> None:
    signs = reported_by(person, handed_on=True)
    assert possession.forget_all(person.subject) == 0
    seen = possession.see(signs)
    assert (len(seen.days), seen.stopped) == (1, False)


def test_of_a_product_that_the_policy_names_no_more_it_is_seen_stopped_and_deleted(person: Person) -> None:
    signs, held = reported_by(person), force.in_force()
    products = tuple(each for each in held.products if each != "engine")
    with patch.object(force, "in_force", return_value=replace(held, products=products)):
        assert len(possession.see(signs).days) == 1
        assert possession.forget_all(person.subject) == 1
        seen = possession.see(signs)
    assert (seen.days, seen.stopped) == ((), True)
