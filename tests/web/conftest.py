"""The site as Django's test client sees it: over https, with cookies, without a server."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.payments.conftest import processor, started, typed  # noqa: F401 - fixtures of this folder's tests too
from tests.people import Person


class Visitor(Client):
    """A browser: every request is https, and says that a page of the site made it."""

    def request(self, **environ: object) -> HttpResponse:  # type: ignore[override]  # as the stubs have it
        said = {"HTTP_HOST": "localhost", "HTTP_SEC_FETCH_SITE": "same-origin"}
        return super().request(**said | environ | {"wsgi.url_scheme": "https"})

    def text(self, path: str, **data: object) -> str:
        return self.get(path, data).content.decode()

    def sign_in(self, person: Person) -> "Visitor":
        answer = self.post("/sign-in/", {"email": person.email, "password": person.password})
        assert (answer.status_code, answer["Location"]) == (302, "/account/"), answer.content.decode()
        return self


@pytest.fixture
def visitor(db: None) -> Visitor:
    return Visitor()


@pytest.fixture
def member(person: Person) -> Visitor:
    """The browser of `person`, signed in."""
    return Visitor().sign_in(person)


Confirm = Callable[[Visitor], Visitor]


@pytest.fixture
def confirm(person: Person) -> Confirm:
    """Show again that it is them."""

    def go(browser: Visitor) -> Visitor:
        assert browser.post("/account/confirm/", {"password": person.password}).status_code == 302
        return browser

    return go
