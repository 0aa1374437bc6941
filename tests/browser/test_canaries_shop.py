"""After a guest has bought a parcel in a real browser, and typed a card wherever one can, nothing of it is in clear in
anything that the instance leaves: no name, no address, no tracking number, and above all no card number."""

import json
import re
import secrets
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page

from tests.browser.test_canaries import running, stored
from tests.canaries import Canaries, scan
from tests.served import Site
from upheld.rights.checks.buying import card_number

WHERE = ("name", "address_line1", "address_line2", "city")
GUIDE = ("--title", "Printed guide", "--kind", "parcel", "--price", "24.50", "--currency", "EUR", "--weight", "640")
RATE = ("--tax", "19", "--name", "VAT", "--shipping", "4.90", "--currency", "EUR")


@dataclass
class Bought:
    page: Page
    number: str  # of the order
    link: str  # in the guest's letters
    secrets: list[str] = field(default_factory=list)  # what must rest nowhere, letters included


def numbers_of(card: str) -> list[str]:
    """As it was typed: bare, and in groups."""
    return [card, *(mark.join(card[at : at + 4] for at in range(0, 16, 4)) for mark in " -")]


@pytest.fixture(scope="module")
def shop(site: Site) -> str:
    """The address of what is for sale."""
    slug = f"guide-{secrets.token_hex(4)}"
    site.run("products", "rates", "set", "DE", *RATE)
    site.run("products", "add", slug, *GUIDE)
    return f"/shop/{slug}/"


@pytest.fixture
def bought(page: Page, site: Site, shop: str, canaries: Canaries) -> Bought:
    """Ordered, mistyped on the way, packed and shipped by the commands, and the papers fetched."""
    card, other, tracking = card_number(), card_number(), secrets.token_hex(10).upper()
    page.goto(shop)
    page.click("main button:has-text('Add to basket')")
    page.goto("/order/")
    _fill(page, canaries)
    mistype(page, other)
    _type_card(page, card)
    page.click("form#order button:has-text('Look it over')")
    page.wait_for_url("**/order/review/")
    page.click("main button:has-text('Order and pay')")
    page.wait_for_url("**/order/thanks/")
    number = page.inner_text("main .number").strip()
    _wrong_ways(page, other)
    site.sit_down()
    site.run("orders", "pack", number)
    site.run("orders", "ship", number, "--carrier", "manual", "--tracking", tracking)
    link = _link_in_letter(site, canaries["email"])
    page.goto(link)
    papers = page.eval_on_selector_all("a[href$='.pdf']", "links => links.map(link => link.href)")
    assert len(papers) >= 2  # a confirmation and an invoice
    for address in papers:
        assert fetch(page, address) == [200, "%PDF-"]
    typed = [canaries[name] for name in WHERE]
    return Bought(page, number, link, [*typed, tracking, *numbers_of(card), *numbers_of(other)])


def _fill(page: Page, canaries: Canaries) -> None:
    if page.locator("select[name=country]").count():  # other tests of the site may have opened it to more countries
        page.select_option("[name=country]", "DE")
        page.wait_for_load_state("networkidle")
    for name in ("email", *WHERE):
        page.fill(f"[name={name}]", canaries[name])
    page.fill("[name=postal_code]", "10115")


def mistype(page: Page, card: str) -> None:
    """A card in a field of ours: refused with a sentence, and not shown back."""
    before = page.input_value("[name=name]")
    page.fill("[name=name]", numbers_of(card)[1])
    _type_card(page, card_number())
    page.click("form#order button:has-text('Look it over')")
    page.wait_for_selector("text=looks like the number of a card")
    assert card not in re.sub(r"[ -]", "", page.content())
    page.fill("[name=name]", before)


def _type_card(page: Page, card: str) -> None:
    """As a person types it; one that was typed before is typed again."""
    again = page.locator("button[name=change_card]")
    if again.count():
        again.click()
        page.wait_for_selector("[data-card-number]")
    page.fill("[data-card-number]", numbers_of(card)[1])
    page.fill("[data-card-expiry]", "12 / 40")
    page.fill("[data-card-code]", "827")


FETCH = """async ([path, type, body]) => {
  const asked = body === null ? {} : { method: "POST", body, headers: { "Content-Type": type } };
  const answer = await fetch(path, asked);
  return [answer.status, (await answer.text()).slice(0, 5)];
}"""
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def fetch(page: Page, path: str, type: str = "", body: str | None = None) -> list[object]:
    """The status, and how the content begins."""
    answer: list[object] = page.evaluate(FETCH, [path, type, body])
    return answer


def _wrong_ways(page: Page, card: str) -> None:
    """Where a card's number has no business, and what is answered there."""
    fetch(page, f"/no/such/page/{card}/?card={card}")
    fetch(page, f"/shop/{card}/")
    fetch(page, "/webhooks/payments/", JSON, json.dumps({"number": card}))
    fetch(page, "/order/", FORM, f"name={card}&email={card}")  # without the form's own token: refused
    fetch(page, "/sign-in/", FORM, f"email={card}@example.org")
    typed = {"number": card, "exp_month": 13, "exp_year": 2040, "cvc": "123"}
    assert fetch(page, "/sandbox/v1/tokens", JSON, json.dumps(typed))[0] == 400
    assert fetch(page, "/sandbox/v1/tokens", JSON, f'{{"number": "{card}"')[0] == 400


def _link_in_letter(site: Site, address: str) -> str:
    body = site.letters_to(address)[-1].get_body(("plain",))
    found = re.search(r"/order/mine/\S+", body.get_content() if body else "")
    assert found, "the letter leads nowhere"
    return found[0]


def test_nothing_of_an_order_is_in_clear(bought: Bought, site: Site, canaries: Canaries) -> None:
    values = [*bought.secrets, canaries["email"]]
    assert not stored(site, values)
    assert not running(values)
    assert not scan(site.home.letters, bought.secrets), "a letter repeats something"


def test_after_an_erasure_only_the_books_are_left(bought: Bought, site: Site, canaries: Canaries) -> None:
    page = bought.page
    page.goto("/order/delete/")
    page.click("button.grave")
    page.wait_for_selector("text=upheld-receipt/v2", state="attached")
    assert "Things ordered" in page.inner_text("main")
    values = [*bought.secrets, canaries["email"]]
    assert not stored(site, values)
    assert not scan(site.home.letters, values)
    assert json.loads(site.run("payments", "reconcile", "--json"))["differences"] == []
