"""The way in to the desk, as browsers take it: invited, joined, signed in, out again."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from tests.accounts.authenticator import Authenticator
from tests.people import Person
from tests.staff.conftest import OPERATOR, Hire, invited, new_device, secret_in
from tests.web.conftest import Visitor
from tests.working import at_the_desk
from upheld.staff import leaving, passkeys, sessions
from upheld.staff.models import DeskSession
from upheld.staff.periods import IDLE_LASTS

pytestmark = pytest.mark.django_db
SIGN_IN, OWN = "/desk/sign-in/", "/desk/me/"
ADDRESS = "rosa@staff.example.org"
ELSEWHERE = ["//evil.example/", "https://evil.example/", "/account/", "/desk/..//evil", "/desk\\x"]


def joins(browser: Client, secret: str, device: Authenticator) -> HttpResponse:
    options = browser.post(f"/desk/join/{secret}/options/")
    made = device.make(options.content.decode())
    return browser.post(f"/desk/join/{secret}/", {"name": "Laptop", "credential": made})


def signs_in(browser: Client, device: Authenticator, after: str = "") -> HttpResponse:
    options = browser.post(f"{SIGN_IN}passkey/options/").content.decode()
    return browser.post(f"{SIGN_IN}passkey/{after}", {"credential": device.sign(options)})


def test_somebody_joins_by_the_link_and_is_signed_in(visitor: Visitor) -> None:
    made = invited(ADDRESS, "billing", name="Rosa Canary")
    secret = secret_in(made.link)
    text = visitor.text(f"/desk/join/{secret}/")
    assert made.member.pseudonym in text
    assert "Billing" in text
    assert "Canary" not in text
    assert ADDRESS not in text
    answer = joins(visitor, secret, new_device())
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    text = visitor.text(OWN)
    assert made.member.pseudonym in text
    assert "You have joined" in text
    assert "You have joined" not in visitor.text(OWN)


def test_a_link_that_is_over_says_so(visitor: Visitor) -> None:
    secret = secret_in(invited(ADDRESS, "billing").link)
    joins(visitor, secret, new_device())
    for path in (f"/desk/join/{secret}/", "/desk/join/nothing/"):
        answer = Visitor().get(path)
        assert answer.status_code == 410
        assert "Ask for another one" in answer.content.decode()


def test_looking_at_the_pages_leaves_no_session(visitor: Visitor) -> None:
    secret = secret_in(invited(ADDRESS, "billing").link)
    for path in (SIGN_IN, f"/desk/join/{secret}/"):
        assert visitor.get(path).status_code == 200
    assert not DeskSession.objects.exists()


def test_the_cookie_is_the_desks_alone(hire: Hire, visitor: Visitor) -> None:
    signs_in(visitor, hire("billing").device)
    cookie = visitor.cookies[sessions.COOKIE]
    assert (cookie["path"], cookie["samesite"]) == ("/desk/", "Strict")
    assert cookie["secure"]
    assert cookie["httponly"]


def test_a_passkey_signs_in_and_leads_on(hire: Hire, visitor: Visitor) -> None:
    hired = hire("billing")
    answer = visitor.get(OWN)
    assert answer["Location"] == f"{SIGN_IN}?next=%2Fdesk%2Fme%2F"
    answer = signs_in(visitor, hired.device, after="?next=/desk/me/")
    assert (answer.status_code, answer["Location"]) == (302, OWN)
    assert hired.member.pseudonym in visitor.text(OWN)
    assert visitor.get(SIGN_IN)["Location"] == "/desk/"


@pytest.mark.parametrize(
    "next", ["//evil.example/", "https://evil.example/", "/account/", "/desk/..//evil", "/desk\\x"]
)
def test_it_never_leads_elsewhere(hire: Hire, visitor: Visitor, next: str) -> None:
    assert signs_in(visitor, hire("billing").device, after=f"?next={next}")["Location"] == "/desk/"


def test_a_wrong_passkey_is_told_and_opens_nothing(hire: Hire, visitor: Visitor) -> None:
    hire("billing")
    answer = signs_in(visitor, new_device())
    assert answer.status_code == 422
    assert "could not be confirmed" in answer.content.decode()
    assert visitor.get(OWN).status_code == 302
    for credential in ("", "{}", "[", "null"):
        assert visitor.post(f"{SIGN_IN}passkey/", {"credential": credential}).status_code == 422


def test_signing_in_begins_a_new_session(hire: Hire, visitor: Visitor) -> None:
    device = hire("billing").device
    options = visitor.post(f"{SIGN_IN}passkey/options/").content.decode()
    before = visitor.cookies[sessions.COOKIE].value
    visitor.post(f"{SIGN_IN}passkey/", {"credential": device.sign(options)})
    assert visitor.cookies[sessions.COOKIE].value != before
    assert sessions.found(before) is None


def test_asking_for_passkeys_is_limited(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passkeys, "HERE", passkeys.limits.Limit("a_test", 2, 3600))
    asked = [Visitor().post(f"{SIGN_IN}passkey/options/").status_code for _ in range(3)]
    assert asked == [200, 200, 429]


def test_signing_out_ends_it(hire: Hire, visitor: Visitor) -> None:
    signs_in(visitor, hire("billing").device)
    cookie = visitor.cookies[sessions.COOKIE].value
    assert visitor.post("/desk/sign-out/")["Location"] == SIGN_IN
    assert sessions.found(cookie) is None
    assert visitor.get("/desk/sign-out/").status_code == 405


def test_a_customer_is_no_member_and_a_member_no_customer(hire: Hire, person: Person) -> None:
    assert Visitor().sign_in(person).get("/desk/")["Location"].startswith(SIGN_IN)
    clerk = at_the_desk(hire("billing").member, Visitor())
    assert clerk.get("/account/")["Location"].startswith("/sign-in/")


def test_whoever_leaves_is_out_with_their_next_click(hire: Hire, visitor: Visitor) -> None:
    hired = hire("billing")
    signs_in(visitor, hired.device)
    assert visitor.get(OWN).status_code == 200
    leaving.leave(hired.member, by=OPERATOR)
    assert visitor.get(OWN).status_code == 302
    assert signs_in(visitor, hired.device).status_code == 422


def test_half_an_hour_of_nothing_signs_out(hire: Hire, visitor: Visitor) -> None:
    signs_in(visitor, hire("billing").device)
    DeskSession.objects.update(seen_at=timezone.now() - IDLE_LASTS - timedelta(seconds=1))
    assert visitor.get(OWN).status_code == 302
