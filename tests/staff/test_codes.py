import time

import pyotp
import pytest
from pytest_django import Settings

from tests.staff.conftest import Hire, invited, secret_in
from upheld.accounts import second_factor
from upheld.accounts.answers import TooMany, WrongCode
from upheld.accounts.errors import PasswordUnfit
from upheld.policy.actors import Actor
from upheld.staff import codes, enrolling
from upheld.staff.codes import WrongTogether
from upheld.staff.errors import CodesNotDeclared
from upheld.staff.models import Member, StaffTotp

pytestmark = pytest.mark.django_db
ADDRESS, PASSWORD, HERE = "rosa@staff.example.org", "seven herons at dusk", "192.0.2.7"


class Clock:
    now = time.time()

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(second_factor, "time", clock)
    return clock


@pytest.fixture
def declared(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.HOME.settings, "staff.totp", 1)


@pytest.fixture
def secret() -> str:
    return secret_in(invited(ADDRESS, "billing").link)


@pytest.fixture
def app(declared: None, clock: Clock, secret: str) -> pyotp.TOTP:
    """The app of somebody who has joined with it; the clock has moved on, so that the next code is another."""
    app = pyotp.TOTP(enrolling.begin_codes(secret, password=PASSWORD).secret)
    assert isinstance(enrolling.by_code(secret, code=app.at(int(clock.now))), Member)
    clock.now += 60
    return app


def tries(code: str, *, address: str = ADDRESS, password: str = PASSWORD) -> Member | WrongTogether | TooMany:
    return codes.answered(address=address, password=password, code=code, source=HERE)


def test_it_takes_the_declaration_to_join_by_password_and_code(secret: str) -> None:
    with pytest.raises(CodesNotDeclared, match="sign in with a passkey"):
        enrolling.begin_codes(secret, password=PASSWORD)
    with pytest.raises(CodesNotDeclared):
        tries("000000")
    assert not StaffTotp.objects.exists()


def test_password_and_code_together_sign_in(app: pyotp.TOTP, clock: Clock) -> None:
    member = tries(app.at(int(clock.now)), address=ADDRESS.upper())
    assert isinstance(member, Member)
    assert member.is_here


def test_neither_alone_does(app: pyotp.TOTP, clock: Clock) -> None:
    for answer in (
        tries(""),
        tries("000000"),
        tries(app.at(int(clock.now)), password="seven herons at dawn"),
        tries(app.at(int(clock.now)), address="otto@staff.example.org"),
        tries(app.at(int(clock.now)), address="no address"),
    ):
        assert isinstance(answer, WrongTogether)


def test_a_code_serves_once(app: pyotp.TOTP, clock: Clock) -> None:
    assert isinstance(tries(app.at(int(clock.now))), Member)
    assert isinstance(tries(app.at(int(clock.now))), WrongTogether)


def test_they_end_with_the_declaration(app: pyotp.TOTP, clock: Clock, settings: Settings) -> None:
    settings.HOME.settings["staff.totp"] = 0
    with pytest.raises(CodesNotDeclared):
        tries(app.at(int(clock.now)))


def test_guessing_is_limited(app: pyotp.TOTP, clock: Clock) -> None:
    assert [type(tries("000000")) for _ in range(9)] == [WrongTogether] * 8 + [TooMany]


def test_a_wrong_first_code_does_not_join(declared: None, clock: Clock, secret: str) -> None:
    app = pyotp.TOTP(enrolling.begin_codes(secret, password=PASSWORD).secret)
    assert isinstance(enrolling.by_code(secret, code="nonsense"), WrongCode)
    again = codes.begun(Member.objects.get())
    assert again is not None
    assert again.secret == app.secret
    assert isinstance(enrolling.by_code(secret, code=app.at(int(clock.now))), Member)


def test_a_weak_password_is_refused(declared: None, secret: str) -> None:
    with pytest.raises(PasswordUnfit):
        enrolling.begin_codes(secret, password="password")


def test_somebody_without_a_passkey_keeps_them(app: pyotp.TOTP) -> None:
    member = Member.objects.get()
    assert not codes.remove(member, by=Actor.staff(member.pk, job=""))
    assert codes.has(member)


def test_somebody_with_a_passkey_may_be_without(app: pyotp.TOTP, hire: Hire) -> None:
    rosa, other = Member.objects.get(address_digest=codes.digest(ADDRESS)), hire("shop", address="o@staff.example.org")
    other.member.staffpasskey_set.update(member=rosa)
    assert codes.remove(rosa, by=Actor.staff(rosa.pk, job=""))
    assert not codes.has(rosa)


def test_nothing_of_them_rests_in_clear(app: pyotp.TOTP) -> None:
    row = StaffTotp.objects.get()
    assert app.secret.encode() not in bytes(row.sealed)
    assert b"argon2" not in bytes(row.password)
