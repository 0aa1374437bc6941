"""The demonstration's letters in a browser: read, led on by, and answered."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Record
from tests.browser.test_pages import New, faults, widest
from tests.served import Site

LETTERS = "/demo/letters/"


@pytest.fixture
def demonstration(site: Site) -> Iterator[Site]:
    site.home.demonstration.touch()
    yield site
    site.home.demonstration.unlink()


@pytest.mark.parametrize("width", [1280, 390])
def test_letters_are_read_and_written(
    width: int, demonstration: Site, new_context: New, sign_up: Callable[..., str], record: Record
) -> None:
    page = new_context(viewport={"width": width, "height": 900}, bypass_csp=True).new_page()
    address = sign_up(page)
    page.goto("/")
    page.click("footer >> text=its letters")
    page.locator(f"li:has-text('{address}') >> text=Read it").first.click()
    assert page.frame_locator("iframe").locator("h1, p").first.inner_text()
    found, wide = faults(page), [widest(page)]
    page.click(f"text=Reply as {address}")
    assert page.input_value("[name=email]") == address
    found, wide = found + faults(page), [*wide, widest(page)]
    page.fill("[name=subject]", "The news")
    page.fill("[name=text]", "Please send me no more news.")
    page.click("main form [type=submit]")
    page.wait_for_url(f"**{LETTERS}")
    assert "opt out" in page.locator(".notice").inner_text()
    found, wide = found + faults(page), [*wide, widest(page)]
    assert not found, "\n".join(found)
    assert max(wide) <= width
    assert not record.beyond(demonstration.url)


def test_no_page_complains_and_links_in_a_letter_open_apart(
    demonstration: Site, page: Page, sign_up: Callable[..., str], record: Record
) -> None:
    address = sign_up(page)
    page.goto(f"{LETTERS}write/")
    page.fill("[name=email]", address)
    page.fill("[name=text]", "Please send me a copy of the data that you hold about me.")
    page.click("main form [type=submit]")
    page.wait_for_url(f"**{LETTERS}")
    page.locator(f"li:has-text('{address}') >> text=Read it").first.click()
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").locator("a").first.click()
    opened.value.wait_for_load_state()
    assert opened.value.url.startswith(demonstration.url)
    page.click(f"text=Reply as {address}")
    assert not record.complaints
