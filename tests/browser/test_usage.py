"""How products are used, looked at in a real browser: at every width, light and dark, by keyboard, and taken away as
a picture; nothing that axe-core finds, no complaint, no request to anybody else."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Record
from tests.browser.test_pages import WCAG
from tests.served import Site

NEWCOMER = """
import django, json
django.setup()
from tests.desk.published import FIRST, days, weeks
from tests.working import member
from upheld.builds.models import Figure
from upheld.staff import sessions
if not Figure.objects.exists():
    days(90)
    weeks(12)
clerk = member("products")
print(json.dumps(sessions.begin(clerk, way="passkey").cookie))
"""
SHOWN = "/desk/usage/?product=engine&since=2026-08-03&until=2026-10-31&version=1.2.3&other=1.1.0"
ALL = "/desk/usage/?product=engine&since=2026-08-03&until=2026-10-31"
SIZES = {"wide": (1280, 900), "tablet": (820, 1100), "small": (390, 800)}
New = Callable[..., BrowserContext]


@pytest.fixture
def seated(site: Site) -> Callable[[BrowserContext], Page]:
    def sit(context: BrowserContext) -> Page:
        environment = site.environment | {"DJANGO_SETTINGS_MODULE": "upheld.settings"}
        command = [sys.executable, "-c", NEWCOMER]
        made = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
        secret = {"name": "__Secure-desk", "value": json.loads(made.splitlines()[-1]), "url": f"{site.url}/desk/"}
        context.add_cookies([{**secret, "secure": True, "sameSite": "Strict", "httpOnly": True}])  # type: ignore[list-item]  # as asked
        return context.new_page()

    return sit


def shoot(page: Page, name: str) -> None:
    """Where somebody wants to look at the pages."""
    if folder := os.environ.get("DESK_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_page_fits_and_axe_finds_nothing(
    new_context: New, seated: Callable[[BrowserContext], Page], record: Record, site: Site, size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    page = seated(new_context(viewport={"width": width, "height": height}, color_scheme=scheme))
    for name, address in (("all", ALL), ("compared", SHOWN)):
        page.goto(address)
        expect(page.locator("svg.chart").first).to_be_visible()
        shoot(page, f"usage-{name}-{size}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page, options=WCAG)
        assert not found.response["violations"], found.generate_report()
    assert not record.complaints
    assert not record.beyond(site.url)


def test_figures_are_read_by_keyboard_and_under_the_pointer(
    new_context: New, seated: Callable[[BrowserContext], Page], record: Record
) -> None:
    page = seated(new_context())
    page.goto(ALL)
    chart = page.locator("#active")
    chart.locator(".point").first.focus()
    expect(chart.locator("[data-told]")).to_have_text("2026-08-03: 740")
    page.keyboard.press("ArrowRight")
    expect(chart.locator("[data-told]")).to_have_text("2026-08-04: 760")
    chart.locator(".point").nth(4).hover()
    expect(chart.locator("[data-told]")).to_have_text("2026-08-07: 820")
    assert not record.complaints


def test_a_chart_is_taken_away_as_svg_and_png(
    new_context: New, seated: Callable[[BrowserContext], Page], record: Record, tmp_path: Path
) -> None:
    page = seated(new_context())
    page.goto(ALL)
    for role, name, start in (("link", "SVG", b"<svg xmlns"), ("button", "PNG", b"\x89PNG\r\n")):
        with page.expect_download() as download:
            page.locator("#versions").get_by_role(role, name=name).click()  # type: ignore[arg-type]  # one of the two
        download.value.save_as(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(start)
        assert (tmp_path / name).stat().st_size > 3000
    assert not record.complaints


def test_without_scripts_tables_and_files_are_there(new_context: New, seated: Callable[[BrowserContext], Page]) -> None:
    page = seated(new_context(java_script_enabled=False))
    page.goto(ALL)
    page.locator("#active summary").click()
    expect(page.locator("#active tbody tr").first).to_contain_text("740")
    page.locator("select[name=platform]").select_option("windows-x64")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#active tbody tr").first).to_contain_text("200")
    page.close()
