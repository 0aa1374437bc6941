"""Signing up is killed before each of its steps: afterwards it can be finished or has left nothing half done."""

import json
import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from tests.crash import Step, kill_at_each_step, nothing
from upheld import ledger, vault
from upheld.accounts import verbs
from upheld.accounts.models import Account, SignUp
from upheld.contact import verbs as contact
from upheld.contact.models import Address, Letter
from upheld.home import Home
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.vault.keys.models import DataKey

EMAIL, PASSWORD = "ada@example.org", "a quiet harbour in may"
VISITOR = Actor.visitor()


def begin() -> None:
    row = verbs.begin_sign_up(email=EMAIL, password=PASSWORD, by=VISITOR, source="192.0.2.7")
    assert isinstance(row, SignUp)
    (Home.here().folder / "told.json").write_text(json.dumps([str(row.subject), str(row.id)]))


def code() -> str:
    letters = sorted(Home.here().letters.glob("*.eml"))
    found = re.search(r"^    (\d{6})\s*$", letters[-1].read_text(), re.MULTILINE)
    assert found
    return found[1]


def told() -> tuple[UUID, SignUp | None]:
    subject, row = json.loads((Home.here().folder / "told.json").read_text())
    return UUID(subject), SignUp.objects.filter(subject=UUID(subject), pk=UUID(row)).first()


def finish() -> None:
    _, row = told()
    assert row is not None
    assert verbs.confirm_sign_up(row, code=code(), by=VISITOR)


def nothing_or_a_sign_up() -> None:
    """Whatever was begun is whole, and the person can begin again."""
    for row in SignUp.objects.all():
        acts = list(ledger.Entry.objects.of(row.subject).values_list("act", flat=True))
        assert acts[:3] == [Act.FIELD_COLLECT, Act.SIGN_UP_BEGIN, Act.LETTER_SEND]
        assert vault.open(row, ["email", "password"], by=VISITOR, purpose="sign_up")["email"] == EMAIL
    assert Letter.objects.count() == SignUp.objects.count()
    contact.deliver_due()  # as the worker does
    assert {file.stem for file in Home.here().letters.glob("*.eml")} == {str(each.pk) for each in Letter.objects.all()}
    begin()
    finish()


def an_account_or_none() -> None:
    """Either the sign-up is as it was, and its code still good, or there is an account that signs in."""
    subject, row = told()
    assert (row is None) == Account.objects.exists() == Address.objects.exists()
    if row is not None:
        assert not ledger.Entry.objects.of(subject).filter(act=Act.ACCOUNT_CREATE).exists()
        finish()
    account = Account.objects.get()
    assert account.subject == subject
    assert verbs.sign_in(email=EMAIL, password=PASSWORD, by=VISITOR, source="192.0.2.7") == account


def begin_and_let_a_day_pass() -> None:
    begin()
    SignUp.objects.update(started_at=timezone.now() - timedelta(days=1))


def expire() -> None:
    verbs.expire_sign_ups()


def nothing_is_left_of_it() -> None:
    subject, _ = told()
    vault.resume()
    verbs.expire_sign_ups()
    assert vault.is_erased(subject)
    for model in (SignUp, Letter, DataKey):
        assert not model.objects.exists()
    assert not list(Home.here().letters.glob("*.eml"))
    acts = list(ledger.Entry.objects.of(subject).values_list("act", flat=True))
    assert acts.count(Act.SIGN_UP_EXPIRE) == acts.count(Act.SUBJECT_SHRED) == 1


@pytest.mark.parametrize(
    ("before", "verb", "check"),
    [
        (nothing, begin, nothing_or_a_sign_up),
        (begin, finish, an_account_or_none),
        (begin_and_let_a_day_pass, expire, nothing_is_left_of_it),
    ],
    ids=["beginning", "finishing", "expiring"],
)
def test_a_crash_anywhere_leaves_nothing_half_done(before: Step, verb: Step, check: Step) -> None:
    assert kill_at_each_step(verb, before=before, check=check) > 3
