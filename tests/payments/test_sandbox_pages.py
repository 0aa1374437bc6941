"""The sandbox's own pages, as a browser without scripts uses them, and what anyone without the key gets."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import httpx
import pytest

from tests.payments.conftest import Typed, browser
from upheld.payments.processor import Charge, State
from upheld.payments.sandbox.client import Sandbox

BACK = "https://localhost:8443/order/"
GOOD = {"number": "4000 0027 6000 3184", "expiry": "7 / 39", "code": "123"}


@pytest.fixture
def visitor(processor: Sandbox) -> Iterator[httpx.Client]:
    with browser(processor) as client:
        yield client


@pytest.fixture
def challenged(processor: Sandbox, typed: Typed) -> Charge:
    card = processor.keep_card(typed("4000002760003184"), reference="card:1", key="keep")
    charge = processor.authorise(
        card.token, amount=1999, currency="EUR", reference="payment:1", back=BACK, key="authorise"
    )
    assert (charge.state, charge.movements) == (State.CHALLENGED, ())
    return charge


def test_a_card_is_typed_on_its_own_page(processor: Sandbox, visitor: httpx.Client) -> None:
    page = processor.card_page(back=BACK, reference="card:1", key="page")
    assert page.url == f"https://localhost:8443/sandbox/card/{page.setup}/"
    assert processor.token_of(page.setup) == ""
    path = httpx.URL(page.url).path
    shown = visitor.get(f"http://sandbox{path}")
    assert "Test money" in shown.text
    assert inputs(shown.text) == {"number", "expiry", "code"}
    sent = visitor.post(f"http://sandbox{path}", data=GOOD)
    assert (sent.status_code, sent.headers["Location"]) == (303, BACK)
    card = processor.keep_card(processor.token_of(page.setup), reference="card:1", key="keep")
    assert (card.brand, card.last4, card.expiry) == ("visa", "3184", "2039-07")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"number": "4242424242424241"}, "not a card number"),
        ({"number": "<script>"}, "not a card number"),
        ({"expiry": "13/39"}, "The month is a number from 1 to 12."),
        ({"expiry": "01/20"}, "The card has expired."),
        ({"code": "12"}, "The security code has 3 digits."),
    ],
)
def test_what_was_mistyped_is_said_and_not_shown(
    processor: Sandbox, visitor: httpx.Client, changed: dict[str, str], said: str
) -> None:
    setup = processor.card_page(back=BACK, reference="card:1", key="page").setup
    answer = visitor.post(f"http://sandbox/sandbox/card/{setup}/", data=GOOD | changed)
    assert answer.status_code == 400
    assert said in answer.text
    assert not [typed for typed in (GOOD | changed).values() if f'"{typed}"' in answer.text]
    assert processor.token_of(setup) == ""


def test_the_person_confirms(processor: Sandbox, visitor: httpx.Client, challenged: Charge) -> None:
    page = visitor.get(inside(challenged.challenge))
    assert "1999 EUR" not in page.text
    assert "19.99 EUR" in page.text
    answer = visitor.post(inside(challenged.challenge), data={"answer": "confirm"})
    assert (answer.status_code, answer.headers["Location"]) == (303, BACK)
    found = processor.fetch(challenged.id)
    assert found is not None
    assert (found.state, found.challenge) == (State.AUTHORISED, "")
    again = visitor.post(inside(challenged.challenge), data={"answer": "refuse"})
    assert again.status_code == 303
    assert processor.fetch(challenged.id) == found
    assert visitor.get(inside(challenged.challenge)).status_code == 303


def test_the_person_refuses(processor: Sandbox, visitor: httpx.Client, challenged: Charge) -> None:
    visitor.post(inside(challenged.challenge), data={"answer": "refuse"})
    found = processor.fetch(challenged.id)
    assert found is not None
    assert (found.state, found.decline) == (State.DECLINED, "challenge_failed")


def test_a_challenge_that_was_cancelled_leads_on(processor: Sandbox, visitor: httpx.Client, challenged: Charge) -> None:
    assert processor.cancel(challenged.id, key="cancel").state is State.CANCELLED
    answer = visitor.post(inside(challenged.challenge), data={"answer": "confirm"})
    assert answer.headers["Location"] == BACK
    found = processor.fetch(challenged.id)
    assert found is not None
    assert found.state is State.CANCELLED


def test_another_site_cannot_answer_for_them(visitor: httpx.Client, challenged: Charge) -> None:
    forged = {"Sec-Fetch-Site": "cross-site", "Origin": "null"}
    answer = visitor.post(inside(challenged.challenge), data={"answer": "confirm"}, headers=forged)
    assert answer.status_code == 403


def test_only_our_server_charges(visitor: httpx.Client) -> None:
    for method, path in (("POST", "charges"), ("GET", "charges"), ("POST", "cards"), ("POST", "reset")):
        assert visitor.request(method, path, json={}).status_code == 401
        assert visitor.request(method, path, json={}, headers={"Authorization": "Bearer x"}).status_code == 401


@pytest.mark.parametrize(
    ("changed", "code", "param"),
    [
        ({"number": "4242 4242 4242 4241"}, "number_invalid", "number"),
        ({"number": "42"}, "number_invalid", "number"),
        ({"number": None}, "number_invalid", "number"),
        ({"number": "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢"}, "number_invalid", "number"),
        ({"exp_month": 0}, "exp_month_invalid", "exp_month"),
        ({"exp_month": True}, "exp_month_invalid", "exp_month"),
        ({"exp_year": "203"}, "exp_year_invalid", "exp_year"),
        ({"exp_year": 2199}, "exp_year_invalid", "exp_year"),
        ({"exp_year": 20}, "card_expired", "exp_year"),
        ({"cvc": "12"}, "cvc_invalid", "cvc"),
        ({"cvc": "12345"}, "cvc_invalid", "cvc"),
    ],
)
def test_a_card_that_cannot_be_gets_no_token(
    visitor: httpx.Client, changed: dict[str, object], code: str, param: str
) -> None:
    card = {"number": "4242424242424242", "exp_month": "12", "exp_year": "40", "cvc": "123"} | changed
    answer = visitor.post("tokens", json=card)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["param"]) == (code, param)
    assert not re.search(r"\d{5}", answer.text)


@pytest.mark.parametrize(
    ("number", "brand"),
    [
        ("5555 5555 5555 4444", "mastercard"),
        ("2223003122003222", "mastercard"),
        ("3782-822463-10005", "amex"),
        ("6011111111111117", "discover"),
        ("30569309025904", "diners"),
        ("3566002020360505", "jcb"),
        ("6200000000000005", "unionpay"),
        ("4222222222222", "visa"),
    ],
)
def test_brands_are_told_by_their_numbers(processor: Sandbox, typed: Typed, number: str, brand: str) -> None:
    assert processor.keep_card(typed(number), reference="card:1", key="keep").brand == brand


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b"\xff", b'"x"', b"[" * 60_000])
def test_what_is_no_card_at_all_is_refused(visitor: httpx.Client, body: bytes) -> None:
    assert visitor.post("tokens", content=body, headers={"Content-Type": "application/json"}).status_code == 400
    assert visitor.post("tokens", content=body).status_code == 415


def inside(address: str) -> str:
    """The page's address as the program itself is asked for it, behind the relay."""
    return f"http://sandbox{httpx.URL(address).path}"


def inputs(page: str) -> set[str]:
    found: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "input":
                found.add(dict(attrs)["name"] or "")

    Reader().feed(page)
    return found
