"""Forms are taken from our own pages only, though these name no referrer."""

from tests.web.conftest import Visitor


def post(origin: str | None, site: str | None, *, token: bool = True) -> int:
    browser = Visitor(enforce_csrf_checks=True)
    page = browser.text("/reset/")
    field = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0] if token else ""
    headers = {"HTTP_ORIGIN": origin, "HTTP_SEC_FETCH_SITE": site}
    given = {name: value for name, value in headers.items() if value is not None}
    if site is None:
        given["HTTP_SEC_FETCH_SITE"] = ""
    return browser.post("/reset/", {"email": "ada@example.org", "csrfmiddlewaretoken": field}, **given).status_code


def test_our_own_page_may_send_a_form(db: None) -> None:
    assert post("null", "same-origin") == 200
    assert post("https://localhost", "same-origin") == 200
    assert post(None, "same-origin") == 200


def test_nobody_else_may(db: None) -> None:
    assert post("null", "cross-site") == 403
    assert post("null", "same-site") == 403
    assert post("null", "none") == 403
    assert post("null", None) == 403
    assert post(None, None) == 403
    assert post("https://evil.example", "same-origin") == 403
    assert post("https://evil.example", "cross-site") == 403


def test_the_token_is_asked_for_all_the_same(db: None) -> None:
    assert post("null", "same-origin", token=False) == 403
