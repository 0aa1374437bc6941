"""A member's own page: what they sign in with, and where they are signed in."""

import json

import pytest
from django.http import HttpResponse

from tests.accounts.authenticator import Authenticator
from tests.staff.conftest import Hire, Hired, new_device
from tests.web.conftest import Visitor
from tests.working import at_the_desk
from upheld.staff import passkeys
from upheld.staff.models import DeskSession, StaffPasskey

pytestmark = pytest.mark.django_db
ADDRESS, OWN = "rosa@staff.example.org", "/desk/me/"


@pytest.fixture
def hired(hire: Hire) -> Hired:
    return hire("billing")


@pytest.fixture
def browser(hired: Hired, visitor: Visitor) -> Visitor:
    at_the_desk(hired.member, visitor)
    return visitor


def adds(browser: Visitor, device: Authenticator) -> HttpResponse:
    made = device.make(browser.post(f"{OWN}passkeys/options/").content.decode())
    return browser.post(f"{OWN}passkeys/", {"name": "Telephone", "credential": made})


def test_shows_neither_name_nor_address(browser: Visitor, hired: Hired) -> None:
    text = browser.text(OWN)
    assert hired.member.pseudonym in text
    assert "Canary" not in text
    assert ADDRESS not in text


def test_a_passkey_is_added_and_removed_and_the_last_stays(browser: Visitor, hired: Hired) -> None:
    first = StaffPasskey.objects.get()
    remove = f"{OWN}passkeys/{first.pk}/remove/"
    assert browser.post(remove).status_code == 409
    assert adds(browser, new_device())["Location"] == OWN
    assert "Telephone" in browser.text(OWN)
    assert "Remove Laptop?" in browser.text(remove)
    assert browser.post(remove)["Location"] == OWN
    assert browser.post(remove).status_code == 404
    assert [name for _, name in passkeys.of(hired.member)] == ["Telephone"]


def test_what_a_browser_did_not_make_is_refused(browser: Visitor) -> None:
    browser.post(f"{OWN}passkeys/options/")
    answer = browser.post(f"{OWN}passkeys/", {"name": "x", "credential": json.dumps({"id": "x"})})
    assert answer.status_code == 422
    assert StaffPasskey.objects.count() == 1


def test_other_browsers_are_signed_out(browser: Visitor, hired: Hired) -> None:
    others = [at_the_desk(hired.member, Visitor()) for _ in range(3)]
    assert "Another browser" in browser.text(OWN)
    row = DeskSession.objects.exclude(pk=DeskSession.objects.order_by("id")[0].pk).order_by("id")[0]
    assert browser.post(f"{OWN}sessions/{row.pk}/end/")["Location"] == OWN
    assert [other.get(OWN).status_code for other in others] == [302, 200, 200]
    browser.post(f"{OWN}sessions/end/")
    assert [other.get(OWN).status_code for other in others] == [302, 302, 302]
    assert browser.get(OWN).status_code == 200


def test_nobody_ends_anothers(browser: Visitor, hire: Hire) -> None:
    other = at_the_desk(hire("shop", address="otto@staff.example.org").member, Visitor())
    row = DeskSession.objects.order_by("-id")[0]
    browser.post(f"{OWN}sessions/{row.pk}/end/")
    assert other.get(OWN).status_code == 200
