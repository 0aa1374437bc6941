"""Rights without an account, in a real browser: asked for, confirmed, and followed while they come further."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Record
from tests.browser.test_pages import faults, widest
from tests.canaries import Canaries
from tests.served import Site

New = Callable[..., BrowserContext]
SEND = "main form [type=submit]"
SMALL = {"viewport": {"width": 390, "height": 844}}
CONFIRM = r"/rights/confirm/\w+/"


def write_in(page: Page, email: str) -> None:
    """Somebody of whom we hold an address and what they wrote, and who has no account."""
    page.goto("/concern/")
    page.fill("[name=text]", "Somebody else has my parcel.")
    page.fill("[name=email]", email)
    page.click(SEND)
    page.wait_for_url("**/concern/received/")


def start(page: Page, email: str) -> None:
    page.goto("/")
    page.click("footer a[href='/rights/']")
    page.check("[value=access]")
    page.check("[value=rectification]")
    page.fill("[name=text]", "My name is misspelt.")
    page.fill("[name=email]", email)
    page.click(SEND)
    page.wait_for_url("**/rights/started/")


def follow(page: Page, link: str) -> None:
    page.goto(link)
    page.click("button[name=mine]")
    page.click("text=See how far it is")
    page.wait_for_url("**/rights/request/**")


def test_what_changes_shows_by_itself(new_context: New, canaries: Canaries, site: Site, record: Record) -> None:
    page = new_context(bypass_csp=True, color_scheme="dark", **SMALL).new_page()  # for axe-core
    email, wrong = canaries["email"], list[str]()
    write_in(page, email)
    page.goto("/rights/")
    page.click(SEND)
    expect(page.get_by_text("Choose at least one.").first).to_be_visible()
    wrong += faults(page)
    start(page, email)
    wrong += faults(page)
    follow(page, site.letter_saying(email, CONFIRM)[0])
    wrong += faults(page)
    row = page.locator(".asked", has_text="Correct something")
    number = row.get_attribute("id") or ""
    row.locator("summary").focus()
    expect(row).to_contain_text("A person works on it.")
    expect(page.get_by_text("What changes shows here by itself.")).to_be_visible()
    site.sit_down()
    site.run("rights", "end", number, "--state", "fulfilled", given="It is corrected.\n")
    expect(row).to_contain_text("Done.", timeout=60_000)
    expect(page.locator("[data-told]")).to_contain_text(f"{number}: done.")
    expect(row.locator("summary")).to_be_focused()
    expect(row.locator("details")).to_have_attribute("open", "")
    wrong += faults(page)
    assert widest(page) <= page.evaluate("window.innerWidth")
    assert email not in page.content()
    assert email not in " ".join(record.requests)
    assert wrong == []


def test_it_looks_again_only_while_somebody_looks(new_context: New, canaries: Canaries, site: Site) -> None:
    context = new_context()
    page = context.new_page()
    write_in(page, canaries["email"])
    start(page, canaries["email"])
    follow(page, site.letter_saying(canaries["email"], CONFIRM)[0])
    page.wait_for_event("requestfinished", lambda request: "part=progress" in request.url)
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.wait_for_load_state("networkidle")
    looks: list[str] = []
    page.on("request", lambda request: looks.append(request.url))
    page.wait_for_timeout(4000)  # twice as long as it waits otherwise
    assert looks == []
    with page.expect_request("**part=progress"):
        page.evaluate(
            "Object.defineProperty(document, 'hidden', {value: false, configurable: true});"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )


def test_all_of_it_works_without_javascript(new_context: New, canaries: Canaries, site: Site) -> None:
    page = new_context(java_script_enabled=False, **SMALL).new_page()
    write_in(page, canaries["email"])
    start(page, canaries["email"])
    follow(page, site.letter_saying(canaries["email"], CONFIRM)[0])
    expect(page.locator(".asked")).to_have_count(2)
    expect(page.get_by_text("What changes shows here by itself.")).to_be_hidden()
    page.click("text=Look again")
    expect(page.locator(".asked")).to_have_count(2)
