"""A card's number is in no file of the instance, whatever way it took; and what we know of a card is sealed."""

import json
import logging
import random

import pytest
from stdnum.luhn import is_valid as luhn

from tests.accounts.test_at_rest import everything_in
from tests.canaries import Canaries, scan, seen_in
from tests.payments.conftest import Typed, browser
from tests.payments.people import Buyer, buyer, committed
from tests.people import SOURCE
from upheld import vault
from upheld.home import Home
from upheld.payments import signing_up, verbs
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.actors import Actor

pytestmark = pytest.mark.django_db(transaction=True)


def made_up_number() -> str:
    """A Visa number that nobody else types."""
    start = f"4{random.SystemRandom().randrange(10**14):014}"
    return next(f"{start}{digit}" for digit in range(10) if luhn(f"{start}{digit}"))


def written(number: str) -> list[str]:
    """As people and programs write it."""
    fours = [number[at : at + 4] for at in range(0, 16, 4)]
    return [number, " ".join(fours), "-".join(fours)]


def take_every_way(ada: Buyer, number: str, processor: Sandbox, canaries: Canaries) -> None:
    """The number is typed rightly, wrongly, and where it does not belong."""
    card = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    with browser(processor) as visitor:
        for wrong in ({"cvc": "1"}, {"exp_year": 2001}, {"number": f"{number}0"}, {"exp_month": number}):
            assert visitor.post("tokens", json=card | wrong).status_code == 400
        assert visitor.post("tokens", content=json.dumps(card)[:-1]).status_code == 415
        assert visitor.post("cards", json=card).status_code == 401
    form = {"email": canaries["email"], "password": canaries["password"], "by": Actor.visitor(), "source": SOURCE}
    for token in written(number):
        assert not verbs.add_card(ada.subject, token=token, source="account", by=ada.me)
        assert not committed(signing_up.begin, **form, card_token=token)


def test_the_number_is_in_no_file_and_no_log(
    processor: Sandbox, typed: Typed, canaries: Canaries, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    number = made_up_number()
    ada = buyer(typed, number)
    payment = ada.paid()
    assert verbs.capture(payment, amount=100, by=ada.me)
    take_every_way(ada, number, processor, canaries)
    assert seen_in(everything_in("default") + everything_in("keys"), written(number)) == []
    assert scan(Home.here().folder, written(number)) == []
    assert seen_in(caplog.text.encode(), written(number)) == []
    verbs.remove_card(ada.card, by=ada.me)
    assert scan(Home.here().folder, written(number)) == []


def test_what_we_know_of_a_card_is_sealed(processor: Sandbox, typed: Typed) -> None:
    ada = buyer(typed)
    ada.paid()
    opened = vault.open(ada.card, ["token", "expiry"], by=ada.me, purpose="billing")
    known = [opened["token"] or "", opened["expiry"] or "", "visa"]
    assert seen_in(everything_in("default"), known) == []
    assert scan(Home.here().folder, known, skip=[Home.here().sandbox, Home.here().policy]) == []


def test_the_search_would_have_found_it(processor: Sandbox, typed: Typed) -> None:
    number = made_up_number()
    file = Home.here().folder / "planted"
    file.write_text(f"typed {written(number)[1]}")
    assert scan(Home.here().folder, written(number))
