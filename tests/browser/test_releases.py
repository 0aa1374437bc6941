"""A release published in a real browser: its file arrives in pieces, beside the form, and without scripts with it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Record
from tests.served import Site

NEWCOMER = """
import django, json
django.setup()
from tests.working import member
from upheld.staff import sessions
print(json.dumps(sessions.begin(member("products"), way="passkey").cookie))
"""
New = Callable[..., BrowserContext]
LONG = 19 * 1024 * 1024  # bytes: three pieces


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


def test_a_file_arrives_in_pieces_and_is_published(
    new_context: New, seated: Callable[[BrowserContext], Page], record: Record, tmp_path: Path
) -> None:
    file = tmp_path / "engine.zip"
    file.write_bytes(bytes(LONG))
    page = seated(new_context())
    page.goto("/desk/releases/new/")
    page.locator("input[name=version]").fill("7.1.0")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator("[data-upload-progress] span")).to_contain_text("engine.zip is here.", timeout=30_000)
    page.get_by_role("button", name="Publish it").click()
    expect(page.get_by_role("status")).to_contain_text("engine 7.1.0")
    expect(page.locator("main")).to_contain_text("19.0")
    assert not record.complaints


def test_without_scripts_the_form_sends_the_file(
    new_context: New, seated: Callable[[BrowserContext], Page], tmp_path: Path
) -> None:
    file = tmp_path / "engine.zip"
    file.write_bytes(b"the program")
    page = seated(new_context(java_script_enabled=False))
    page.goto("/desk/releases/new/")
    page.locator("input[name=version]").fill("7.2.0")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Publish it").click()
    expect(page.locator("main")).to_contain_text("engine 7.2.0 for windows-x64 is published.")
