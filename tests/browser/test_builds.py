"""What a build reported is found by its number in a real browser, which gets no cookie for it and shows no number in an
address; and the page can be used by everybody, on a small screen too."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext

from tests.browser.conftest import Record
from tests.browser.test_pages import faults, widest
from tests.served import Site

New = Callable[..., BrowserContext]
SMALL = {"viewport": {"width": 390, "height": 844}}


def test_a_mistyped_number_is_explained_without_a_cookie(new_context: New, site: Site, record: Record) -> None:
    context = new_context(bypass_csp=True, **SMALL)  # for axe-core
    page = context.new_page()
    page.goto("/")
    page.click("footer a[href='/builds/']")
    page.fill("[name=number]", "4K7QX-0M2ZD")
    page.click("main form [type=submit]")
    page.wait_for_selector("[role=alert]")
    assert "25 signs" in page.inner_text("[role=alert]")
    assert page.url.endswith("/builds/")
    assert not context.cookies()
    assert not faults(page)
    assert widest(page) <= SMALL["viewport"]["width"]
