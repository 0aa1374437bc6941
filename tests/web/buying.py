"""Somebody who buys through the pages, as Django's test client sees them, with a real sandbox that charges the card."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import pytest
from django.http import HttpResponse
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.payments.conftest import Typed, processor, started, typed
from tests.people import Person
from tests.web.conftest import Visitor
from tests.web.shop import Shop, open_shop, put
from upheld.orders.models import Order, Variant

__all__ = ["ada", "guest", "processor", "started", "typed"]

BERLIN = {
    "country": "DE", "name": "Ada Beispiel", "address_line1": "Beispielweg 7", "city": "Berlin", "postal_code": "10115",
}  # fmt: skip
DECLINES_LATER = "4000000000000341"
CHALLENGES = "4000002760003184"


@dataclass
class Buyer:
    browser: Visitor
    shop: Shop
    typed: Typed
    commits: DjangoCaptureOnCommitCallbacks
    letters: Callable[[], list[EmailMessage]]
    email: str = "guest@example.org"

    def fill(self, *wanted: Variant) -> None:
        for variant in wanted:
            put(self.browser, variant)

    def form(self, number: str = "4242424242424242", **given: Any) -> dict[str, Any]:
        token = {"card_token": self.typed(number)} if "card" not in given and "card_token" not in given else {}
        return {"email": self.email, **BERLIN, **token, **given}

    def draft(self, *wanted: Variant, number: str = "4242424242424242", **given: Any) -> HttpResponse:
        self.fill(*wanted)
        return self.browser.post("/order/", self.form(number, **given))

    def place(self, total: object = None) -> HttpResponse:
        with self.commits(execute=True):
            return self.browser.post("/order/review/", {"total": self.total() if total is None else total})

    def total(self) -> str:
        found = re.search(r'name="total" value="(\d+)"', self.browser.text("/order/review/"))
        assert found
        return found[1]

    def buy(self, *wanted: Variant, number: str = "4242424242424242", **given: Any) -> Order:
        answer = self.draft(*wanted, number=number, **given)
        assert (answer.status_code, answer["Location"]) == (302, "/order/review/"), answer.content.decode()
        self.place()
        return Order.objects.placed().latest("placed_at")

    def link(self, kind: str) -> str:
        """The path of the link of this kind in the newest letter that has one."""
        for letter in reversed(self.letters()):
            body = letter.get_body(("plain",))
            found = re.search(rf"(/order/{kind}/\S+)", body.get_content() if body else "")
            if found:
                return found[1]
        raise AssertionError(f"no letter leads to /order/{kind}/")


@pytest.fixture
def guest(
    visitor: Visitor,
    typed: Typed,
    letters: Callable[[], list[EmailMessage]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Buyer:
    """Somebody with a browser, in a shop that has just opened."""
    return Buyer(visitor, open_shop(), typed, django_capture_on_commit_callbacks, letters)


@pytest.fixture
def ada(guest: Buyer, person: Person) -> Buyer:
    """The same browser, of someone signed in."""
    guest.browser.sign_in(person)
    guest.email = person.email
    return guest


def text(answer: HttpResponse) -> str:
    return answer.content.decode()
