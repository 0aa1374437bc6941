"""The JavaScript beacon: its own tests in Node, what its package promises, and a real browser."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET
from tests.clients.conftest import CLIENTS, NUMBER
from tests.clients.loopback import DISOWNED, NOT_OURS, Loopback, Told, loopback

PACKAGE = CLIENTS / "javascript"
PAGE = b"""<!doctype html><title>A product</title>
<script type="module">import { Beacon } from "/src/browser.js"; window.Beacon = Beacon;</script>"""
START = """async ([site, number, other]) => {
    while (!window.Beacon) await new Promise((done) => setTimeout(done, 5));
    window.said = [];
    window.beacon = new Beacon({number, product: "engine", version: "1.2.3", platform: "any", site,
        events: {start: [], display: ["screen", "webvr"]}, notice: (line) => said.push(line), ...other});
    beacon.count("start");
    beacon.count("display", "webvr");
    return beacon.level;
}"""


def test_its_own_tests_pass_in_node() -> None:
    node = shutil.which("node")
    if not node:
        pytest.skip("Node is not installed here; `requirements/debian test` brings it.")
    done = subprocess.run([node, "--test", "test/"], cwd=PACKAGE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert re.search(r"^# pass [1-9]\d", done.stdout, re.MULTILINE)


def test_the_package_has_no_dependency_and_all_that_it_names() -> None:
    package = json.loads((PACKAGE / "package.json").read_text())
    assert not [name for name in package if "ependencies" in name]
    entry = package["exports"]["."]
    for named in (*entry.values(), package["types"], *package["bin"].values(), *package["files"]):
        assert (PACKAGE / named).exists(), named


def test_the_types_name_what_the_beacon_has() -> None:
    typed = set(re.findall(r"^  (?:get )?(\w+)\(", (PACKAGE / "src" / "index.d.ts").read_text(), re.MULTILINE))
    written = set(re.findall(r"^  (?:get |async )?(\w+)\(", (PACKAGE / "src" / "beacon.js").read_text(), re.MULTILINE))
    assert typed == written


def test_what_runs_in_browsers_imports_nothing_of_node() -> None:
    reached, left = set[str](), ["browser.js"]
    while left:
        name = left.pop()
        reached.add(name)
        imported = re.findall(r'from "([^"]+)"', (PACKAGE / "src" / name).read_text())
        assert not [each for each in imported if not each.startswith("./")]
        left += [each[2:] for each in imported if each[2:] not in reached]
    assert "file.js" not in reached


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    flags = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET  # Chromium has no sandbox for root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(locale="de-CH")
    yield made
    made.close()


@pytest.fixture
def product() -> Iterator[Loopback]:
    """Where the product's own page comes from: another origin than the site that it reports to."""
    with loopback() as found:
        found.pages["/play/?user=ada"] = ("text/html", PAGE)
        for path in (PACKAGE / "src").glob("*.js"):
            found.pages[f"/src/{path.name}"] = ("text/javascript", path.read_bytes())
        yield found


def begin(context: BrowserContext, product: Loopback, site: Loopback, other: dict[str, Any] | None = None) -> Page:
    page = context.new_page()
    page.goto(f"{product.url}/play/?user=ada")
    page.evaluate(START, [site.url, NUMBER, other or {}])
    return page


def test_a_browser_sends_the_report_and_no_cookie_referrer_or_language(
    context: BrowserContext, product: Loopback, site: Loopback
) -> None:
    page = begin(context, product, site)
    shown = page.evaluate("beacon.show()")
    assert page.evaluate("beacon.send()") is True
    [sent] = site.taken
    assert sent.body.decode() == shown
    assert sent.json["days"][0]["counts"] == {"start": 1, "display": {"webvr": 1}}
    assert sent.header("Content-Type") == "application/json"
    assert sent.header("Accept-Language") == "*"
    assert not [name for name in ("Cookie", "Referer") if sent.header(name)]
    assert "/play/" not in str(sent)
    assert "ada" not in str(sent)
    [line] = page.evaluate("said")
    assert "engine counts day by day" in line


def test_a_page_that_goes_away_sends_what_it_counted(
    context: BrowserContext, product: Loopback, site: Loopback
) -> None:
    page = begin(context, product, site)
    page.goto("about:blank")
    assert site.came.wait(10)
    assert site.taken[0].json["days"][0]["counts"]["start"] == 1
    again = begin(context, product, site)
    assert json.loads(again.evaluate("beacon.show()"))["days"][0]["counts"]["start"] == 2
    assert again.evaluate("said") == []


def test_global_privacy_control_counts_nothing_and_leaves_nothing(
    context: BrowserContext, product: Loopback, site: Loopback
) -> None:
    context.add_init_script("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true});")
    page = begin(context, product, site, {"level": "counters"})
    assert page.evaluate("[beacon.level, beacon.show(), localStorage.length]") == ["off", "", 0]
    page.goto("about:blank")
    assert not site.came.wait(0.5)


def test_two_tabs_share_one_state_and_one_choice(context: BrowserContext, product: Loopback, site: Loopback) -> None:
    one, two = begin(context, product, site), begin(context, product, site)
    one.evaluate("beacon.save()")
    two.evaluate("beacon.save()")
    assert json.loads(one.evaluate("beacon.show()"))["days"][0]["counts"] == {"start": 2, "display": {"webvr": 2}}
    one.evaluate("beacon.choose('off')")
    two.evaluate("beacon.count('start'); beacon.save()")
    assert two.evaluate("beacon.level") == "off"
    assert not site.taken


def test_a_browser_believes_a_403_only_when_it_is_the_endpoints_own(
    context: BrowserContext, product: Loopback, site: Loopback
) -> None:
    page = begin(context, product, site)
    site.answers = [Told(403, NOT_OURS["a proxy"]), DISOWNED]
    assert page.evaluate("beacon.forget()") is False
    assert page.evaluate("beacon.forget()") is True
    page = begin(context, product, site, {"number": "another"})
    site.answers = [Told(403, NOT_OURS["a policy without reports"])]
    assert page.evaluate("beacon.send()") is False
    assert page.evaluate("beacon.level") == "counters"
    page = begin(context, product, site, {"number": "a third"})
    site.answers = [DISOWNED]
    assert page.evaluate("beacon.send()") is False
    assert page.evaluate("beacon.level") == "local"


def test_a_browser_forgets_and_stops(context: BrowserContext, product: Loopback, site: Loopback) -> None:
    page = begin(context, product, site)
    assert page.evaluate("beacon.forget()") is True
    assert (site.taken[0].path, site.taken[0].json) == ("/usage/v1/forget", {"v": 1, "number": NUMBER})
    site.answers = [DISOWNED]
    page.evaluate("beacon.count('start')")
    assert page.evaluate("beacon.show()") == "", "today was deleted"
    assert page.evaluate("beacon.send()") is True
    assert len(site.taken) == 1


def test_a_site_that_is_not_there_is_nothing_to_the_page(context: BrowserContext, product: Loopback) -> None:
    page = context.new_page()
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(f"{product.url}/play/?user=ada")
    page.evaluate(START, ["http://127.0.0.1:9", NUMBER, {}])
    assert page.evaluate("beacon.send()") is False
    assert failed == []
