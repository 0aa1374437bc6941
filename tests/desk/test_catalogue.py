"""Products at the desk: sold, priced, counted and withdrawn by whoever keeps the shop, with what is wrong beside it."""

from decimal import Decimal

import pytest
from django.http import HttpResponse

from tests.orders.conftest import Shop
from tests.web.conftest import Visitor
from tests.working import at_the_desk, member
from upheld import ledger
from upheld.orders.models import Destination, Product, Variant
from upheld.policy.acts import Act
from upheld.staff.models import Member

MUG = {"title": "Mug", "slug": "mug", "kind": "parcel", "description": "To drink from.", "sku": "", "price": "12.50",
       "currency": "eur", "stock": "", "weight": "350"}  # fmt: skip
FRANCE = {"country": "fr", "tax_rate": "20", "tax_name": "VAT", "ships": "on", "shipping": "6.90", "currency": "EUR"}


@pytest.fixture
def keeper(db: None) -> Member:
    return member("shop")


@pytest.fixture
def browser(keeper: Member) -> Visitor:
    found = at_the_desk(keeper, Visitor())
    assert isinstance(found, Visitor)
    return found


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def change(browser: Visitor, variant: Variant, **given: str) -> HttpResponse:
    """The form of a variant as a browser sends it: what it was made with, and what is typed instead."""
    form = browser.get(f"/desk/products/variants/{variant.pk}/").context["form"]
    was = {f"initial-{name}": "" if form[name].initial is None else str(form[name].initial) for name in form.fields}
    now = {name: was[f"initial-{name}"] for name in form.fields}
    return browser.post(f"/desk/products/variants/{variant.pk}/change/", was | now | given, follow=True)


def test_a_product_is_sold_with_its_first_variant(browser: Visitor, keeper: Member) -> None:
    answer = browser.post("/desk/products/add/", MUG, follow=True)
    assert "mug is sold from now on." in text(answer)
    sold = Variant.objects.get(sku="mug")
    assert (sold.price, sold.currency, sold.stock, sold.weight) == (1250, "EUR", None, 350)
    entries = list(ledger.Entry.objects.filter(act=Act.PRODUCT_CHANGE))
    assert {entry.facts["what"] for entry in entries} == {"added"}
    page = text(browser.get("/desk/products/"))
    assert "€12.50" in page
    assert "not counted" in page


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("title", "", "Give it a name."),
        ("slug", "Mug!", "Write the name in the address like this: printed-guide."),
        ("slug", "guide", "There is a product called"),
        ("sku", "guide", "There is a variant with the SKU"),
        ("sku", "a b", "Write the SKU in at most 40 letters"),
        ("kind", "pet", "Choose one of those listed."),
        ("price", "12,50", "is no amount such as 19.90"),
        ("price", "12.505", "has no unit as small as that"),
        ("price", "0", "Give a price above zero"),
        ("currency", "ZZZ", "is no currency of ISO 4217"),
        ("stock", "-1", "Give zero or more."),
        ("stock", "9999999999", "Give the stock as zero or more."),
        ("weight", "some", "Give a whole number."),
        ("description", "4242 4242 4242 4242", "This looks like the number of a card"),
    ],
)
def test_what_is_wrong_is_told_beside_it_and_what_was_typed_stays(
    shop: Shop, browser: Visitor, field: str, typed: str, sentence: str
) -> None:
    before = Product.objects.count()
    answer = browser.post("/desk/products/add/", MUG | {field: typed})
    assert answer.status_code == 422
    assert sentence in text(answer).replace("&#x27;", "'")
    assert sentence in str(answer.context["form"].errors[field]).replace("&#x27;", "'")
    assert 'value="350"' in text(answer) or field == "weight"
    assert "4242 4242" not in text(answer)
    assert Product.objects.count() == before
    assert not Variant.objects.filter(sku="mug").exists()


def test_a_price_has_its_currencys_own_decimals(browser: Visitor) -> None:
    browser.post("/desk/products/add/", MUG | {"price": "1200", "currency": "JPY"})
    assert Variant.objects.get(sku="mug").price == 1200
    answer = browser.post("/desk/products/add/", MUG | {"slug": "cup", "price": "12.5", "currency": "JPY"})
    assert answer.status_code == 422
    variant = Variant.objects.get(sku="mug")
    assert 'value="1200"' in text(browser.get(f"/desk/products/variants/{variant.pk}/"))


def test_another_variant_is_added_and_withdrawn(shop: Shop, browser: Visitor) -> None:
    product = Product.objects.get(slug="guide")
    given = {"sku": "guide-xl", "title": "XL", "price": "30", "currency": "EUR", "stock": "5", "weight": ""}
    way = f"/desk/products/{product.pk}/variants/"
    assert "guide-xl is sold from now on." in text(browser.post(way, given, follow=True))
    answer = browser.post(way, given)
    assert answer.status_code == 422
    assert "There is a variant with the SKU" in text(answer)
    variant = Variant.objects.get(sku="guide-xl")
    answer = browser.post(f"/desk/products/variants/{variant.pk}/withdraw/", follow=True)
    assert "guide-xl is not sold any more." in text(answer)
    assert browser.get(f"/desk/products/variants/{variant.pk}/").status_code == 404
    assert "guide-xl" not in text(browser.get("/desk/products/"))
    assert "guide-xl" in text(browser.get("/desk/products/?withdrawn=1"))


def test_a_product_is_withdrawn_with_all_its_variants(shop: Shop, browser: Visitor) -> None:
    product = Product.objects.get(slug="guide")
    answer = browser.post(f"/desk/products/{product.pk}/withdraw/", follow=True)
    assert "guide is not sold any more." in text(answer)
    assert browser.post(f"/desk/products/{product.pk}/variants/", {}).status_code == 404


def test_price_and_stock_change_and_nothing_else(shop: Shop, browser: Visitor) -> None:
    guide = shop.variants["guide"]
    assert "guide is changed." in text(change(browser, guide, price="25.00", stock="40"))
    guide.refresh_from_db()
    assert (guide.price, guide.stock) == (2500, 40)
    assert "Nothing of guide was changed." in text(change(browser, guide))
    change(browser, guide, stock="")
    guide.refresh_from_db()
    assert (guide.price, guide.stock) == (2500, None)


def test_what_is_sold_meanwhile_stays_sold(shop: Shop, browser: Visitor) -> None:
    guide = shop.variants["guide"]
    was = {"initial-price": "24.50", "initial-stock": "10", "initial-title": ""}
    shop.placed(("guide", 3))
    way = f"/desk/products/variants/{guide.pk}/change/"
    browser.post(way, was | {"price": "26", "stock": "10", "title": ""})
    guide.refresh_from_db()
    assert (guide.price, guide.stock) == (2600, 7)
    answer = browser.post(way, was | {"initial-price": "26.00", "price": "26.00", "stock": "20", "title": ""})
    assert answer.status_code == 422
    assert "The stock is 7 by now. Say again how many there are." in text(answer)
    assert 'name="stock" value="20"' in text(answer)
    assert 'name="initial-stock" value="7"' in text(answer)
    assert shop.stock("guide") == 7


def test_wrong_changes_are_told_beside_their_fields(shop: Shop, browser: Visitor) -> None:
    guide = shop.variants["guide"]
    for field, typed in (("price", "a lot"), ("price", "0"), ("stock", "-3"), ("title", "x" * 81)):
        answer = change(browser, guide, **{field: typed})
        assert answer.status_code == 422
        assert answer.context["form"].errors[field]
    guide.refresh_from_db()
    assert (guide.price, guide.stock) == (2450, 10)


def test_countries_and_their_rates_are_set(shop: Shop, browser: Visitor) -> None:
    answer = browser.post("/desk/products/countries/set/", FRANCE, follow=True)
    assert "FR is sold to at these rates from now on." in text(answer)
    row = Destination.objects.get(pk="FR")
    assert (row.tax_rate, row.ships, row.shipping) == (Decimal(20), True, 690)
    page = text(browser.get("/desk/products/countries/", {"country": "fr"}))
    assert 'value="6.90"' in page
    assert "France" in page
    for crafted in ("'; drop", "\0", "FR\0"):
        assert browser.get("/desk/products/countries/", {"country": crafted}).status_code == 200


@pytest.mark.parametrize(
    ("field", "typed"),
    [("country", "ZZ"), ("tax_rate", "101"), ("tax_rate", "1.23456"), ("tax_rate", "NaN"), ("shipping", "-1"),
     ("shipping", "x"), ("currency", "XAU"), ("tax_name", ""), ("tax_rate", "1e999")],
)  # fmt: skip
def test_rates_that_cannot_be_are_told(shop: Shop, browser: Visitor, field: str, typed: str) -> None:
    answer = browser.post("/desk/products/countries/set/", FRANCE | {field: typed})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not Destination.objects.filter(pk="FR").exists()


def test_the_shop_is_for_whoever_keeps_it(shop: Shop) -> None:
    guide, product = shop.variants["guide"], Product.objects.get(slug="guide")
    ways = ("", "new/", "countries/", f"{product.pk}/", f"variants/{guide.pk}/")
    acts = ("add/", "countries/set/", f"{product.pk}/variants/", f"{product.pk}/withdraw/",
            f"variants/{guide.pk}/change/", f"variants/{guide.pk}/withdraw/")  # fmt: skip
    for job in ("billing", "shipping", "support", "privacy", "news", "administration"):
        browser = at_the_desk(member(job), Visitor())
        assert {browser.get(f"/desk/products/{way}").status_code for way in ways} == {403}
        assert {browser.post(f"/desk/products/{act}").status_code for act in acts} == {403}
    assert Visitor().get("/desk/products/")["Location"].startswith("/desk/sign-in/")
    assert not Product.objects.exclude(withdrawn_at=None).exists()
