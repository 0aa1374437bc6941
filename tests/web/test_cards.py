"""The cards on file, and the card of a sign-up: typed for the processor, known here by four digits."""

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.payments.conftest import Typed, browser, processor, started, typed
from tests.people import Person, code_in
from tests.web.buying import text
from tests.web.conftest import Visitor
from upheld.payments.models import Card
from upheld.payments.sandbox.client import Sandbox
from upheld.payments.verbs import cards_of

__all__ = ["processor", "started", "typed"]

Letters = Callable[[], list[EmailMessage]]
NOBODYS = "01890000-0000-7000-8000-000000000000"


def add(member: Visitor, token: str) -> str:
    return text(member.post("/account/cards/add/", {"card_token": token}, follow=True))


def test_a_card_is_added_and_shown_by_its_last_four_digits(member: Visitor, typed: Typed) -> None:
    assert "No card is on file." in member.text("/account/cards/")
    page = add(member, typed("5555555555554444"))
    for said in ("Your card is on file", "Mastercard", "ending in 4444", "to 12 / 2040", "Test money",
                 "Their numbers are kept by the sandbox, the payment processor."):  # fmt: skip
        assert said in page, said
    assert "5555" not in page


def test_a_card_that_is_not_taken_says_why(member: Visitor, typed: Typed) -> None:
    assert "Your bank declined this card." in add(member, typed("4000000000000002"))
    assert "Type your card." in add(member, "")
    assert 'id="id_card_error"' in add(member, "tok_made_up")
    page = add(member, "4242 4242 4242 4242")
    assert "This looks like the number of a card" in page
    assert "4242 4242" not in page
    assert not Card.objects.exists()


def test_another_card_becomes_the_default(member: Visitor, person: Person, typed: Typed) -> None:
    add(member, typed())
    add(member, typed("378282246310005"))
    page = member.text("/account/cards/")
    assert page.index("0005") < page.index("4242"), "the newest is the default"
    path = re.findall(r'action="(/account/cards/[^"]+/default/)"', page)[0]
    assert "is the one that is charged" in text(member.post(path, follow=True))
    assert member.text("/account/cards/").index("4242") < member.text("/account/cards/").index("0005")


def test_a_card_is_removed_after_a_question(member: Visitor, person: Person, typed: Typed) -> None:
    add(member, typed())
    path = re.findall(r'href="(/account/cards/[^"]+/remove/)"', member.text("/account/cards/"))[0]
    page = member.text(path)
    assert "Remove this card?" in page
    assert "ending in 4242" in page
    assert Card.objects.exists()
    assert "The card is removed" in text(member.post(path, follow=True))
    assert not cards_of(person.subject).exists()


def test_nobody_touches_another_persons_card(member: Visitor, typed: Typed) -> None:
    for what in ("default", "remove"):
        assert member.post(f"/account/cards/{NOBODYS}/{what}/").status_code == 404
        assert Visitor().post(f"/account/cards/{NOBODYS}/{what}/")["Location"].startswith("/sign-in/")


def test_a_card_is_typed_on_the_processors_page(member: Visitor, processor: Sandbox) -> None:
    page = text(member.post("/account/cards/page/"))
    path = re.findall(r'href="https://localhost:8443(/sandbox/card/[^"]+)"', page)[0]
    assert "No card was typed." in text(member.get("/account/cards/page/", follow=True))
    with browser(processor) as there:
        given = {"number": "4242424242424242", "expiry": "12/40", "code": "123"}
        there.post(f"http://sandbox{path}", data=given, headers={"Host": "localhost:8443"})
    page = text(member.get("/account/cards/page/", follow=True))
    token = re.findall(r'name="card_token" value="([^"]+)"', page)[0]
    assert "ending in 4242" in add(member, token)


def test_a_sign_up_may_bring_a_card(
    visitor: Visitor, typed: Typed, letters: Letters, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    given = {"email": "new@example.org", "password": "a walk along the river", "card_token": typed()}
    with django_capture_on_commit_callbacks(execute=True):
        assert visitor.post("/sign-up/", given)["Location"] == "/sign-up/code/"
    assert not Card.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert visitor.post("/sign-up/code/", {"code": code_in(letters()[-1])})["Location"] == "/account/"
    assert "ending in 4242" in visitor.text("/account/cards/")


def test_a_sign_up_needs_no_card(visitor: Visitor) -> None:
    page = visitor.text("/sign-up/")
    assert "You can give a card when you first buy." in page
    given = {"email": "new@example.org", "password": "a walk along the river"}
    assert visitor.post("/sign-up/", given)["Location"] == "/sign-up/code/"


def test_a_sign_up_with_a_declined_card_says_so_beside_it(visitor: Visitor, typed: Typed) -> None:
    given = {"email": "new@example.org", "password": "a walk along the river", "card_token": typed("4000000000000002")}
    page = text(visitor.post("/sign-up/", given))
    assert 'id="id_card_error"' in page
    assert "Your bank declined this card." in page
    assert 'name="card_token" value=""' in page


@pytest.mark.parametrize("wrong", [{"email": "nobody"}, {"password": "short"}])
def test_a_card_of_a_sign_up_is_not_typed_again_for_another_mistake(
    visitor: Visitor, typed: Typed, wrong: dict[str, str]
) -> None:
    given = {"email": "new@example.org", "password": "a walk along the river", "card_token": typed()}
    page = text(visitor.post("/sign-up/", given | wrong))
    assert f'name="card_token" value="{given["card_token"]}"' in page
    assert visitor.post("/sign-up/", given)["Location"] == "/sign-up/code/"
