"""Each use of a person's data that can be stopped is stopped and allowed again by one button."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone

from tests.people import Person
from tests.rights.requesting import CONFIRM, last, secret
from tests.web.buying import Buyer, guest, processor, started, text, typed  # noqa: F401 - fixtures
from tests.web.conftest import Visitor
from upheld import ledger, vault
from upheld.contact import verbs as contact
from upheld.policy import force
from upheld.policy.actors import Actor, Case
from upheld.policy.acts import Act
from upheld.rights.models import Request, State
from upheld.vault import restricting
from upheld.vault.errors import Restricted

pytestmark = pytest.mark.django_db(transaction=True)
USES = "/account/uses/"


def test_each_use_that_can_be_stopped_is_listed_with_its_why(member: Visitor) -> None:
    policy, page = force.in_force(), member.text(USES)
    names = restricting.may_be(policy)
    assert names
    for name in names:
        assert policy.purposes[name].title in page
        assert f'name="stop" value="{name}"' in page
    for name in restricting.NEVER:
        assert f'value="{name}"' not in page
    assert f'href="{USES}"' in member.text("/account/requests/")
    assert f'href="{USES}"' in member.text("/account/choices/")
    assert '<a href="/account/requests/" aria-current="true">' in page
    assert page.count("aria-current") == 1


def test_one_is_stopped_at_once_and_allowed_again(
    person: Person, member: Visitor, letters: Callable[[], list[EmailMessage]]
) -> None:
    name = restricting.may_be(force.in_force())[0]
    page = member.post(USES, {"stop": name}, follow=True).content.decode()
    assert "From now on your data are not used for it." in page
    assert f'name="allow" value="{name}"' in page
    assert f'name="stop" value="{name}"' not in page
    assert restricting.restricted(person.subject) == {name}
    contact.deliver_due()
    assert person.email not in last(letters)
    with pytest.raises(Restricted):
        restricting.refuse_restricted([person.subject], name)
    before = ledger.Entry.objects.filter(act=Act.RESTRICTION_PLACE).count()
    assert "It was stopped before." in member.post(USES, {"stop": name}, follow=True).content.decode()
    assert ledger.Entry.objects.filter(act=Act.RESTRICTION_PLACE).count() == before, "twice is once"
    page = member.post(USES, {"allow": name}, follow=True).content.decode()
    assert "Your data may be used for it again." in page
    assert restricting.restricted(person.subject) == frozenset()


def test_all_of_them_in_one_step(person: Person, member: Visitor) -> None:
    member.post(USES, {"stop": "all"})
    assert restricting.restricted(person.subject) == set(restricting.may_be(force.in_force()))
    for path in ("/account/", "/account/data/", "/account/orders/", "/account/requests/", USES):
        assert member.get(path).status_code == 200, path
    member.post(USES, {"allow": "all"})
    assert restricting.restricted(person.subject) == frozenset()


def test_what_cannot_be_stopped_is_refused(person: Person, member: Visitor, visitor: Visitor) -> None:
    for given in ({}, {"stop": ""}, {"stop": "access"}, {"stop": "sign_in"}, {"stop": "x\x00"}, {"allow": "erasure"}):
        assert member.post(USES, given).status_code == 400, given
    assert visitor.post(USES, {"stop": "all"})["Location"].startswith("/sign-in/")
    assert restricting.restricted(person.subject) == frozenset()
    assert member.generic("PUT", USES).status_code == 405


def test_a_guest_has_the_same_pages_and_needs_no_link_for_their_rights(guest: Buyer) -> None:  # noqa: F811 - a fixture
    order = guest.buy(guest.shop.licence)
    guest.browser.get(guest.link("mine"))
    name = restricting.may_be(force.in_force())[0]
    assert "Stopped" in text(guest.browser.post(USES, {"stop": name}, follow=True))
    assert restricting.restricted(order.subject) == {name}
    assert guest.browser.get("/rights/")["Location"] == "/account/requests/"
    Visitor().post("/rights/", {"email": guest.email, "rights": "access"})
    contact.deliver_due()
    page = text(Visitor().post(f"/rights/confirm/{secret(CONFIRM, last(guest.letters))}/", {"mine": "yes"}))
    assert "to see what we hold about you" in page
    assert Request.objects.get(subject=order.subject).state == State.IN_PROGRESS
    assert "See what is held" in guest.browser.text("/account/requests/")


def test_one_that_staff_are_ending_says_when(person: Person, member: Visitor) -> None:
    name = restricting.may_be(force.in_force())[0]
    member.post(USES, {"stop": name})
    case = Case("rights_request", vault.new_subject(), person.subject)
    staff = Actor.staff(case.id, job="privacy", case=case)
    restricting.end_on(person.subject, [name], at=timezone.now() + timedelta(days=3), by=staff)
    page = member.text(USES)
    assert "It is allowed again on" in page
    member.post(USES, {"stop": name})
    assert "It is allowed again on" not in member.text(USES)
