"""Typing a card in a real browser: helped in the form, sent to the processor, never to us."""

from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import PASSWORD
from tests.canaries import Canaries


def test_a_card_is_helped_on_and_goes_to_the_processor_alone(page: Page, canaries: Canaries) -> None:
    sent: list[Request] = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request))
    page.goto("/sign-up/")
    page.fill("[name=email]", canaries["email"])
    page.fill("[name=password]", PASSWORD)
    number, expiry, code = (page.locator(f"[data-card-{name}]") for name in ("number", "expiry", "code"))

    number.press_sequentially("4242424242424241")
    expect(number).to_have_value("4242 4242 4242 4241")
    page.click("main form:has([data-card]) [type=submit]:visible")
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#card-expiry_error")).to_contain_text("Type month and year")
    assert not sent

    number.fill("4000 0000 0000 0341")
    expiry.press_sequentially("1240")
    expect(expiry).to_have_value("12 / 40")
    code.fill("123")
    page.click("main form:has([data-card]) [type=submit]:visible")
    page.wait_for_url("**/sign-up/code/")
    token, form = sent
    assert token.url.endswith("/sandbox/v1/tokens")
    assert not token.header_value("cookie")
    assert "card_token=tok_" in (form.post_data or "")
    assert not [each for each in ("0341", "4000", "1240", "=123") if each in (form.post_data or "").replace("%20", "")]
