"""Password and code in place of a passkey, where the setting declares them."""

import time

import pyotp
import pytest
from pytest_django import Settings

from tests.desk.test_again import grown_old
from tests.staff.conftest import invited, secret_in
from tests.web.conftest import Visitor
from upheld.accounts import second_factor
from upheld.staff.models import Member

pytestmark = pytest.mark.django_db
ADDRESS, PASSWORD = "rosa@staff.example.org", "seven herons at dusk"
SIGN_IN, CONFIRM, OWN = "/desk/sign-in/", "/desk/confirm/", "/desk/me/"


@pytest.fixture
def secret(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(settings.HOME.settings, "staff.totp", 1)
    return secret_in(invited(ADDRESS, "billing").link)


@pytest.fixture
def app(secret: str, visitor: Visitor) -> pyotp.TOTP:
    join = f"/desk/join/{secret}/"
    assert visitor.post(f"{join}password/", {"password": PASSWORD})["Location"] == f"{join}code/"
    key = visitor.text(f"{join}code/").split('<p class="mono">')[1].split("</p>")[0].replace(" ", "")
    app = pyotp.TOTP(key)
    assert visitor.post(f"{join}code/", {"code": app.now()})["Location"] == "/desk/"
    return app


def later(app: pyotp.TOTP, monkeypatch: pytest.MonkeyPatch) -> str:
    """The next code: each serves once."""
    now = time.time() + 60
    monkeypatch.setattr(second_factor.time, "time", lambda: now)
    return app.at(int(now))


def test_both_sign_in(app: pyotp.TOTP, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, given = Visitor(), {"address": ADDRESS, "password": PASSWORD, "code": later(app, monkeypatch)}
    for wrong in ({"password": "no"}, {"code": "000000"}, {"address": "otto@staff.example.org"}):
        answer = browser.post(SIGN_IN, given | wrong)
        assert answer.status_code == 422
        assert "do not belong together" in answer.content.decode()
    assert browser.post(SIGN_IN, given)["Location"] == "/desk/"


def test_both_confirm(app: pyotp.TOTP, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    grown_old(visitor)
    code = later(app, monkeypatch)
    assert "Without a passkey" in visitor.text(CONFIRM)
    assert visitor.post(CONFIRM, {"password": "no", "code": code}).status_code == 422
    assert visitor.post(CONFIRM, {"password": PASSWORD, "code": code}).status_code == 302
    assert visitor.get(f"{OWN}passkeys/").status_code == 200


def test_a_weak_password_and_a_wrong_code_are_told(secret: str, visitor: Visitor) -> None:
    join = f"/desk/join/{secret}/"
    assert visitor.get(f"{join}code/")["Location"] == f"{join}password/"
    answer = visitor.post(f"{join}password/", {"password": "password"})
    assert answer.status_code == 422
    assert "too common" in answer.content.decode()
    visitor.post(f"{join}password/", {"password": PASSWORD})
    answer = visitor.post(f"{join}code/", {"code": "nonsense"})
    assert answer.status_code == 422
    assert "This is not the code" in answer.content.decode()
    assert not Member.objects.get().is_here


def test_without_the_setting_there_is_no_such_way(visitor: Visitor) -> None:
    secret = secret_in(invited(ADDRESS, "billing").link)
    assert "password" not in visitor.text(f"/desk/join/{secret}/").lower()
    assert "password" not in visitor.text(SIGN_IN).lower()
    assert visitor.get(f"/desk/join/{secret}/password/").status_code == 409
    assert visitor.post(SIGN_IN, {"address": ADDRESS, "password": "x", "code": "y"}).status_code == 409
