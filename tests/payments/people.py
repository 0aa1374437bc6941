"""Someone with a card, and what the tests of this room ask of them again and again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.test import TestCase

from tests.payments.conftest import Typed
from upheld import vault
from upheld.payments import verbs
from upheld.payments.models import Card, Payment
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.actors import Actor

BACK = "https://localhost:8443/order/"
FINE, CHALLENGED, CHARGE_FAILS, CAPTURE_FAILS = (
    "4242424242424242", "4000002760003184", "4000000000000341", "4000000000000424"
)  # fmt: skip


@dataclass
class Buyer:
    """A guest or somebody signed up: payments make no difference."""

    subject: UUID
    card: Card

    @property
    def me(self) -> Actor:
        return Actor.person(self.subject)

    def pay(self, amount: int = 1999, currency: str = "USD", **given: Any) -> Any:
        wanted = {"pays_for": uuid4(), "card": self.card, "back": BACK, "by": self.me} | given
        return verbs.pay(amount=amount, currency=currency, **wanted)

    def paid(self, amount: int = 1999, currency: str = "USD") -> Payment:
        outcome = self.pay(amount, currency)
        assert isinstance(outcome, verbs.Authorised), outcome
        return outcome.payment

    def add(self, token: str) -> Card:
        card = verbs.add_card(self.subject, token=token, source="account", by=self.me)
        assert isinstance(card, Card), card
        return card


def buyer(typed: Typed, number: str = FINE) -> Buyer:
    subject = vault.new_subject()
    card = verbs.add_card(subject, token=typed(number), source="order", by=Actor.person(subject))
    assert isinstance(card, Card), card
    return Buyer(subject, card)


def say_at_the_bank(processor: Sandbox, url: str, answer: str) -> None:
    """Press Confirm or Refuse on the page of 3-D Secure."""
    from tests.payments.conftest import browser

    with browser(processor) as visitor:
        found = visitor.post(f"http://sandbox/sandbox{url.partition('/sandbox')[2]}", data={"answer": answer})
    assert found.status_code in (302, 303), found.text


def committed(verb: Callable[..., Any], *args: Any, **given: Any) -> Any:
    """The verb's answer, after what it left for the commit has been done."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return verb(*args, **given)
