"""The browser itself is as it should be: it checks the certificate, and sees one origin."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.browser.conftest import Record
from tests.served import Site


def test_the_certificate_is_valid_for_this_browser(page: Page, site: Site) -> None:
    answer = page.goto("/")
    assert answer is not None
    assert answer.ok
    assert page.evaluate("isSecureContext")
    details = answer.security_details()
    assert details is not None
    assert details["protocol"] == "TLS 1.3"


def test_home_has_no_complaint_and_one_origin(page: Page, site: Site, record: Record) -> None:
    page.goto("/")
    assert not record.complaints
    assert not record.beyond(site.url)


def test_a_browser_without_the_root_refuses(launch: Callable[[Path], Browser], site: Site, tmp_path: Path) -> None:
    stranger = launch(tmp_path)
    with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        stranger.new_page().goto(site.url)
    stranger.close()
