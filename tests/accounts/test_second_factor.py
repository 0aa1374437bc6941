import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from tests.accounts.people import PASSWORD, VISITOR, Someone, committed, last_letter, sign_in
from upheld.accounts import second_factor, verbs
from upheld.accounts.answers import Gone, NeedsCode, TooMany, WrongCode
from upheld.accounts.errors import NotProven
from upheld.accounts.models import Account, RecoveryCode, Totp
from upheld.accounts.presence import Proof

pytestmark = pytest.mark.django_db


class Clock:
    """Time as the room sees it, moved by hand."""

    def __init__(self) -> None:
        self.now = time.time()

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(second_factor, "time", clock)
    return clock


class App:
    """An authenticator app."""

    def __init__(self, uri: str, clock: Clock) -> None:
        self.totp, self.clock = pyotp.parse_uri(uri), clock
        assert isinstance(self.totp, pyotp.TOTP)

    def code(self, steps: int = 0) -> str:
        return self.totp.at(int(self.clock.now), counter_offset=steps)


@pytest.fixture
def app(ada: Someone, clock: Clock) -> App:
    setup = verbs.begin_totp(ada.account, proof=ada.proof(), by=ada.actor)
    assert isinstance(setup, second_factor.Setup)
    return App(setup.uri, clock)


@pytest.fixture
def recovery(ada: Someone, app: App, clock: Clock) -> list[str]:
    """Her recovery codes, once the factor is set up; the clock has moved on, so that the next code is another."""
    made: Any = committed(verbs.confirm_totp, ada.account, code=app.code(), by=ada.actor)
    assert isinstance(made, list)
    clock.now += 60
    return made


def confirm(someone: Someone, code: str) -> Any:
    return committed(verbs.confirm_code, someone.account, code=code, by=VISITOR)


def test_it_counts_only_once_confirmed(ada: Someone, app: App) -> None:
    assert isinstance(sign_in(ada.email, PASSWORD), Account)
    assert isinstance(verbs.confirm_totp(ada.account, code="nonsense", by=ada.actor), WrongCode)
    assert isinstance(sign_in(ada.email, PASSWORD), Account)
    assert isinstance(confirm(ada, app.code()), WrongCode)


def test_then_the_password_alone_is_not_enough(ada: Someone, app: App, recovery: list[str]) -> None:
    assert sign_in(ada.email, PASSWORD) == NeedsCode(ada.account)
    assert confirm(ada, app.code()) == "totp"


def test_the_setup_can_be_shown_again_until_confirmed(ada: Someone, app: App) -> None:
    again = verbs.unconfirmed_totp(ada.account, by=ada.actor)
    assert again is not None
    assert again.secret == app.totp.secret
    assert parse_qs(urlsplit(again.uri).query)["issuer"] == ["Exokit"]
    assert ada.email not in again.uri
    verbs.confirm_totp(ada.account, code=app.code(), by=ada.actor)
    assert verbs.unconfirmed_totp(ada.account, by=ada.actor) is None
    assert isinstance(verbs.begin_totp(ada.account, proof=ada.proof(), by=ada.actor), Gone)


def test_beginning_again_makes_another_secret(ada: Someone, app: App) -> None:
    again = verbs.begin_totp(ada.account, proof=ada.proof(), by=ada.actor)
    assert isinstance(again, second_factor.Setup)
    assert again.secret != app.totp.secret
    assert Totp.objects.count() == 1


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_half_a_minute_off(ada: Someone, app: App, recovery: list[str], steps: int) -> None:
    assert confirm(ada, app.code(steps)) == "totp"


@pytest.mark.parametrize("steps", [-2, 2, 20])
def test_but_not_more(ada: Someone, app: App, recovery: list[str], steps: int) -> None:
    assert isinstance(confirm(ada, app.code(steps)), WrongCode)


def test_a_code_serves_once(ada: Someone, app: App, recovery: list[str], clock: Clock) -> None:
    code = app.code()
    assert confirm(ada, code) == "totp"
    assert isinstance(confirm(ada, code), WrongCode)
    clock.now += 30
    assert isinstance(confirm(ada, code), WrongCode)
    assert confirm(ada, app.code()) == "totp"


def test_the_code_that_confirmed_it_does_not_sign_in(ada: Someone, app: App) -> None:
    code = app.code()
    assert verbs.confirm_totp(ada.account, code=code, by=ada.actor)
    assert isinstance(confirm(ada, code), WrongCode)


def test_a_recovery_code_serves_once_and_is_told(ada: Someone, recovery: list[str]) -> None:
    assert len(set(recovery)) == 10
    assert confirm(ada, recovery[3]) == "recovery_code"
    assert "recovery code was used" in last_letter().subject
    assert isinstance(confirm(ada, recovery[3]), WrongCode)
    assert verbs.recovery_codes_left(ada.account) == 9
    assert confirm(ada, recovery[4].upper().replace("-", " ")) == "recovery_code"


def test_recovery_codes_are_kept_as_keyed_digests(ada: Someone, recovery: list[str]) -> None:
    kept = b"".join(bytes(row.digest) for row in RecoveryCode.objects.all())
    assert len(kept) == 320
    assert not any(code.encode() in kept or code.replace("-", "").encode() in kept for code in recovery)


def test_new_recovery_codes_end_the_old(ada: Someone, recovery: list[str]) -> None:
    made = verbs.make_recovery_codes(ada.account, proof=ada.proof(), by=ada.actor)
    assert isinstance(confirm(ada, recovery[0]), WrongCode)
    assert confirm(ada, made[0]) == "recovery_code"


def test_nobody_elses_code_will_do(ada: Someone, eve: Someone, app: App, recovery: list[str]) -> None:
    assert isinstance(confirm(eve, app.code()), WrongCode)
    assert isinstance(confirm(eve, recovery[0]), WrongCode)


def test_guesses_are_limited(ada: Someone, app: App, recovery: list[str]) -> None:
    answers = [type(confirm(ada, "000000")) for _ in range(12)]
    assert answers[:9] == [WrongCode] * 9
    assert answers[-1] is TooMany
    assert isinstance(confirm(ada, app.code()), TooMany)


@pytest.mark.parametrize("code", ["", " ", "१२३४५६", "0" * 1000, "\0", "é", "\ud800"])
def test_whatever_is_typed_is_wrong_at_worst(ada: Someone, recovery: list[str], code: str) -> None:
    assert isinstance(confirm(ada, code), WrongCode)


def test_removed_it_is_asked_for_no_more(ada: Someone, recovery: list[str]) -> None:
    assert committed(verbs.remove_totp, ada.account, proof=ada.proof(), by=ada.actor)
    assert "removed" in last_letter().subject
    assert isinstance(sign_in(ada.email, PASSWORD), Account)
    assert not RecoveryCode.objects.exists()
    assert isinstance(confirm(ada, recovery[0]), WrongCode)
    assert not verbs.remove_totp(ada.account, proof=ada.proof(), by=ada.actor)


def test_it_takes_a_proof(ada: Someone, recovery: list[str]) -> None:
    stale = Proof(ada.account.id, time.time() - 601)
    for verb in (verbs.begin_totp, verbs.remove_totp, verbs.make_recovery_codes):
        with pytest.raises(NotProven):
            verb(ada.account, proof=stale, by=ada.actor)


def test_a_code_proves_its_owner_again(ada: Someone, app: App, recovery: list[str]) -> None:
    proof = verbs.prove_by_code(ada.account, code=app.code(), by=ada.actor)
    assert isinstance(proof, Proof)
    proof.check(ada.account)
    assert not verbs.prove_by_code(ada.account, code="000000", by=ada.actor)


def test_the_secret_rests_sealed(ada: Someone, app: App) -> None:
    row = Totp.objects.get()
    assert app.totp.secret.encode() not in bytes(row.sealed)
    assert str(row.secret) == "•••"
