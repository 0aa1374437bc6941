"""A real browser that trusts the instance's own certificate authority, and nothing else that we tell it.

No test in this folder uses the database itself: Playwright's event loop runs in this thread while a browser is open,
and Django refuses to block one. What is in the instance is looked at through its site, its command and its files.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.canaries import Canaries
from tests.served import Site

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
PASSWORD = "a walk along the river"


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A served instance that the browser tests of this process share; each brings people of its own."""
    served = Site()
    served.make()
    served.start()
    yield served
    served.remove()


@pytest.fixture(scope="session")
def trust(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder whose NSS store holds the instance's root, as a person's would who imported it."""
    folder = tmp_path_factory.mktemp("browser")
    store = folder / ".pki" / "nssdb"
    store.mkdir(parents=True)
    certutil(store, "-N", "--empty-password")
    certutil(store, "-A", "-n", "upheld", "-t", "C,,", "-i", str(site.home.tls / "root.pem"))
    return folder


def certutil(store: Path, *arguments: str) -> None:
    subprocess.run(["certutil", "-d", f"sql:{store}", *arguments], check=True, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def launch() -> Iterator[Callable[[Path], Browser]]:
    """Start a browser whose home is this folder."""
    flags = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET  # Chromium has no sandbox for root
    with sync_playwright() as playwright:
        yield lambda home: playwright.chromium.launch(
            executable_path=CHROMIUM, args=flags, env={**os.environ, "HOME": str(home)}
        )


@pytest.fixture(scope="module")
def browser(launch: Callable[[Path], Browser], trust: Path) -> Iterator[Browser]:
    launched = launch(trust)
    yield launched
    launched.close()


@dataclass
class Record:
    """What a browser did and complained about."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", lambda said: self._hear(said.type, said.text))

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def beyond(self, origin: str) -> list[str]:
        """Every request to anywhere else."""
        return [url for url in self.requests if not url.startswith((f"{origin}/", "data:", "blob:"))]


@pytest.fixture
def record() -> Record:
    return Record()


@pytest.fixture
def new_context(browser: Browser, site: Site, record: Record) -> Iterator[Callable[..., BrowserContext]]:
    """A browser's profile, empty; options as Playwright's new_context has them, such as javascript_enabled=False."""
    opened: list[BrowserContext] = []

    def new(**options: object) -> BrowserContext:
        context = browser.new_context(base_url=site.url, **options)  # type: ignore[arg-type]  # passed on
        context.set_default_timeout(60_000)
        record.watch(context)
        opened.append(context)
        return context

    yield new
    for context in opened:
        context.close()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context().new_page()


@pytest.fixture
def sign_up(site: Site, canaries: Canaries) -> Callable[..., str]:
    """Sign a new person up in a page, ending signed in; returns their address."""

    def go(page: Page, *, email: str = "", password: str = PASSWORD) -> str:
        address = email or canaries["email"]
        before = len(site.letters_to(address))
        page.goto("/sign-up/")
        page.fill("[name=email]", address)
        page.fill("[name=password]", password)
        page.click("main form [type=submit]")
        page.fill("[name=code]", site.code_for(address, after=before))
        page.click("main form:has([name=code]) [type=submit]")
        page.wait_for_url("**/account/")
        return address

    return go
