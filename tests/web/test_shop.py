"""The shop and the basket, which names things and nobody."""

import base64
import re
import zlib

import pytest
from django.utils import timezone
from uuid_utils.compat import uuid7

from tests.people import Person
from tests.web.conftest import Visitor
from tests.web.shop import Shop, open_shop, put, sell

COOKIE = "__Host-basket"


@pytest.fixture
def shop(db: None) -> Shop:
    return open_shop()


def test_what_is_sold_is_listed_with_its_price(shop: Shop, visitor: Visitor) -> None:
    page = visitor.text("/shop/")
    for name, price in (("guide", "$29.00"), ("licence", "$89.00"), ("support", "$240.00")):
        assert f'href="/shop/{name}/"' in page
        assert price in page
    assert "before tax" in page
    assert "Test money" in page


def test_a_shop_without_products_says_so(visitor: Visitor) -> None:
    assert "There is nothing to buy at present." in visitor.text("/shop/")


def test_a_product_has_a_page_with_a_form(shop: Shop, visitor: Visitor) -> None:
    page = visitor.text("/shop/guide/")
    assert "About guide." in page
    assert f'name="variant" value="{shop.guide.id}"' in page
    assert 'name="quantity"' in page
    assert visitor.get("/shop/nothing/").status_code == 404


def test_what_is_withdrawn_says_so_at_its_address_and_is_not_listed(shop: Shop, visitor: Visitor) -> None:
    shop.guide.product.withdrawn_at = timezone.now()
    shop.guide.product.save()
    assert "/shop/guide/" not in visitor.text("/shop/")
    answer = visitor.get("/shop/guide/")
    assert answer.status_code == 410
    assert "This is no longer sold." in answer.content.decode()
    assert "no longer sold" in put(visitor, shop.guide)
    assert COOKIE not in visitor.cookies


def test_variants_are_a_choice(shop: Shop, visitor: Visitor) -> None:
    product = shop.support.product
    product.variants.create(sku="FIVE", title="Five seats", price=96000, currency="USD")
    page = visitor.text("/shop/support/")
    assert page.count('type="radio"') == 2
    assert "From $240.00" in visitor.text("/shop/")


def test_things_go_into_the_basket_and_out(shop: Shop, visitor: Visitor) -> None:
    assert "Guide is in your basket." in put(visitor, shop.guide, 2)
    page = put(visitor, shop.licence)
    assert "$147.00" in page
    assert '<span class="count">3</span>' in visitor.text("/")
    page = put(visitor, shop.guide, 1, change=1)
    assert "There are now 1 of Guide in your basket." in page
    assert "$118.00" in page
    assert "Licence is out of your basket." in put(visitor, shop.licence, 0, change=1)
    assert "There is nothing in it." in put(visitor, shop.guide, 0, change=1)


@pytest.mark.parametrize(
    ("quantity", "said"),
    [
        ("0", "one or more"),
        ("-3", "one or more"),
        ("1.5", "whole number"),
        ("many", "whole number"),
        ("", "Say how many."),
        ("100", "up to 99"),
        ("9" * 5000, "whole number"),
        ("9" * 40, "up to 99"),
    ],
)
def test_an_absurd_quantity_is_told(shop: Shop, visitor: Visitor, quantity: str, said: str) -> None:
    assert said in put(visitor, shop.guide, quantity)
    assert COOKIE not in visitor.cookies


def test_many_times_a_few_is_told_too(shop: Shop, visitor: Visitor) -> None:
    put(visitor, shop.guide, 60)
    assert "up to 99" in put(visitor, shop.guide, 60)
    assert "$1,740.00" in visitor.text("/basket/")


def test_a_basket_has_an_end(shop: Shop, visitor: Visitor) -> None:
    for number in range(50):
        put(visitor, sell(f"thing-{number}", "download", 100))
    assert "up to 50 different things" in put(visitor, shop.guide)
    assert len(visitor.cookies[COOKIE].value) < 4000, "what a browser keeps"


def test_what_is_unknown_cannot_be_put_in(shop: Shop, visitor: Visitor) -> None:
    for variant in (uuid7(), "x", ""):
        page = visitor.post("/basket/", {"variant": variant, "quantity": 1}).content.decode()
        assert "no longer sold" in page or "Choose one" in page


def test_the_basket_names_no_person_and_rests_in_the_browser_alone(shop: Shop, visitor: Visitor) -> None:
    put(visitor, shop.guide)
    cookie = visitor.cookies[COOKIE]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Lax", "/")
    assert not cookie["domain"]
    packed = cookie.value.split(":")[0]
    is_packed, packed = packed.startswith("."), packed.lstrip(".")
    held = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    text = (zlib.decompress(held) if is_packed else held).decode()
    assert re.fullmatch(r'\["[0-9a-f]{32}",\[\["[0-9a-f]{32}",1\]\]\]', text)


def test_a_basket_that_was_tampered_with_is_empty(shop: Shop, visitor: Visitor) -> None:
    put(visitor, shop.guide)
    visitor.cookies[COOKIE] = visitor.cookies[COOKIE].value[:-2] + "xx"
    assert "There is nothing in it." in visitor.text("/basket/")


def test_what_is_withdrawn_or_sold_out_meanwhile_is_told(shop: Shop, visitor: Visitor) -> None:
    put(visitor, shop.guide, 5)
    shop.guide.stock = 3
    shop.guide.save()
    page = visitor.text("/basket/")
    assert "Only 3 left." in page
    assert 'href="/order/"' not in page
    shop.guide.stock = 0
    shop.guide.save()
    assert "sold out" in visitor.text("/basket/")
    shop.guide.withdrawn_at = timezone.now()
    shop.guide.save()
    assert "no longer sold" in visitor.text("/basket/")


def test_two_currencies_are_two_orders(shop: Shop, visitor: Visitor) -> None:
    put(visitor, shop.guide)
    page = put(visitor, sell("yen-thing", "download", 1900, currency="JPY"))
    assert "different currencies" in page
    assert "¥1,900" in page
    assert 'href="/order/"' not in page


def test_the_basket_stays_when_someone_signs_in(shop: Shop, person: Person, visitor: Visitor) -> None:
    put(visitor, shop.guide, 2)
    visitor.sign_in(person)
    assert "$58.00" in visitor.text("/basket/")


def test_the_names_of_products_are_text(visitor: Visitor) -> None:
    variant = sell("bold", "service", 100)
    variant.product.title = variant.product.description = "<b>x</b>"
    variant.product.save()
    for page in (visitor.text("/shop/"), visitor.text("/shop/bold/"), put(visitor, variant)):
        assert "<b>x" not in page
        assert "&lt;b&gt;x" in page
