"""A day at the desk in a real browser: the queue by its keys, a value opened and hidden again, an answer drafted and
sent; nothing that axe-core finds, no complaint, nothing wider than a small screen."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Record
from tests.browser.test_pages import WCAG
from tests.canaries import Canaries
from tests.served import Site

NEWCOMER = """
import django, json, sys
django.setup()
from tests.working import member
from upheld.contact import verbs as contact
from upheld.conversations import verbs as conversations
from upheld.policy.actors import Actor
from upheld.staff import sessions
from upheld.vault import new_subject
email, text = sys.argv[1:]
talks = []
for at in range(3):
    person = new_subject()
    contact.add_address(person, email=f"{at}.{email}", source="letter", by=Actor.visitor())
    talks.append(conversations.begin(person, title="", text=text, reason="order", by=Actor.person(person)).number)
clerk = member("support")
print(json.dumps([talks, clerk.pseudonym, sessions.begin(clerk, way="passkey").cookie]))
"""
SMALL, TABLET, WIDE = ({"width": 390, "height": 800}, {"width": 820, "height": 1100}, {"width": 1280, "height": 900})
New = Callable[..., BrowserContext]
expect.set_options(timeout=60_000)  # a busy machine answers late


@dataclass
class Desk:
    """A browser in which somebody from customer service has signed in; three people wait for an answer."""

    page: Page
    numbers: list[str]
    emails: list[str]
    words: str

    def take(self) -> None:
        self.page.goto("/desk/queue/conversation/")
        row = self.page.locator("tr", has_text=self.numbers[0])
        row.get_by_role("button", name="Take").click()
        self.page.wait_for_url("**/desk/case/**")

    def shoot(self, name: str) -> None:
        """Where somebody wants to look at the pages."""
        if folder := os.environ.get("DESK_SHOTS"):
            self.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def seated(site: Site, canaries: Canaries) -> Callable[[BrowserContext], Desk]:
    def sit(context: BrowserContext) -> Desk:
        given = [canaries["email"], canaries["message"]]
        environment = site.environment | {"DJANGO_SETTINGS_MODULE": "upheld.settings"}
        command = [sys.executable, "-c", NEWCOMER, *given]
        made = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
        numbers, _, cookie = json.loads(made.splitlines()[-1])
        secret = {"name": "__Secure-desk", "value": cookie, "url": f"{site.url}/desk/", "secure": True}
        context.add_cookies([{**secret, "sameSite": "Strict", "httpOnly": True}])  # type: ignore[list-item]  # as asked
        return Desk(context.new_page(), numbers, [f"{at}.{given[0]}" for at in range(3)], given[1])

    return sit


def test_a_conversation_is_answered_by_keys_alone(
    new_context: New, seated: Callable[[BrowserContext], Desk], record: Record, site: Site
) -> None:
    desk = seated(new_context())
    page = desk.page
    page.goto("/desk/queue/conversation/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    rows, number = page.locator("[data-row] [data-open]"), desk.numbers[0]
    at = rows.all_inner_texts().index(number)  # others may wait from before
    for _ in range(at + 2):
        page.keyboard.press("j")
    expect(rows.nth(at + 1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(at)).to_be_focused()
    page.keyboard.press("o")
    page.wait_for_url("**/desk/case/**")
    assert number in page.inner_text("h1")
    page.keyboard.press("t")
    expect(page.get_by_role("heading", name="The person")).to_be_visible()
    page.keyboard.press("r")
    expect(page.locator(".thread")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_label("Your answer")).to_be_focused()
    page.keyboard.type("It arrives on Monday, j k o t ? and all.")
    expect(page.get_by_text("Draft kept at")).to_be_visible()
    page.reload()
    page.keyboard.press("r")
    expect(page.get_by_label("Your answer")).to_have_value("It arrives on Monday, j k o t ? and all.")
    page.get_by_role("button", name="Send and close").click()
    page.wait_for_url("**/desk/queue/conversation/")
    expect(page.get_by_role("status")).to_contain_text("is answered and closed")
    expect(page.get_by_role("link", name=number)).to_have_count(0)
    page.keyboard.press("/")
    page.wait_for_url("**/desk/find/")
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/desk/")
    assert not record.complaints
    assert not record.beyond(site.url)


def test_a_value_is_opened_copied_and_hidden_again(
    new_context: New, seated: Callable[[BrowserContext], Desk], record: Record
) -> None:
    context = new_context()
    context.grant_permissions(["clipboard-write"])
    desk = seated(context)
    page = desk.page
    page.clock.install()
    desk.take()
    assert desk.emails[0] not in page.content()
    page.get_by_role("button", name="Open", exact=True).click()
    opened = page.locator(".opened")
    expect(opened).to_have_text(desk.emails[0])
    assert opened.evaluate("each => getComputedStyle(each).userSelect") == "none"
    expect(page.locator(".ticks")).to_contain_text("hides in")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    page.clock.fast_forward(61_000)
    expect(page.locator(".masked")).to_be_visible()
    assert desk.emails[0] not in page.content()
    assert not record.complaints


def test_the_queue_comes_anew_and_the_row_stays_chosen(
    new_context: New, seated: Callable[[BrowserContext], Desk]
) -> None:
    context = new_context()
    desk = seated(context)
    page = desk.page
    page.clock.install()
    page.goto("/desk/queue/conversation/")
    chosen = page.get_by_role("link", name=desk.numbers[1])
    chosen.focus()
    with page.expect_response("**/desk/queue/conversation/?page=1"):
        page.clock.fast_forward(31_000)
    expect(chosen).to_be_focused()


def test_what_is_refused_meanwhile_is_said_and_what_was_typed_stays(
    new_context: New, seated: Callable[[BrowserContext], Desk]
) -> None:
    context = new_context()
    desk = seated(context)
    desk.take()
    page, other = desk.page, context.new_page()
    page.get_by_role("button", name="Read and answer").click()
    page.get_by_label("Your answer").fill("Not yet")
    other.goto(page.url)
    other.get_by_role("button", name="Hand back").click()
    other.wait_for_url("**/desk/queue/**")
    page.get_by_label("Your answer").press_sequentially(" sent.")
    expect(page.get_by_role("alert").filter(has_text="take it first")).to_be_visible()
    expect(page.get_by_label("Your answer")).to_have_value("Not yet sent.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_label("What you wrote")).to_have_value("Not yet sent.")


def test_without_scripts_it_is_done_all_the_same(new_context: New, seated: Callable[[BrowserContext], Desk]) -> None:
    desk = seated(new_context(java_script_enabled=False))
    desk.take()
    page = desk.page
    page.get_by_role("button", name="Open", exact=True).click()
    assert desk.emails[0] in page.inner_text("main")
    page.get_by_role("button", name="Read and answer").click()
    assert desk.words in page.inner_text("main")
    page.get_by_label("Your answer").fill("It arrives on Monday.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("is answered")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_faultless_and_fits(
    scheme: str, new_context: New, seated: Callable[[BrowserContext], Desk]
) -> None:
    desk = seated(new_context(color_scheme=scheme, bypass_csp=True))
    page = desk.page
    desk.take()
    page.get_by_role("button", name="Read and answer").click()
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.locator(".opened")).to_be_visible()
    found = look(desk, f"case-{scheme}")
    for name, path in (("first", "/desk/"), ("queue", "/desk/queue/conversation/"), ("find", "/desk/find/")):
        page.goto(path)
        if name == "find":
            page.fill("main [name=what]", desk.emails[1])
            page.click("main [type=submit]")
        found += look(desk, f"{name}-{scheme}")
    page.goto("/desk/queue/conversation/")
    page.get_by_role("link", name=desk.numbers[1]).click()
    found += look(desk, f"not-yours-{scheme}")
    assert not found, "\n".join(found)


def look(desk: Desk, name: str) -> list[str]:
    """What is wrong with the page at each of three widths."""
    found = []
    for size in (WIDE, TABLET, SMALL):
        desk.page.set_viewport_size(size)  # type: ignore[arg-type]  # as the stubs name it, a TypedDict
        desk.shoot(f"{name}-{size['width']}")
        width = desk.page.evaluate("document.documentElement.scrollWidth")
        found += [f"{name}: {width} px wide at {size['width']}"] if width > size["width"] else []
        wrong = Axe().run(desk.page, options=WCAG).response["violations"]
        found += [f"{name}: {each['id']}: {node['html'][:200]}" for each in wrong for node in each["nodes"]]
    return found
