"""After a whole journey in a real browser, nothing that was typed is in clear in anything that the instance leaves."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.canaries import Canaries, scan, seen_in
from tests.served import Site

PAGES = ("/account/", "/account/data/", "/account/choices/", "/account/security/", "/account/delete/")


@pytest.fixture
def journey(page: Page, site: Site, canaries: Canaries, sign_up: Callable[..., str]) -> Page:
    """Signed up, looked around, made a choice, took the data along, and still signed in."""
    sign_up(page, password=canaries["password"])
    for path in PAGES:
        page.goto(path)
    page.goto("/account/choices/")
    page.click("form[action$='/stop/'] [type=submit]")
    with page.expect_download():
        page.goto("/account/data/")
        page.click("text=/download/i")
    return page


def erase(page: Page, password: str) -> None:
    page.goto("/account/delete/")
    page.fill("[name=password]", password)
    page.click("button.grave")
    page.wait_for_selector("text=upheld-receipt/v2", state="attached")  # folded, until someone unfolds it


def stored(site: Site, values: list[str]) -> list[str]:
    """Where the values are, in everything that is written down: the folder, the server's databases, the log."""
    found = scan(site.home.folder, values, skip=[site.home.letters, site.home.policy])
    found += [f"log: {what}" for what in seen_in(site.said.read_bytes(), values)]
    for folder in site.server_folders():
        found += scan(folder, values)
    return found


def running(values: list[str]) -> list[str]:
    """Where the values are in the process table: what every program was started with."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "environ"):
            try:
                found += [f"{process.name}/{name}: {what}" for what in seen_in((process / name).read_bytes(), values)]
            except OSError:
                continue  # it has ended, or is somebody else's
    return found


def test_nothing_is_in_clear_while_it_is_held(journey: Page, site: Site, canaries: Canaries) -> None:
    values = list(canaries.values.values())
    assert len(values) == 2
    assert site.letters_to(canaries["email"]), "the search would have something to find"
    assert scan(site.home.letters, [canaries["email"]])
    assert not stored(site, values)
    assert not running(values)


def test_nothing_at_all_is_left_after_an_erasure(journey: Page, site: Site, canaries: Canaries) -> None:
    erase(journey, canaries["password"])
    values = list(canaries.values.values())
    assert not stored(site, values)
    assert not scan(site.home.letters, values)


def test_the_search_would_find_it(site: Site, canaries: Canaries) -> None:
    planted = site.home.folder / "planted"
    planted.write_text(canaries["email"])
    try:
        assert stored(site, [canaries["email"]]) == [f"planted: {canaries['email']} as {form}" for form in _plain()]
    finally:
        planted.unlink()


def _plain() -> list[str]:
    return ["utf-8", "quoted-printable", "html", "json"]
