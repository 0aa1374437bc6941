"""Paying, taking and giving back are killed before each of their steps: nothing is charged twice, nothing is lost.

The sandbox is a program of its own, which goes on while our side dies; it rests outside of the instance's folder, that
is put back as it was each time.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone

from tests.crash import Step, kill_at_each_step
from tests.payments.conftest import browser
from tests.payments.people import BACK, FINE
from upheld import vault
from upheld.home import Home
from upheld.payments import processors, verbs
from upheld.payments.models import Card, Instruction, Keeping, Payment
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.actors import Actor
from upheld.vault.models import Notice

ELSEWHERE = "UPHELD_TEST_SANDBOX"
ORDER = UUID(int=7)
MINUTE = timedelta(minutes=1)


def elsewhere() -> Sandbox:
    home = Home(Path(os.environ[ELSEWHERE]))
    home.sandbox.mkdir(parents=True, exist_ok=True)
    return Sandbox(home)


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """Ours to start, so that it lives until the test ends; the processes that die find it through the environment."""
    monkeypatch.setenv(ELSEWHERE, f"{Home.here().folder}-elsewhere")
    sandbox = elsewhere()
    sandbox.steer("reset")
    sandbox.steer("behaviour", held=1)
    yield sandbox
    sandbox.close()


def reach_it() -> Sandbox:
    sandbox = elsewhere()
    processors._sandbox = lambda _: sandbox
    return sandbox


def subject() -> UUID:
    file = Home.here().folder / "subject"
    if not file.exists():
        file.write_text(str(vault.new_subject()))
    return UUID(file.read_text())


def me() -> Actor:
    return Actor.person(subject())


def began() -> datetime:
    """When this death's verb began. What earlier ones left at the processor is none of this instance's."""
    return datetime.fromisoformat((Home.here().folder / "began").read_text())


def begin() -> None:
    (Home.here().folder / "began").write_text(timezone.now().isoformat())


def add_a_card() -> None:
    begin()
    with browser(reach_it()) as visitor:
        typed = {"number": FINE, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        token = visitor.post("tokens", json=typed).json()["token"]
    (Home.here().folder / "token").write_text(json.dumps(token))
    assert verbs.add_card(subject(), token=token, source="account", by=me())


def one_card_or_none() -> None:
    """The form is sent again; afterwards there is one card, and it can be charged."""
    reach_it()
    token = Home.here().folder / "token"
    if token.exists() and token.read_text():
        assert verbs.add_card(subject(), token=json.loads(token.read_text()), source="account", by=me())
        pay_take_and_give_back()
        assert Card.objects.count() == Keeping.objects.count() == 1
    Keeping.objects.update(asked_at=timezone.now() - 180 * MINUTE)
    verbs.tell_processor()
    assert not Keeping.objects.exists()


def pay_take_and_give_back() -> None:
    begin()
    reach_it()
    payment = paid()
    totals = payment.totals
    if not totals.captured:
        assert verbs.capture(payment, amount=1500, by=me())
    if not totals.refunded:
        assert verbs.give_back(payment, amount=500, by=me())
    if not totals.released:
        assert verbs.release(payment, by=me())


def paid() -> Payment:
    """Paid by now, or before. Whoever asks looks first: a payment of which the rest was released is over."""
    before: Payment | None = Payment.objects.for_thing(ORDER).last()
    if before is not None and before.totals.captured:
        return before
    outcome = verbs.pay(pays_for=ORDER, card=Card.objects.get(), amount=1999, currency="USD", back=BACK, by=me())
    assert isinstance(outcome, verbs.Authorised), outcome
    return outcome.payment


def charged_once_and_recorded() -> None:
    """What was left open is finished by itself; the person, trying again, ends where they would have been."""
    sandbox, since = reach_it(), began()
    Instruction.objects.unanswered().update(asked_at=timezone.now() - MINUTE)
    verbs.recover()
    assert not Instruction.objects.unanswered().exists()
    assert verbs.reconcile(since=since).differences == []
    pay_take_and_give_back()
    payment = Payment.objects.get()
    assert payment.totals == verbs.Totals(authorised=1999, captured=1500, released=499, refunded=500)
    assert [charge.id for charge in sandbox.charges(since=since)] == [payment.processor_id]
    assert verbs.reconcile(since=since).differences == []


def remove_the_card() -> None:
    reach_it()
    verbs.remove_card(Card.objects.get(), by=me())


def there_or_forgotten() -> None:
    reach_it()
    vault.resume()
    if Card.objects.exists():
        assert not Notice.objects.exists()
        remove_the_card()
    verbs.tell_processor()
    assert [notice.answer for notice in Notice.objects.all()] == ["done"]


@pytest.mark.parametrize(
    ("before", "verb", "check", "least"),
    [
        (begin, add_a_card, one_card_or_none, 10),
        (add_a_card, pay_take_and_give_back, charged_once_and_recorded, 25),
        (add_a_card, remove_the_card, there_or_forgotten, 8),
    ],
    ids=["adding", "paying", "removing"],
)
def test_a_crash_anywhere_charges_nothing_twice(
    sandbox: Sandbox, before: Step, verb: Step, check: Step, least: int
) -> None:
    assert kill_at_each_step(verb, before=before, check=check) > least
