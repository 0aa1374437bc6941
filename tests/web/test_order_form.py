"""The order form: it asks for what the policy declares, and says what is wrong beside the field."""

import re

import pytest

from tests.payments.conftest import browser
from tests.web.buying import Buyer, ada, guest, processor, started, text, typed
from upheld.orders.models import Destination, Order
from upheld.payments.models import Card
from upheld.payments.sandbox.client import Sandbox
from upheld.policy import force

__all__ = ["ada", "guest", "processor", "started", "typed"]


ADDRESS = ["name", "address_line1", "address_line2", "city", "region", "postal_code"]


def asked(page: str) -> list[str]:
    """The names of what the order form asks for."""
    form = page.split('id="order"', 1)[1].split("</form>")[0]
    names = re.findall(r'<(?:input|select)[^>]*\bname="([^"]+)"', form)
    return [name for name in names if name != "csrfmiddlewaretoken"]


def test_a_parcel_asks_for_what_the_policy_declares(guest: Buyer) -> None:
    guest.fill(guest.shop.guide)
    page = guest.browser.text("/order/")
    assert set(asked(page)) == {"email", "country", *ADDRESS, "card_token"}
    declared = force.in_force().fields_of("order")
    assert set(declared) == {"email", "card", "name", "address", "country"}
    assert 'href="/policy/#says-order-form"' in page
    assert "Test money" in page


def test_what_is_not_sent_needs_no_address(guest: Buyer) -> None:
    guest.fill(guest.shop.licence)
    assert set(asked(guest.browser.text("/order/"))) == {"email", "country", "card_token"}


def test_the_fields_help_browsers_to_fill_them_in(guest: Buyer) -> None:
    guest.fill(guest.shop.guide)
    page = guest.browser.text("/order/")
    for token in ("email", "shipping name", "shipping street-address".replace("street-address", "address-line1"),
                  "shipping postal-code", "shipping country", "cc-number", "cc-exp", "cc-csc"):  # fmt: skip
        assert f'autocomplete="{token}"' in page


def test_what_is_typed_of_a_card_has_no_name(guest: Buyer) -> None:
    guest.fill(guest.shop.guide)
    page = guest.browser.text("/order/")
    for part in ("number", "expiry", "code"):
        found = re.search(rf"<input[^>]*data-card-{part}[^>]*>", page)
        assert found
        assert " name=" not in found[0]


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"email": "nobody"}, "email", "@-sign"),
        ({"email": ""}, "email", "Enter your e-mail address."),
        ({"country": "ZZ"}, "country", "We do not sell to this country."),
        ({"country": ""}, "country", "Choose the country."),
        ({"country": "CH", "postal_code": "3000"}, "country", "We do not send parcels to this country."),
        ({"postal_code": "1"}, "postal_code", "enter a postcode"),
        ({"name": ""}, "name", "Enter the name."),
        ({"city": "x" * 200}, "city", "Shorten it to 80 characters."),
        ({"card_token": ""}, "card", "Type your card, or choose one."),
        ({"card_token": "tok_never_made"}, "card", ""),
        ({"card": "01890000-0000-7000-8000-000000000000"}, "card", ""),
        ({"name": "4242 4242 4242 4242"}, "name", "This looks like the number of a card"),
        ({"address_line2": "4242424242424242"}, "address_line2", "This looks like the number of a card"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(guest: Buyer, given: dict[str, str], field: str, said: str) -> None:
    answer = guest.draft(guest.shop.guide, **given)
    page = text(answer)
    assert answer.status_code == 200
    assert f'id="id_{field}_error"' in page
    assert said in page
    assert 'class="error-link" href="#' in page
    assert "Beispielweg 7" in page, "what was typed stays"
    assert "4242 4242 4242 4242" not in page
    assert "4242424242424242" not in page
    assert not Order.objects.exists()


def test_several_wrong_fields_are_told_at_once(guest: Buyer) -> None:
    page = text(guest.draft(guest.shop.guide, name="", address_line1="", city="", postal_code="", email=""))
    for field in ("name", "address_line1", "city", "postal_code", "email"):
        assert f'id="id_{field}_error"' in page


def test_a_card_that_was_typed_is_not_typed_again_for_another_mistake(guest: Buyer) -> None:
    form = guest.form(postal_code="1")
    guest.fill(guest.shop.guide)
    page = text(guest.browser.post("/order/", form))
    assert "Your card is typed." in page
    assert f'name="card_token" value="{form["card_token"]}"' in page
    assert guest.browser.post("/order/", {**form, "postal_code": "10115"})["Location"] == "/order/review/"
    page = text(guest.browser.post("/order/", {**form, "change_card": "1"}))
    assert 'name="card_token" value=""' in page
    assert "Beispielweg 7" in page


def test_a_declined_card_is_told_beside_the_card(guest: Buyer) -> None:
    page = text(guest.draft(guest.shop.licence, number="4000000000000002"))
    assert "Your bank declined this card." in page
    assert 'name="card_token" value=""' in page, "it does not serve again"


def test_another_country_has_another_form_and_nothing_typed_is_lost(guest: Buyer) -> None:
    guest.fill(guest.shop.guide)
    assert ">State<" in guest.browser.text("/order/")
    form = guest.form(card_token="") | {"change_country": "1"}
    page = text(guest.browser.post("/order/", form))
    assert ">Postcode<" in page
    assert ">State<" not in page
    assert 'class="error"' not in page.split("data-card-number")[0]
    for typed_before in ("Beispielweg 7", "guest@example.org", "Ada Beispiel"):
        assert typed_before in page


def test_the_form_is_filled_again_from_the_draft(guest: Buyer) -> None:
    guest.draft(guest.shop.guide)
    page = guest.browser.text("/order/")
    for kept in ("guest@example.org", "Ada Beispiel", "Beispielweg 7", "10115", "ending in 4242"):
        assert kept in page
    card = re.findall(r'name="card" value="([0-9a-f-]{36})"', page)[0]
    assert guest.browser.post("/order/", guest.form(card=card, city="Potsdam"))["Location"] == "/order/review/"
    assert Card.objects.count() == 1
    assert "POTSDAM" in guest.browser.text("/order/review/")


def test_a_shop_that_sells_nowhere_says_so(guest: Buyer) -> None:
    Destination.objects.all().delete()
    guest.fill(guest.shop.licence)
    assert "We do not sell to any country yet." in guest.browser.text("/order/")


def test_a_card_may_be_typed_on_the_processors_page(guest: Buyer, processor: Sandbox) -> None:
    guest.fill(guest.shop.licence)
    page = text(guest.browser.post("/order/card/"))
    path = re.findall(r'href="https://localhost:8443(/sandbox/card/[^"]+)"', page)[0]
    assert "No card was typed." in text(guest.browser.get("/order/card/", follow=True))
    with browser(processor) as there:
        typed_there = {"number": "4242424242424242", "expiry": "12/40", "code": "123"}
        said = there.post(f"http://sandbox{path}", data=typed_there, headers={"Host": "localhost:8443"})
    assert said.status_code in {302, 303}, said.text
    page = text(guest.browser.get("/order/card/", follow=True))
    token = re.findall(r'name="card_token" value="([^"]+)"', page)[0]
    assert "Your card is typed." in page
    assert guest.browser.post("/order/", guest.form(card_token=token))["Location"] == "/order/review/"
    assert guest.place()["Location"] == "/order/thanks/"
