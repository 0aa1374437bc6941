"""Letters, news, the policy and a concern at the desk in a real browser: shown as they are, and leading nowhere."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Record
from tests.browser.test_pages import faults
from tests.canaries import Canaries
from tests.served import Site

OFFICER = """
import django, json, sys
django.setup()
from tests.working import member
from upheld.contact import verbs as contact
from upheld.policy.actors import Actor
from upheld.rights import verbs
from upheld.staff import sessions
from upheld.vault import new_subject
email, text = sys.argv[1:]
person = new_subject()
contact.add_address(person, email=email, source="letter", by=Actor.visitor())
asked = verbs.raise_concern(person, text=text, promise="no-sale", way="site", by=Actor.person(person))
officer = member("privacy", "news")
print(json.dumps([str(asked.conversation), asked.number, sessions.begin(officer, way="passkey").cookie]))
"""
SMALL = {"width": 390, "height": 800}


@pytest.fixture
def officer(new_context: Callable[..., BrowserContext], site: Site, canaries: Canaries) -> tuple[Page, str, str]:
    """A page of who works on requests and news; the id of a concern that waits for them, and its number."""
    environment = site.environment | {"DJANGO_SETTINGS_MODULE": "upheld.settings"}
    command = [sys.executable, "-c", OFFICER, canaries["email"], canaries["message"]]
    made = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    about, number, cookie = json.loads(made.splitlines()[-1])
    secret = {"name": "__Secure-desk", "value": cookie, "url": f"{site.url}/desk/", "secure": True}
    context = new_context()
    context.add_cookies([{**secret, "sameSite": "Strict", "httpOnly": True}])  # type: ignore[list-item]  # as asked
    return context.new_page(), about, number


def wider(page: Page) -> list[str]:
    """What reaches over the right edge of the screen, if the page can be moved sideways."""
    found: list[str] = page.evaluate(
        """() => {
          const edge = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= edge) return [];
          const all = [...document.querySelectorAll("main *")];
          const over = all.filter((each) => each.getBoundingClientRect().right > edge);
          return over.map((each) => each.outerHTML.slice(0, 90));
        }"""
    )
    return found


def test_a_letter_is_shown_as_it_is(officer: tuple[Page, str, str], site: Site, record: Record) -> None:
    page, _, _ = officer
    page.goto("/desk/letters/")
    page.locator("a[href='/desk/letters/reset_link/']").click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("p").first).to_be_visible()
    written = page.locator("pre").inner_text().split()
    assert frame.locator("body").inner_text().split() == written
    assert not record.complaints
    assert not record.beyond(site.url)


def test_news_is_written_looked_at_and_sent(officer: tuple[Page, str, str], site: Site, record: Record) -> None:
    page, _, _ = officer
    page.goto("/desk/news/write/")
    page.get_by_label("What it is about").select_option("news.products")
    page.get_by_label("The letter").fill("# A new engine\n\nIt is *faster*.")
    page.get_by_role("button", name="Keep it and look at it").click()
    expect(page.frame_locator("iframe").locator("em")).to_have_text("faster")
    assert not faults(page)
    page.get_by_role("link", name="Count and send").click()
    page.get_by_role("button", name="Send it").click()
    expect(page.locator("#progress")).to_contain_text("letters queued:", timeout=180_000)
    assert not record.complaints
    assert not record.beyond(site.url)


def test_a_concern_is_read_and_ended(
    officer: tuple[Page, str, str], site: Site, record: Record, canaries: Canaries
) -> None:
    page, about, number = officer
    page.goto(f"/desk/case/concern/{about}/")
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_role("heading", name="A concern")).to_be_visible()
    assert canaries["message"] not in page.content()
    page.set_viewport_size(SMALL)  # type: ignore[arg-type]  # as Playwright has it
    assert not faults(page)
    assert not wider(page)
    page.get_by_role("button", name="Read and answer").click()
    expect(page.locator(".thread")).to_contain_text(canaries["message"])
    page.get_by_label("What came of it, in plain words").fill("Nothing was sold, and here is how we know.")
    page.get_by_role("button", name="End it and write to the person").click()
    page.wait_for_url("**/desk/queue/concern/")
    expect(page.get_by_role("status")).to_contain_text(f"{number} is ended")
    assert not record.complaints
    assert not record.beyond(site.url)


def test_the_policy_is_asked(officer: tuple[Page, str, str], record: Record) -> None:
    page, _, _ = officer
    page.set_viewport_size(SMALL)  # type: ignore[arg-type]  # as Playwright has it
    page.goto("/desk/policy/")
    page.get_by_label("On a case of this kind").select_option("refund")
    page.locator("[name=act]").select_option("vault:field:open")
    page.get_by_label("With").select_option("card")
    page.get_by_role("button", name="Ask the policy").click()
    expect(page.locator("#answer")).to_contain_text("does not work on refund")
    assert not faults(page)
    assert not wider(page)
    assert not record.complaints
