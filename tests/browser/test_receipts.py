"""The page that checks receipts judges as the program does, in the browser, and asks nobody."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Record
from tests.browser.test_pages import WCAG, widest
from tests.served import Site

FOLDER = Path(__file__).parents[1] / "vectors"
FIRST, SECOND = (json.loads((FOLDER / name).read_text("utf-8")) for name in ("receipt.json", "receipt-v2.json"))
GOOD = SECOND["receipts"][0]["receipt"]
New = Callable[..., BrowserContext]
JUDGE = """async ([receipts, key]) => {
    const { verify } = await import(document.querySelector("[data-check]").dataset.check);
    const said = [];
    for (const receipt of receipts) {
        const bytes = Uint8Array.from(atob(receipt), (each) => each.charCodeAt(0));
        said.push(await verify(bytes, key).then(() => null, (refusal) => refusal.message));
    }
    return said;
}"""


def judged(page: Page, receipts: list[bytes], key: str) -> list[str | None]:
    found: list[str | None] = page.evaluate(JUDGE, [[base64.b64encode(each).decode() for each in receipts], key])
    return found


@pytest.mark.parametrize("vectors", [FIRST, SECOND], ids=["v1", "v2"])
def test_each_vector_is_judged_as_by_the_program(vectors: dict[str, Any], page: Page) -> None:
    page.goto("/receipt/")
    found = judged(page, [each["receipt"].encode() for each in vectors["receipts"]], vectors["key"])
    said = [why and f"The receipt does not hold: {why}." for why in found]
    assert said == [each["problem"] for each in vectors["receipts"]]


def test_no_byte_of_a_receipt_can_be_changed(page: Page) -> None:
    page.goto("/receipt/")
    data = GOOD.encode()
    changed = [data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in range(0, len(data), 7)]
    assert None not in judged(page, [*changed, b"\xff\xfe", b"x" * 200_000, b"\0" * 9], SECOND["key"])
    keys = (FIRST["key"], "nonsense", "a+00000000+AAAA", "")
    assert None not in [judged(page, [GOOD.encode()], key)[0] for key in keys]


def test_it_checks_by_drop_choice_and_paste_and_asks_nobody(page: Page, record: Record, tmp_path: Path) -> None:
    receipt = tmp_path / "receipt.txt"
    receipt.write_text(GOOD, "utf-8")
    page.goto("/receipt/")
    page.wait_for_load_state("networkidle")
    result = page.locator("[data-result]")
    asked = len(record.requests)
    page.set_input_files("[data-file]", receipt)
    expect(result).to_contain_text("no key that is trusted here signed it")  # it is somebody else's
    page.fill("[data-key]", SECOND["key"])
    page.click("text=Check it")
    expect(result).to_contain_text("It is genuine")
    expect(result).to_contain_text("R-7K3Q9XMT")
    expect(result).to_contain_text("Entry 3 of a log of 11")
    page.fill("[data-text]", GOOD.rstrip("\n").replace("fulfilled", "denied"))
    page.click("text=Check it")
    expect(result).to_contain_text("It does not hold")
    page.fill("[data-text]", GOOD.rstrip("\n"))
    page.click("text=Check it")
    expect(result).to_contain_text("It is genuine")
    drop = """(text) => {
        const given = new DataTransfer();
        given.items.add(new File([text], "receipt.txt", { type: "text/plain" }));
        document.querySelector("[data-check]").dispatchEvent(new DragEvent("drop", { dataTransfer: given }));
    }"""
    page.evaluate(drop, f"{GOOD}\n")
    expect(result).to_contain_text("It does not hold")
    page.evaluate(drop, GOOD)
    expect(result).to_contain_text("It is genuine")
    page.fill("[data-text]", "")
    assert record.requests[asked:] == []
    assert not record.complaints


def test_nothing_could_leave_if_it_tried(page: Page, record: Record, site: Site) -> None:
    page.goto("/receipt/")
    tried = "(url) => fetch(url).then(() => 'sent', () => 'kept')"
    assert page.evaluate(tried, f"{site.url}/policy/raw") == "kept"
    assert any("connect-src 'none'" in said for said in record.complaints)


def test_an_old_browser_and_one_without_javascript_are_told(new_context: New) -> None:
    old = new_context().new_page()
    old.add_init_script("crypto.subtle.importKey = () => Promise.reject(new DOMException('', 'NotSupportedError'))")
    old.goto("/receipt/")
    old.fill("[data-text]", GOOD)
    old.click("text=Check it")
    expect(old.locator("[data-result]")).to_contain_text("It was not checked")
    plain = new_context(java_script_enabled=False).new_page()
    plain.goto("/receipt/")
    expect(plain.locator("noscript h2")).to_be_visible()
    expect(plain.get_by_text("upheld receipt verify receipt.txt --key localhost")).to_be_visible()


def test_the_page_kept_as_a_file_does_the_same(page: Page, browser: Browser, tmp_path: Path, record: Record) -> None:
    page.goto("/receipt/")
    with page.expect_download() as kept:
        page.click("text=save the page as one file")
    file = tmp_path / "receipt-check.html"
    kept.value.save_as(file)
    context = browser.new_context(offline=True)
    record.watch(context)
    alone = context.new_page()
    record.requests.clear()
    alone.goto(file.as_uri())
    alone.fill("[data-key]", SECOND["key"])
    alone.fill("[data-text]", GOOD)
    alone.click("text=Check it")
    expect(alone.locator("[data-result]")).to_contain_text("It is genuine")
    assert record.requests == [file.as_uri()]
    assert not record.complaints
    context.close()


def test_it_is_faultless(new_context: New) -> None:
    page = new_context(color_scheme="dark", bypass_csp=True, viewport={"width": 380, "height": 780}).new_page()
    page.goto("/receipt/")
    page.fill("[data-key]", SECOND["key"])
    page.fill("[data-text]", GOOD)
    page.click("text=Check it")
    expect(page.locator("[data-result]")).to_contain_text("It is genuine")
    assert Axe().run(page, options=WCAG).response["violations"] == []
    assert widest(page) <= 380
    page.goto("/policy/evidence/#delete")
    assert widest(page) <= 380
