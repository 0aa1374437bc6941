"""An account is given some builds in a month, and none of a release of which there is no file."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from tests.builds.reporting import published
from tests.people import Person
from upheld.builds import allowing
from upheld.builds.errors import FileMissing, TooManyBuilds
from upheld.builds.issuing import issue
from upheld.builds.models import Issued
from upheld.ledger.models import Entry
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("handed_on", [False, True])
def test_an_account_is_given_some_builds_in_a_month(person: Person, handed_on: bool) -> None:
    release, most = published(), 5
    assert (allowing.MOST_OWN, allowing.MOST_HANDED_ON) == (5, 100)
    with patch.object(allowing, "MOST_HANDED_ON", most):
        for _ in range(most):
            issue(release, to=person.subject, by=person.me, handed_on=handed_on)
        for by in (person.me, Actor.operator()):
            with pytest.raises(TooManyBuilds, match="Download one of those again"):
                issue(release, to=person.subject, by=by, handed_on=handed_on)
        assert Issued.objects.count() == most
        assert issue(release, to=person.subject, by=person.me, handed_on=not handed_on).number
        later = timezone.now() + allowing.PERIOD + timedelta(minutes=1)
        with patch.object(timezone, "now", return_value=later):
            allowing.check(release, to=person.subject, handed_on=handed_on)


def test_no_number_is_given_of_a_release_whose_file_is_missing(person: Person) -> None:
    release = published()
    type(release).objects.update(address="")
    release.refresh_from_db()
    with pytest.raises(FileMissing, match="is missing"):
        issue(release, to=person.subject, by=person.me)
    assert not Issued.objects.exists()
    assert not Entry.objects.filter(act=Act.BUILD_ISSUE).exists()


def test_the_newest_build_of_their_own_is_the_one_that_they_have(person: Person) -> None:
    release, other = published(), published(version="1.3.0")
    issue(release, to=person.subject, by=person.me, handed_on=True)
    assert allowing.had(release, person.subject) is None
    _, newest = (issue(release, to=person.subject, by=person.me) for _ in range(2))
    assert allowing.had(release, person.subject) == newest.row
    assert allowing.had(other, person.subject) is None
