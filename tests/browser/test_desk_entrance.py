"""The way in to the desk, in a browser with an authenticator: join by the link, sign in, and confirm."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Record
from tests.served import Site

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_somebody_joins_signs_in_and_confirms(
    new_context: Callable[..., BrowserContext], site: Site, record: Record
) -> None:
    said = site.run("staff", "invite", "rosa@staff.example.org", "--job", "news", "--name", "Rosa Canary", "--show")
    pseudonym, link = said.split()
    page = new_context().new_page()
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})

    page.goto(link)
    expect(page.locator("main")).to_contain_text(pseudonym)
    page.fill("[name=name]", "Laptop")
    page.get_by_role("button", name="Make a passkey").click()
    page.wait_for_url("**/desk/")
    expect(page.locator("[role=status]").first).to_contain_text("You have joined")

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/desk/sign-in/")
    page.goto("/desk/me/")
    page.wait_for_url("**/desk/sign-in/?next=*")
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("**/desk/me/")
    expect(page.locator("main")).to_contain_text("Laptop")
    expect(page.locator("main")).to_contain_text("This browser")

    page.goto("/desk/confirm/?next=/desk/me/passkeys/")
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("**/desk/me/passkeys/")
    page.get_by_role("button", name="Add it").click()
    expect(page.locator("form [role=alert]")).to_contain_text("has a passkey for your account already")

    assert "Canary" not in page.content()
    assert not record.complaints
    assert not record.beyond(site.url)
