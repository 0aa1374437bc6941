"""Each check of the site upholds what holds, and sees the promise broken when it is."""

from collections.abc import Callable, Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import clear_url_caches, path

from upheld import ledger
from upheld.orders.models import Destination, Product
from upheld.policy import force, loads
from upheld.policy.actors import Actor
from upheld.policy.checks import Finding
from upheld.policy.errors import Tampered
from upheld.rights.checks import rehearsed
from upheld.vault import publishing
from upheld.web import choosing, promises, trying, urls
from upheld.web import pages as site
from upheld.web.views import policy as views

pytestmark = pytest.mark.django_db(transaction=True)
Adds = Callable[[str], None]


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    rehearsed.forget()
    promises._visited.clear()
    views._rendered.cache_clear()
    publishing.publish(force.in_force(), by=Actor.operator())
    yield
    clear_url_caches()  # what `add` put there is taken away before this
    rehearsed.forget()
    promises._visited.clear()
    views._rendered.cache_clear()


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch) -> Adds:
    """One more page on the site, with this in its body."""

    def page(body: str) -> None:
        def view(request: HttpRequest) -> HttpResponse:
            return HttpResponse(body)

        monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path("more/", view, name="more")])
        override = override_settings(ROOT_URLCONF="upheld.web.urls")
        override.enable()  # clears what Django remembers of the addresses
        override.disable()

    return page


def details(check: Callable[[], Finding]) -> tuple[str, ...]:
    """What a broken promise's check says."""
    finding = check()
    assert finding.upheld is False, finding
    return finding.details


def test_they_hold() -> None:
    checks = (
        promises.published,
        promises.declared,
        promises.choices,
        choosing.exercised,
        promises.scope,
        promises.sole_owner,
        promises.headers,
    )
    for check in checks:
        finding = check()
        assert finding.upheld, (check.__name__, finding)


def test_what_is_not_there_yet_is_not_claimed() -> None:
    assert not promises.leaving_notice().enforced


def test_they_see_the_pages_of_someone_signed_in() -> None:
    promises.headers()
    seen = [page for page in promises._visited if page.path == "/account/data/"]
    assert [page.status for page in seen] == [302, 200]
    assert all(page.status < 500 for page in promises._visited)


def test_other_bytes_than_those_in_force_break_published(monkeypatch: pytest.MonkeyPatch) -> None:
    class Cache:
        def get(self, path: str, **_: object) -> HttpResponse:
            return HttpResponse(force.in_force().text.replace(b"We make", b"We made"))

    monkeypatch.setattr(promises, "client", Cache)
    said = details(promises.published)
    assert said[0] == "/policy/raw is not the version of 2026-11-01"


def test_a_version_that_the_ledger_does_not_know_breaks_published() -> None:
    ledger.Entry.objects.all().delete()
    assert details(promises.published) == ("the ledger does not have the version of 2026-11-01",)


def test_a_file_that_was_edited_cannot_be_looked_at() -> None:
    file = next(force.published().directory.glob("*.md"))
    file.write_bytes(file.read_bytes() + b"\n")
    with pytest.raises(Tampered):
        promises.published()


def test_a_declaration_that_is_not_on_the_page_breaks_the_inventory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("upheld.web.views.policy.inventory", lambda policy: ())
    assert "not there: Postal address" in details(promises.declared)


def test_a_field_that_no_policy_names_breaks_the_scope(add: Adds) -> None:
    add('<form method="post"><input name="birthday"></form>')
    assert details(promises.scope) == ("/more/ asks for birthday",) * 2


@pytest.mark.parametrize(
    "body",
    [
        '<script src="https://other.example/x.js"></script>',
        '<img src="//other.example/x.png">',
        '<link rel="stylesheet" href="https://other.example/x.css">',
        '<form action="https://other.example/"></form>',
        '<img src="\\\\other.example/x.png">',
    ],
)
def test_anything_loaded_from_elsewhere_breaks_sole_owner(add: Adds, body: str) -> None:
    add(body)
    assert details(promises.sole_owner)[0].startswith("/more/ loads ")


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("default-src 'none'; script-src 'self' 'unsafe-inline'", "script-src 'unsafe-inline'"),
        ("default-src 'none'; img-src *", "img-src *"),
        ("default-src 'none'; img-src data:", "img-src data:"),
        ("default-src 'none'; connect-src https://other.example", "connect-src https://other.example"),
        ("script-src 'self'", "whatever is not named"),
        ("", "whatever is not named"),
    ],
)
def test_a_loose_content_policy_is_noticed(policy: str, said: str) -> None:
    assert list(promises._loose(policy)) == [said]


def test_a_missing_header_breaks_the_precautions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(promises.HEADERS, "X-Frame-Options", "SAMEORIGIN")
    assert "/ lacks X-Frame-Options" in details(promises.headers)


def test_one_field_more_breaks_the_sign_up_form(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = loads(
        force.in_force().text.replace(b"sources: [sign_up, account], sensitive", b"sources: [account], sensitive")
    )
    monkeypatch.setattr(promises.force, "in_force", lambda: policy)
    page = site.Page("/sign-up/", 200, {"Content-Type": "text/html"}, b'<input name="email"><input name="password">')
    monkeypatch.setattr(promises, "fetch", lambda browser, path: page)
    assert details(promises.sign_up_form) == ("not declared: password", "declared, and not asked for: card")


def test_the_forms_ask_for_what_is_declared_and_nothing_is_sold_for_it() -> None:
    assert promises.sign_up_form().figure == "asks for card, email, password"
    assert promises.order_form().figure == "asks for address, card, country, email, name"
    assert not Product.objects.exists()
    assert not Destination.objects.exists()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b"name: {category: user.name, sources: [order]", b"name: {category: user.name, sources: [letter]", "name"),
        (b"sources: [order], title: Postal", b"sources: [letter], title: Postal", "address"),
    ],
)
def test_a_form_that_was_not_made_anew_breaks_the_order_form(
    monkeypatch: pytest.MonkeyPatch, before: bytes, after: bytes, said: str
) -> None:
    assert promises.order_form().upheld
    policy = loads(force.in_force().text.replace(before, after))
    monkeypatch.setattr(promises.force, "in_force", lambda: policy)
    assert details(promises.order_form) == (f"not declared: {said}",)


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("<input name='phone'>", "not declared: phone"),
        ("<textarea name='remark'></textarea>", "not declared: remark"),
        ("<input type='hidden' name='card_number'>", "card_number would be sent to us"),
        ("<input type='hidden' name='cvc'>", "cvc would be sent to us"),
    ],
)
def test_one_field_more_breaks_the_order_form(monkeypatch: pytest.MonkeyPatch, extra: str, said: str) -> None:
    fetch = trying.fetch

    def more(browser: Client, path: str) -> site.Page:
        seen = fetch(browser, path)
        content = seen.content.replace(b"</form>", extra.encode() + b"</form>")
        return site.Page(path, seen.status, seen.headers, content)

    monkeypatch.setattr(trying, "fetch", more)
    assert said in details(promises.order_form)
    if "hidden" not in extra:
        assert f"/order/ asks for {said.rpartition(' ')[2]}" in details(promises.scope)


def test_an_order_form_that_is_not_shown_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "_put", lambda *_: None)
    finding = promises.order_form()
    assert finding.upheld is None
    assert finding.figure == "0 of 2 order forms could be seen"


def test_a_link_that_leaves_without_notice_breaks_it(add: Adds) -> None:
    add('<a href="https://other.example/">there</a> <a href="mailto:a@other.example">write</a>')
    assert details(promises.leaving_notice) == ("/more/ leads to https://other.example/",) * 2


def test_a_page_that_fails_was_not_looked_at(add: Adds, monkeypatch: pytest.MonkeyPatch) -> None:
    add("")
    monkeypatch.setattr(promises, "FAILURE", 200)
    finding = promises.headers()
    assert finding.upheld is None
    assert "/more/ answered 200" in finding.details
