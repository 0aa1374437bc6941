"""What a new user does, in a real browser: with JavaScript and without, by keyboard alone, and by passkey."""

import re
from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD, Record
from tests.canaries import Canaries
from tests.cli.conftest import eventually
from tests.served import Site

New = Callable[..., BrowserContext]
SignUp = Callable[..., str]


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_from_the_policy_to_the_receipt(
    javascript: bool, new_context: New, sign_up: SignUp, site: Site, record: Record, tmp_path: Path
) -> None:
    page = new_context(java_script_enabled=javascript, accept_downloads=True).new_page()
    page.goto("/")
    page.click("main >> text=Read the policy")
    page.click("a.mark[href='/policy/evidence/#see']")
    assert eventually(lambda: bool(page.reload()) and "Upheld" in page.inner_text("#see"))  # soon after the start
    address = sign_up(page)

    page.click("text=See and correct it")
    expect(page.locator("main")).to_contain_text(address)
    expect(page.locator("main")).to_contain_text("Showing it to you")
    page.click("summary:has-text('Correct')")
    page.fill("details[open] [name=value]", "The laptop in the kitchen")
    page.click("details[open] [type=submit]")
    expect(page.locator("[role=status]")).to_contain_text("It is corrected")
    expect(page.locator("main")).to_contain_text("The laptop in the kitchen")

    with page.expect_download() as download:
        page.click("text=Download everything")
    assert re.fullmatch(r"my-data-[\d-]+\.zip", download.value.suggested_filename)

    page.click("nav >> text=Choices")
    page.uncheck("text=Specials")
    page.click("main >> text=Save")
    expect(page.locator("main").get_by_label("Specials")).not_to_be_checked()
    page.click("button:has-text('Stop everything')")
    expect(page.locator("main input:checked")).to_have_count(0)

    page.click("nav >> text=Delete everything")
    page.fill("[name=password]", PASSWORD)
    page.click("button:has-text('Delete everything')")
    expect(page.locator("h1")).to_have_text("It is gone")
    with page.expect_download() as download:
        page.click("text=Save the receipt")
    receipt = tmp_path / "receipt.txt"
    download.value.save_as(receipt)
    assert "Genuine" in site.run("receipt", "verify", str(receipt))
    page.goto("/account/")
    assert "/sign-in/" in page.url
    page.fill("[name=email]", address)
    page.fill("[name=password]", PASSWORD)
    page.click("main form [type=submit]")
    expect(page.locator("[role=alert]").first).to_contain_text("do not belong together")
    assert not record.beyond(site.url)


def test_a_second_factor_and_recovery(page: Page, sign_up: SignUp) -> None:
    address = sign_up(page)
    page.goto("/account/security/")
    page.click("main >> text=Set up")
    page.fill("[name=password]", PASSWORD)
    page.click("main >> text=Confirm >> nth=-1")
    page.click("text=Begin")
    page.click("text=Or type the key")
    secret = page.inner_text("details p").replace(" ", "")
    page.fill("[name=code]", pyotp.TOTP(secret).now())
    page.click("text=Turn it on")
    code = page.inner_text(".codes li >> nth=0")
    page.click("text=Sign out")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    page.goto("/sign-in/")
    page.fill("[name=email]", address)
    page.fill("[name=password]", PASSWORD)
    page.click("main form [type=submit]")
    page.fill("[name=code]", code)
    page.click("main form [type=submit]")
    page.wait_for_url("**/account/")
    page.goto("/account/security/")
    expect(page.locator("main")).to_contain_text("9 recovery codes left")


def test_a_passkey_is_made_and_signs_in(new_context: New, sign_up: SignUp, record: Record) -> None:
    context = new_context()
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    sign_up(page)
    page.goto("/account/security/passkeys/")
    page.fill("[name=password]", PASSWORD)
    page.click("main form [type=submit]")
    page.fill("[name=name]", "Laptop")
    page.click("text=Add it")
    page.wait_for_url("**/account/security/")  # the page before names a laptop too
    expect(page.locator("main")).to_contain_text("Laptop")
    page.click("text=Sign out")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    page.goto("/sign-in/")
    page.wait_for_url("**/account/")  # the device of the test takes the browser's suggestion by itself
    page.goto("/account/security/")
    page.click("main >> text=Remove")
    page.get_by_role("button", name="Use a passkey").click()
    page.click("text=Remove it")
    expect(page.locator("[role=status]")).to_contain_text("The passkey is removed")
    assert not record.complaints


def test_by_keyboard_alone(page: Page, site: Site, canaries: Canaries) -> None:
    page.goto("/sign-up/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # the link to the policy's sentence
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("name", "email")
    page.keyboard.type(canaries["email"])
    page.keyboard.press("Tab")  # what it is used for
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("name", "password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_contain_text("Show")
    page.keyboard.press("Enter")
    expect(page.locator("[name=password]")).to_have_attribute("type", "text")
    page.keyboard.press("Enter")  # sends the form, from the field that has the focus again
    page.wait_for_url("**/sign-up/code/")
    for _ in range(8):  # past the head of the page
        page.keyboard.press("Tab")
        if page.locator("[name=code]:focus").count():
            break
    expect(page.locator(":focus")).to_have_attribute("name", "code")
    page.keyboard.type(site.code_for(canaries["email"]))
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/")
    outlines = page.evaluate(
        """() => [...document.querySelectorAll('a, button, summary')]
            .filter((each) => each.checkVisibility())
            .map((each) => { each.focus({focusVisible: true}); return getComputedStyle(each).outlineStyle })"""
    )
    assert set(outlines) == {"solid"}, "what has the focus can be seen"


def test_what_is_wrong_gets_the_focus(page: Page) -> None:
    page.goto("/sign-in/")
    page.click("main form [type=submit]")
    expect(page.locator(":focus")).to_have_attribute("role", "alert")
    page.click("main [role=alert] >> text=Enter your password.")
    expect(page.locator(":focus")).to_have_attribute("name", "password")


def test_a_password_can_be_pasted(new_context: New, site: Site) -> None:
    context = new_context(permissions=["clipboard-write"])
    page = context.new_page()
    page.goto("/sign-in/")
    page.focus("[name=password]")
    page.keyboard.insert_text(PASSWORD)
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+C")
    page.focus("[name=email]")
    page.keyboard.insert_text("copied@example.org")
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+X")
    page.focus("[name=password]")
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+V")
    assert page.input_value("[name=password]") == "copied@example.org"
