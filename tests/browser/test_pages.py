"""Every page: nothing that axe-core finds, nothing from elsewhere, no complaint, nothing wider than a small screen."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD, Record
from tests.served import Site

OPEN = ["/", "/policy/", "/policy/versions/", "/policy/versions/2026-11-01/", "/policy/evidence/"]
FORMS = ["/sign-up/", "/sign-in/", "/reset/", "/concern/", "/rights/"]
ACCOUNT = [
    "/account/",
    "/account/data/",
    "/account/choices/",
    "/account/requests/",
    "/account/requests/ask/",
    "/account/uses/",
    "/account/conversations/",
    "/account/security/",
    "/account/security/password/",
    "/account/security/totp/",
    "/account/security/passkeys/",
    "/account/address/",
    "/account/delete/",
    "/account/confirm/",
]
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SMALL = {"viewport": {"width": 380, "height": 780}}
New = Callable[..., BrowserContext]


def faults(page: Page) -> list[str]:
    """What axe-core finds, with every `details` open so that it sees what is inside."""
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    found = Axe().run(page, options=WCAG).response["violations"]
    return [f"{page.url}: {each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


def widest(page: Page) -> int:
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    return int(page.evaluate("document.documentElement.scrollWidth"))


def visit(page: Page, path: str) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, path
    page.wait_for_load_state("networkidle")


def prove(page: Page) -> None:
    page.goto("/account/confirm/")
    page.fill("[name=password]", PASSWORD)
    page.click("main form [type=submit]")
    page.wait_for_url("**/account/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_faultless(
    scheme: str, new_context: New, sign_up: Callable[..., str], record: Record, site: Site
) -> None:
    # axe-core is brought into the page by the test, which the page's own policy would forbid; what that policy forbids
    # is looked at below, without it.
    page = new_context(color_scheme=scheme, bypass_csp=True).new_page()
    found = []
    for path in [*OPEN, *FORMS]:
        visit(page, path)
        found += faults(page)
    for path in FORMS:
        page.goto(path)
        page.click("main form [type=submit]")
        found += faults(page)
    sign_up(page)
    prove(page)
    for path in ACCOUNT:
        visit(page, path)
        found += faults(page)
    page.goto("/no/such/page/")
    found += faults(page)
    assert not found, "\n".join(found)


def test_every_page_asks_one_origin_and_hears_no_complaint(
    new_context: New, sign_up: Callable[..., str], record: Record, site: Site
) -> None:
    page = new_context().new_page()
    for path in [*OPEN, *FORMS]:
        visit(page, path)
        assert page.evaluate("isSecureContext")
    sign_up(page)
    prove(page)
    for path in ACCOUNT:
        visit(page, path)
    assert not record.beyond(site.url)
    assert not record.complaints


def test_no_page_is_wider_than_a_small_screen(new_context: New, sign_up: Callable[..., str]) -> None:
    page = new_context(**SMALL).new_page()
    wide = {}
    for path in [*OPEN, *FORMS]:
        visit(page, path)
        wide[path] = widest(page)
    sign_up(page)
    prove(page)
    for path in ACCOUNT:
        visit(page, path)
        wide[path] = widest(page)
    assert {path: width for path, width in wide.items() if width > 380} == {}


def test_everything_to_press_is_large_enough(new_context: New, sign_up: Callable[..., str]) -> None:
    """44 px, as WCAG's enhanced criterion 2.5.5 has it; links in the midst of a sentence are exempt."""
    page = new_context(**SMALL).new_page()
    sign_up(page)
    pressed = "main button, main .button, main summary, main .field input, header a, header button"
    measure = f"""() => [...document.querySelectorAll('{pressed}')]
        .filter((each) => each.checkVisibility() && each.type !== 'hidden')
        .map((each) => [each.outerHTML.slice(0, 120), each.getBoundingClientRect().height])
        .filter(([, height]) => height < 43.5)"""
    for path in [*ACCOUNT[:7], "/account/delete/"]:
        visit(page, path)
        assert page.evaluate(measure) == [], path


def test_what_is_said_of_a_row_stands_beside_it(new_context: New, sign_up: Callable[..., str]) -> None:
    page = new_context(**SMALL).new_page()
    sign_up(page)
    visit(page, "/account/data/")
    to_next = """() => [...document.querySelectorAll('main .whole')]
        .filter((each) => each.nextElementSibling).map((each) =>
        each.nextElementSibling.getBoundingClientRect().top - each.getBoundingClientRect().bottom)"""
    gaps = page.evaluate(to_next)
    assert gaps
    assert min(gaps) > 24
    visit(page, "/account/requests/")
    lefts = page.evaluate("[...document.querySelectorAll('.ways a')].map((each) => each.getBoundingClientRect().left)")
    assert len(lefts) > 5
    assert len(set(lefts)) == 1, "each below what it is about"


def test_dark_is_dark_and_light_is_light(new_context: New) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        page = new_context(color_scheme=scheme).new_page()
        page.goto("/")
        colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        grounds[scheme] = sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))
    assert grounds["dark"] < 150 < 600 < grounds["light"]


def test_nothing_moves_for_those_who_ask_for_stillness(new_context: New) -> None:
    page = new_context(reduced_motion="reduce").new_page()
    page.goto("/policy/")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_the_policy_prints_without_its_frame(page: Page) -> None:
    page.goto("/policy/")
    page.emulate_media(media="print")
    assert page.locator(".masthead nav").is_hidden()
    assert page.locator(".mark .word").first.is_visible()


def test_the_content_policy_is_at_work(page: Page) -> None:
    """Not only in the header: text becomes neither script nor markup, and nobody else can be asked."""
    page.goto("/")
    inline = """() => { const each = document.createElement('script'); each.textContent = 'window.ran = true';
        document.body.append(each) }"""
    assert page.evaluate(refused(inline))
    assert page.evaluate(refused("() => { document.body.innerHTML = '<b>x</b>' }"))
    assert not page.evaluate("'ran' in window")
    elsewhere = "() => fetch('https://127.0.0.1:9/').then(() => 'sent', (error) => error.name)"
    assert page.evaluate(elsewhere) == "TypeError"
    violated = """() => new Promise((done) => {
        document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective));
        fetch('https://example.org/').catch(() => {}) })"""
    assert page.evaluate(violated) == "connect-src"


def refused(script: str) -> str:
    """Whether the browser throws at it."""
    return f"() => {{ try {{ ({script})(); return false }} catch (error) {{ return error instanceof TypeError }} }}"


def test_a_page_kept_in_history_is_not_shown_after_signing_out(
    new_context: New, sign_up: Callable[..., str], browser: Browser
) -> None:
    page = new_context().new_page()
    address = sign_up(page)
    page.goto("/account/data/")
    assert address in page.inner_text("main")
    page.click("text=Sign out")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    page.go_back()
    assert address not in page.content()
