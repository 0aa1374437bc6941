"""In a real browser: a concern without JavaScript, a conversation, a request, and previews that can do nothing."""

import json
import zipfile
from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_pages import faults
from tests.canaries import Canaries
from tests.served import Site

New = Callable[..., BrowserContext]
SEND = "main form [type=submit]"


def test_a_concern_needs_neither_javascript_nor_an_account(new_context: New, canaries: Canaries, site: Site) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/policy/evidence/#see")
    page.locator("#see").get_by_text("Tell us that this is not so").click()
    expect(page.locator("[name=promise]")).to_have_value("see")
    page.fill("[name=text]", "Nothing was shown to me.")
    page.fill("[name=email]", "no address")
    page.click(SEND)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[name=text]")).to_have_value("Nothing was shown to me.")
    page.check("[name=is_urgent]")
    page.fill("[name=email]", canaries["email"])
    page.click(SEND)
    page.wait_for_url("**/concern/received/")
    number = page.locator("main .number").inner_text()
    assert "Nothing was shown" not in site.letter_saying(canaries["email"], number).string


def test_somebody_follows_their_requests_and_conversations(new_context: New, sign_up: Callable[..., str]) -> None:
    page = new_context(bypass_csp=True).new_page()  # for axe-core, which the test brings into the page
    sign_up(page)
    page.goto("/account/requests/")
    page.click("text=Ask for it")
    page.check("[value=objection]")
    page.fill("[name=text]", "Leave my order alone until March.")
    page.click("main form [type=submit]")
    page.wait_for_url("**/account/requests/")
    page.click("summary:has-text('Step by step')")
    expect(page.locator(".progress li")).to_have_count(2)
    assert faults(page) == []
    page.click("text=Read the conversation")
    expect(page.locator(".message")).to_contain_text("Leave my order alone until March.")
    page.fill("[name=text]", "Or until April.")
    page.click("main form:has(textarea) [type=submit]")
    expect(page.locator(".message")).to_have_count(2)
    assert faults(page) == []
    page.click("text=Delete this conversation")
    expect(page.get_by_text("is still open")).to_be_visible()
    page.click("main .button.grave")
    page.wait_for_url("**/account/conversations/")
    page.goto("/account/requests/")
    expect(page.get_by_text("Read the conversation")).to_have_count(0)
    page.click("text=Take it back")
    page.click("main form [type=submit]")
    page.wait_for_url("**/account/requests/")
    expect(page.locator("main .asked")).to_contain_text("Taken back. It was taken back.")


def test_a_letter_that_asks_for_everything_ends_in_a_copy_and_a_receipt(
    page: Page, sign_up: Callable[..., str], new_context: New, site: Site
) -> None:
    """The mailbox's owner confirms it in a browser that was never here."""
    address = sign_up(page)
    asked = "Please send me a copy of all data that you hold about me. Then delete my account and all my data."
    letter = f"From: {address}\nTo: hello@webmr.io\nSubject: My data\nMessage-ID: <{uuid4()}@example.org>\n\n{asked}\n"
    said = json.loads(site.run("mailbox", "receive", "--json", given=letter))
    assert set(said["kinds"]) == {"access", "erasure"}
    other = new_context().new_page()
    other.goto(site.letter_saying(address, r"/rights/confirm/\w+/")[0])
    expect(other.locator("main li")).to_have_count(2)
    other.click("text=Yes, it is mine")
    expect(other.get_by_role("heading", name="Confirmed")).to_be_visible()
    other.goto(site.letter_saying(address, r"/rights/copy/\w+/")[0])
    before = len(site.letters_to(address))
    other.click("text=Send me a code")
    other.fill("[name=code]", site.code_for(address, after=before))
    with other.expect_download() as copy:
        other.click("text=Fetch the copy")
    with zipfile.ZipFile(copy.value.path()) as held:
        assert address in held.read("data.json").decode()
    other.goto(site.letter_saying(address, r"/rights/receipt/\S+")[0])
    while other.get_by_role("heading", name="It is gone").count() == 0:
        expect(other.get_by_role("heading", name="It is under way")).to_be_visible()
        other.reload()
    assert "upheld-receipt/v2" in other.content()
