"""The two who open an emergency, and who reviews it, are not one person with several addresses, nor close."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.people import Person
from tests.working import member
from upheld import vault
from upheld.cases import glass, relations
from upheld.cases.errors import NeedsAnother, NeedsAnotherReviewer, TooClose
from upheld.cases.models import Glass
from upheld.policy.actors import Actor
from upheld.policy.standing import MEMBERS
from upheld.staff import acting, inviting
from upheld.staff.models import Member

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db: None) -> Member:
    return member("administration", "support")


def hired(by: Actor, *jobs: str, ago: timedelta = timedelta(days=2)) -> Member:
    """Somebody whom `by` invited, and who joined so long ago."""
    one = inviting.invite(f"{vault.new_subject()}@staff.example.org", jobs=jobs, by=by).member
    Member.objects.filter(pk=one.pk).update(enrolled_at=timezone.now() - ago)
    return Member.objects.get(pk=one.pk)


def test_nobody_agrees_with_or_reviews_whom_they_invited_or_who_invited_them(person: Person, admin: Member) -> None:
    by = acting.as_staff(admin, MEMBERS)
    second, third = hired(by, "support"), hired(by, "privacy")
    asked = glass.ask(person.subject, reason="safety", by=admin)
    with pytest.raises(NeedsAnother):
        glass.agree(asked, by=second)
    with pytest.raises(NeedsAnother):
        glass.agree(glass.ask(person.subject, reason="safety", by=second), by=admin)
    glass.agree(asked, by=member("billing"))
    with pytest.raises(NeedsAnotherReviewer):
        glass.review(asked, outcome="justified", by=third)
    assert glass.review(asked, outcome="justified", by=member("privacy"))


def test_nobody_agrees_without_a_job_or_on_the_day_a_colleague_let_them_in(person: Person, admin: Member) -> None:
    asked = glass.ask(person.subject, reason="safety", by=member("support"))
    for other in (member(), hired(acting.as_staff(admin, MEMBERS), "billing", ago=timedelta(hours=23))):
        with pytest.raises(NeedsAnother):
            glass.agree(asked, by=other)
    assert glass.agree(asked, by=hired(Actor.operator(), "billing", ago=timedelta()))


def test_nobody_reviews_what_is_about_or_of_somebody_close(person: Person) -> None:
    asker, near, officer = member("support"), member("privacy"), member("privacy")
    asked = glass.ask(person.subject, reason="safety", by=asker)
    glass.agree(asked, by=member("billing"))
    relations.declare(near, address=f"{asker.pk}@staff.example.org", kind="relative")
    with pytest.raises(NeedsAnotherReviewer):
        glass.review(asked, outcome="justified", by=near)
    relations.declare(officer, address=person.email, kind="relative")
    with pytest.raises(TooClose):
        glass.review(asked, outcome="justified", by=officer)
    assert Glass.objects.get().reviewed_at is None
