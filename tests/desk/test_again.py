"""What opens or changes something asks again who it is."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from tests.accounts.authenticator import Authenticator
from tests.staff.conftest import Hire, Hired
from tests.web.conftest import Visitor
from tests.working import at_the_desk
from upheld.staff.models import DeskSession
from upheld.staff.periods import PROOF_LASTS

pytestmark = pytest.mark.django_db
CONFIRM, OWN = "/desk/confirm/", "/desk/me/"


def grown_old(browser: Client) -> Client:
    """It is a while since they showed that it is them."""
    DeskSession.objects.update(proven_at=timezone.now() - PROOF_LASTS - timedelta(seconds=1))
    return browser


@pytest.fixture
def hired(hire: Hire) -> Hired:
    return hire("billing")


@pytest.fixture
def browser(hired: Hired, visitor: Visitor) -> Visitor:
    at_the_desk(hired.member, visitor)
    grown_old(visitor)
    return visitor


def confirms(browser: Visitor, device: Authenticator, after: str = "") -> HttpResponse:
    options = browser.post(f"{CONFIRM}options/").content.decode()
    return browser.post(f"{CONFIRM}{after}", {"credential": device.sign(options)})


def test_with_the_passkey_and_leads_back(browser: Visitor, hired: Hired) -> None:
    answer = browser.get(f"{OWN}passkeys/")
    assert answer["Location"] == f"{CONFIRM}?next=%2Fdesk%2Fme%2Fpasskeys%2F"
    assert browser.get(answer["Location"]).status_code == 200
    assert confirms(browser, hired.device, "?next=/desk/me/passkeys/")["Location"] == f"{OWN}passkeys/"
    assert browser.get(f"{OWN}passkeys/").status_code == 200


def test_another_members_passkey_will_not_do(browser: Visitor, hire: Hire) -> None:
    other = hire("billing", address="otto@staff.example.org")
    answer = confirms(browser, other.device)
    assert answer.status_code == 422
    assert "could not be confirmed" in answer.content.decode()
    assert browser.get(f"{OWN}passkeys/").status_code == 302


def test_a_form_leads_back_to_the_page_above_it(browser: Visitor) -> None:
    answer = browser.post(f"{OWN}passkeys/options/")
    assert answer["Location"] == f"{CONFIRM}?next=%2Fdesk%2Fme%2Fpasskeys%2F"


def test_a_part_of_a_page_has_the_whole_page_go(browser: Visitor) -> None:
    answer = browser.post(f"{OWN}passkeys/options/", HTTP_HX_REQUEST="true", HTTP_X_DESK_PAGE=OWN)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"{CONFIRM}?next=%2Fdesk%2Fme%2F")


def test_nothing_without_a_passkey_is_offered(browser: Visitor) -> None:
    assert "password" not in browser.text(CONFIRM).lower()
    assert browser.post(CONFIRM, {"password": "x", "code": "y"}).status_code == 409
