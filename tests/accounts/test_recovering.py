import base64
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from tests.accounts.people import HERE, PASSWORD, VISITOR, Someone, committed, last_letter, link_in, sign_in
from upheld import ledger
from upheld.accounts import recovering, verbs
from upheld.accounts.answers import Gone, TooMany, Wrong
from upheld.accounts.errors import PasswordUnfit
from upheld.accounts.models import Account, Reset, Session, Totp

pytestmark = pytest.mark.django_db
NEW = "another harbour in november"


@pytest.fixture(autouse=True)
def _at_any_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovering, "PACE", 0.0)


def ask(email: str, source: str = HERE) -> object:
    return committed(verbs.begin_reset, email=email, by=VISITOR, source=source)


@pytest.fixture
def token(ada: Someone) -> str:
    """What the link in her letter holds."""
    ask(ada.email)
    return link_in(last_letter(), "/reset/")


def test_the_link_sets_a_new_password(ada: Someone, token: str) -> None:
    assert committed(verbs.finish_reset, token, new=NEW) == ada.account
    assert sign_in(ada.email, NEW) == ada.account
    assert isinstance(sign_in(ada.email, PASSWORD), Wrong)
    assert "password was changed" in last_letter().subject


def test_it_ends_every_session(ada: Someone, token: str) -> None:
    ada.session()
    verbs.finish_reset(token, new=NEW)
    assert not Session.objects.exists()


def test_it_serves_once(ada: Someone, token: str) -> None:
    assert verbs.finish_reset(token, new=NEW)
    assert verbs.reset_of(token) is None
    assert isinstance(verbs.finish_reset(token, new=NEW), Gone)


def test_it_serves_for_an_hour(ada: Someone, token: str) -> None:
    Reset.objects.update(started_at=timezone.now() - timedelta(minutes=61))
    assert verbs.reset_of(token) is None
    assert isinstance(verbs.finish_reset(token, new=NEW), Gone)
    assert verbs.expire_resets() == 1


def test_a_changed_password_ends_every_link(ada: Someone, token: str) -> None:
    verbs.change_password(ada.account, new=NEW, proof=ada.proof(), session=None, by=ada.actor)
    assert isinstance(verbs.finish_reset(token, new=NEW), Gone)


def test_an_unfit_password_does_not_use_it_up(ada: Someone, token: str) -> None:
    with pytest.raises(PasswordUnfit):
        verbs.finish_reset(token, new="short")
    assert verbs.finish_reset(token, new=NEW)


def test_any_other_link_serves_nobody(ada: Someone, eve: Someone, token: str) -> None:
    ask(eve.email)
    hers = link_in(last_letter(), "/reset/")
    mixed = hers[:43] + token[43:]
    for other in ("", "x", "é", token[:-1], token + "AAAA", "A" * len(token), mixed, token.swapcase()):
        assert verbs.reset_of(other) is None
        assert isinstance(verbs.finish_reset(other, new=NEW), Gone)


def test_the_table_holds_no_link(ada: Someone, token: str) -> None:
    secret = base64.urlsafe_b64decode(token + "==")[32:]
    assert len(secret) == 32
    assert secret not in bytes(Reset.objects.get().digest)


def test_an_unknown_address_is_answered_alike(ada: Someone) -> None:
    sizes, answers = [ledger.Entry.objects.count()], []
    for email in (ada.email, "nobody@example.org", "no address"):
        answers.append(ask(email))
        sizes.append(ledger.Entry.objects.count())
    assert answers == [True] * 3
    assert sizes[1] - sizes[0] == sizes[2] - sizes[1] == sizes[3] - sizes[2]
    assert [letter.to for letter in mail.outbox[1:]] == [[ada.email]]


def test_the_letter_goes_to_the_address_on_file(ada: Someone) -> None:
    ask("\uff41da@example.org")
    assert last_letter().to == [ada.email]


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_letters_to_an_address_are_limited_alike(ada: Someone, email: str) -> None:
    answers = [ask(email) for n in range(8)]
    assert isinstance(answers[-1], TooMany)
    assert answers.count(True) == (5 if email == ada.email else 6)  # signing up was one letter already


def test_a_second_factor_outlives_it(ada: Someone, token: str) -> None:
    Totp.objects.create(subject=ada.account.subject, confirmed_at=timezone.now())
    verbs.finish_reset(token, new=NEW)
    assert not isinstance(sign_in(ada.email, NEW), Account)
