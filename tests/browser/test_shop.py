"""Buying in a real browser, from a shop that is served for real, with the sandbox that charges the cards."""

import re
import subprocess
import sys
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import unquote

import pytest
from playwright.sync_api import BrowserContext, Page, Request

from tests.browser.conftest import Record
from tests.browser.test_pages import SMALL, faults, widest
from tests.canaries import Canaries
from tests.served import Site

New = Callable[..., BrowserContext]
FINE, CHALLENGED, DECLINES_LATER = "4242424242424242", "4000002760003184", "4000000000000341"
CODE = "417"
GAP = """() => [document.querySelector("main .lead")].map((lead) =>
    lead.nextElementSibling.getBoundingClientRect().top - lead.getBoundingClientRect().bottom)[0]"""
SELL = """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "upheld.settings"
django.setup()
from decimal import Decimal
from upheld.orders import verbs
from upheld.policy.actors import Actor
by = Actor.operator()
for slug, title, kind, price, stock in (
    ("guide", "Printed guide", "parcel", 2900, 500), ("licence", "Licence", "download", 8900, None),
):
    product = verbs.add_product(slug=slug, title=title, kind=kind, description="Invented.", by=by)
    verbs.add_variant(product, sku=slug.upper(), price=price, currency="USD", stock=stock, by=by)
for country, name, rate, cost in (("US", "", "0", 500), ("DE", "VAT", "19", 900), ("JP", "CT", "10", 2200)):
    tax = {"tax_name": name, "tax_rate": Decimal(rate)}
    verbs.set_destination(country, ships=True, shipping=cost, currency="USD", by=by, **tax)
"""


@pytest.fixture(scope="module")
def shop(site: Site) -> Site:
    subprocess.run([sys.executable, "-c", SELL], env=site.environment, check=True)
    return site


def put(page: Page, *slugs: str) -> None:
    for slug in slugs:
        page.goto(f"/shop/{slug}/")
        page.click("text=Add to basket")
        page.wait_for_url("**/basket/")


def type_card(page: Page, number: str) -> None:
    page.fill("[data-card-number]", number)
    page.fill("[data-card-expiry]", "12 / 40")
    page.fill("[data-card-code]", CODE)


def fill(page: Page, email: str) -> None:
    page.fill("[name=email]", email)
    if page.locator("[name=country]").input_value() != "DE":
        with page.expect_response("**/order/"):
            page.select_option("[name=country]", "DE")
        page.locator("#address:not([aria-busy])").wait_for(state="attached")
    if page.locator("[name=name]").count():
        page.fill("[name=name]", "Ada Beispiel")
        page.fill("[name=address_line1]", "Beispielweg 7")
        page.fill("[name=city]", "Berlin")
        page.fill("[name=postal_code]", "10115")


def draft(page: Page, email: str, number: str, *slugs: str) -> None:
    put(page, *slugs)
    page.click("a.button:has-text('Order')")
    fill(page, email)
    type_card(page, number)
    page.click("text=Look it over")
    page.wait_for_url("**/order/review/")


def buy(page: Page, email: str, number: str, *slugs: str) -> None:
    draft(page, email, number, *slugs)
    page.click("text=Order and pay")


def link(site: Site, email: str, kind: str) -> str:
    """The path of the link of this kind in the newest letter to this address."""

    def found() -> str:
        for letter in reversed(site.letters_to(email)):
            match = re.search(rf"(/order/{kind}/\S+)", words(letter))
            if match:
                return match[1]
        return ""

    site._wait(found)
    return found()


def words(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    return str(body.get_content()) if body else ""


def watch(page: Page) -> list[Request]:
    seen: list[Request] = []
    page.context.on("request", lambda request: seen.append(request))
    return seen


def told_us(requests: list[Request]) -> str:
    """Everything that the browser sent, but to the processor's own addresses."""
    ours = [each for each in requests if "/sandbox/" not in each.url]
    return "\n".join(unquote(f"{each.url} {each.post_data or ''} {each.headers}") for each in ours)


def test_a_guest_buys_a_parcel_and_a_download(shop: Site, page: Page, record: Record, canaries: Canaries) -> None:
    requests = watch(page)
    buy(page, canaries["email"], FINE, "guide", "licence")
    page.wait_for_url("**/order/thanks/")
    assert "Thank you" in page.inner_text("h1")
    assert page.evaluate(GAP) >= 8, "a paragraph stands apart from the lead"
    page.goto(link(shop, canaries["email"], "mine"))
    assert "ending in 4242" in page.inner_text("main")
    with page.expect_download() as download:
        page.click("a:has-text('PDF') >> nth=0")
    assert download.value.suggested_filename.startswith("confirmation-")
    assert not record.beyond(shop.url), "one origin"
    assert not record.complaints
    sent = told_us(requests)
    assert "card_token=tok_" in sent
    for secret in (FINE, "4242 4242", "4242+4242", f"={CODE}&", CODE + '"'):
        assert secret not in sent, "the card went to the processor alone"


def test_someone_signed_in_buys_with_a_saved_card(shop: Site, page: Page, sign_up: Callable[..., str]) -> None:
    sign_up(page)
    page.goto("/account/cards/add/")
    type_card(page, FINE)
    page.click("text=Add the card")
    page.wait_for_url("**/account/cards/")
    assert "ending in 4242" in page.inner_text("main")
    put(page, "licence")
    page.goto("/order/")
    assert page.locator("[data-card-number]").is_hidden()
    page.click("text=Look it over")
    page.wait_for_url("**/order/review/")
    page.dblclick("text=Order and pay")
    page.wait_for_url("**/order/thanks/")
    page.goto("/account/orders/")
    assert page.locator("main .row").count() == 1, "pressed twice, ordered once"


@pytest.mark.parametrize(("answer", "said"), [("Confirm", "Thank you"), ("Refuse", "waits for you")])
def test_a_bank_asks_whether_it_is_the_person(
    shop: Site, page: Page, canaries: Canaries, answer: str, said: str
) -> None:
    buy(page, canaries["email"], CHALLENGED, "licence")
    page.wait_for_url("**/sandbox/challenge/**")
    page.click(f"button:has-text('{answer}')")
    page.wait_for_url("**/order/thanks/")
    assert said in page.inner_text("h1")


def test_a_declined_card_is_mended_by_the_letters_link(shop: Site, new_context: New, canaries: Canaries) -> None:
    page = new_context().new_page()
    buy(page, canaries["email"], DECLINES_LATER, "guide")
    page.wait_for_url("**/order/thanks/")
    assert "could not be charged" in page.inner_text("main")
    phone = new_context(**SMALL).new_page()
    phone.goto(link(shop, canaries["email"], "mend"))
    phone.wait_for_load_state("networkidle")
    type_card(phone, FINE)
    phone.click("text=Pay with this card")
    phone.wait_for_selector("text=It is mended.")
    assert widest(phone) <= 380


def test_what_is_typed_wrong_is_told_before_it_is_sent(shop: Site, page: Page, canaries: Canaries) -> None:
    put(page, "licence")
    page.goto("/order/")
    fill(page, canaries["email"])
    requests = watch(page)
    page.fill("[data-card-number]", "4242424242424241")
    page.fill("[data-card-expiry]", "01 / 20")
    page.fill("[data-card-code]", "1")
    page.click("text=Look it over")
    for said in ("This is not a card number.", "The card has expired.", "Type the 3 digits of the security code."):
        assert said in page.inner_text("main")
    assert not [each for each in requests if each.method == "POST"]


def test_without_javascript_a_card_is_typed_on_the_processors_page(
    shop: Site, new_context: New, canaries: Canaries
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    put(page, "guide")
    page.goto("/order/")
    page.click("text=Type your card there")
    page.wait_for_url("**/sandbox/card/**")
    page.fill("[name=number]", FINE)
    page.fill("[name=expiry]", "12/40")
    page.fill("[name=code]", CODE)
    page.click("text=Use this card")
    page.wait_for_url("**/order/")
    page.fill("[name=email]", canaries["email"])
    page.select_option("[name=country]", "DE")
    page.click("[name=change_country]")
    assert page.input_value("[name=email]") == canaries["email"], "nothing typed is lost"
    assert "Your card is typed." in page.inner_text("main")
    page.fill("[name=name]", "Ada Beispiel")
    page.fill("[name=address_line1]", "Beispielweg 7")
    page.fill("[name=city]", "Berlin")
    page.fill("[name=postal_code]", "10115")
    page.click("text=Look it over")
    page.wait_for_url("**/order/review/")
    page.click("text=Order and pay")
    page.wait_for_url("**/order/thanks/")


def test_another_country_changes_the_address_in_place(shop: Site, page: Page, record: Record) -> None:
    put(page, "guide")
    page.goto("/order/")
    page.fill("[name=name]", "Ada Beispiel")
    page.fill("[data-card-number]", "4242")
    with page.expect_response("**/order/"):
        page.select_option("[name=country]", "JP")
    page.wait_for_selector("text=Prefecture")
    assert page.input_value("[name=name]") == "Ada Beispiel"
    assert page.input_value("[data-card-number]") == "4242", "the rest of the page is as it was"
    assert not record.complaints


def test_a_sign_up_brings_a_card(shop: Site, page: Page, canaries: Canaries) -> None:
    page.goto("/sign-up/")
    page.fill("[name=email]", canaries["email"])
    page.fill("[name=password]", canaries["password"])
    type_card(page, FINE)
    page.click("main form [type=submit]:has-text('Sign up')")
    page.wait_for_url("**/sign-up/code/")
    page.fill("[name=code]", shop.code_for(canaries["email"]))
    page.click("main form:has([name=code]) [type=submit]")
    page.wait_for_url("**/account/")
    page.goto("/account/cards/")
    assert "ending in 4242" in page.inner_text("main")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_shop_is_faultless(shop: Site, new_context: New, canaries: Canaries, scheme: str) -> None:
    """As axe-core sees it, which the test brings into the page against the page's own policy; and on a small screen."""
    page = new_context(color_scheme=scheme, bypass_csp=True, **SMALL).new_page()
    found: list[str] = []

    def look() -> None:
        page.wait_for_load_state("networkidle")
        found.extend(faults(page))
        assert widest(page) <= 380, page.url

    for path in ("/shop/", "/shop/guide/", "/basket/"):
        page.goto(path)
        look()
    put(page, "guide", "licence")
    look()
    page.goto("/order/")
    page.click("text=Look it over")
    look()
    fill(page, canaries["email"])
    type_card(page, DECLINES_LATER)
    page.click("text=Look it over")
    page.wait_for_url("**/order/review/")
    look()
    page.click("text=Order and pay")
    page.wait_for_url("**/order/thanks/")
    look()
    page.goto(link(shop, canaries["email"], "mend"))
    look()
    page.goto("/account/orders/")
    buy(page, canaries["email"], FINE, "licence")
    page.wait_for_url("**/order/thanks/")
    page.goto(link(shop, canaries["email"], "mine"))
    look()
    for path in ("/account/orders/", "/account/data/", "/order/delete/", "/sign-up/"):
        page.goto(path)
        look()
    assert not found, "\n".join(found)


def test_everything_to_press_in_the_shop_is_large_enough(shop: Site, new_context: New) -> None:
    page = new_context(**SMALL).new_page()
    put(page, "guide")
    pressed = "main button, main .button, main summary, main .field input, main .field select, main .pick"
    measure = f"""() => [...document.querySelectorAll('{pressed}')]
        .filter((each) => each.checkVisibility() && each.type !== 'hidden')
        .map((each) => [each.outerHTML.slice(0, 120), each.getBoundingClientRect().height])
        .filter(([, height]) => height < 43.5)"""
    for path in ("/shop/guide/", "/basket/", "/order/"):
        page.goto(path, wait_until="networkidle")
        assert page.evaluate(measure) == [], path
