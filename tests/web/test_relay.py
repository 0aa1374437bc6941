"""/sandbox/ on the site: what browsers say to the test processor goes on to it, and nothing else does."""

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from upheld.home import Home
from upheld.payments.sandbox.client import Sandbox
from upheld.web.relay import Relay

CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}


class Answered:
    """One request to the relay; the site behind it says 404 to everything."""

    def __init__(self, relay: Relay, method: str, path: str, body: bytes = b"", **environ: str) -> None:
        given: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": io.BytesIO(body)}
        self.status, self.headers = 0, {}
        self.body = b"".join(relay(given | {"HTTP_HOST": "localhost:8443"} | environ, self._start))

    def _start(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = int(status.split()[0]), {name.lower(): value for name, value in headers}

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


def site(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("404 Not Found", [])
    return [b"of the site"]


@pytest.fixture
def relay(home: Home) -> Relay:
    sandbox = Sandbox(home)
    sandbox.steer("behaviour", held=1)
    sandbox.close()
    return Relay(site, home)


def tokens(relay: Relay, body: bytes = json.dumps(CARD).encode(), **environ: str) -> Answered:
    return Answered(relay, "POST", "/sandbox/v1/tokens", body, **{"CONTENT_TYPE": "application/json"} | environ)


def test_a_card_becomes_a_token(relay: Relay) -> None:
    answer = tokens(relay, HTTP_COOKIE="__Host-session=secret", HTTP_SEC_FETCH_SITE="same-origin")
    assert answer.status == 200
    assert answer.json["token"].startswith("tok_")
    assert answer.headers["cache-control"] == "no-store"
    assert not {"date", "server", "connection", "access-control-allow-origin"} & answer.headers.keys()


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_ORIGIN": "https://evil.example"},
    ],
)
def test_pages_of_other_sites_get_none(relay: Relay, environ: dict[str, str]) -> None:
    assert tokens(relay, **environ).status == 403


def test_a_page_of_this_site_gets_one(relay: Relay) -> None:
    assert tokens(relay, HTTP_ORIGIN="https://localhost:8443").status == 200


@pytest.mark.parametrize(
    "path",
    ["/sandbox/v1/charges", "/sandbox/v1/cards", "/sandbox/v1/behaviour", "/sandbox/", "/sandbox/v1/tokens/", "/shop/"],
)
def test_the_rest_of_its_interface_is_not_reached(relay: Relay, path: str) -> None:
    assert Answered(relay, "POST", path, b"{}", HTTP_AUTHORIZATION="Bearer x").body == b"of the site"


def test_its_pages_are_plain_and_strict(relay: Relay) -> None:
    style = Answered(relay, "GET", "/sandbox/style.css")
    assert (style.status, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
    gone = Answered(relay, "GET", "/sandbox/card/nobody/")
    assert gone.status == 404
    assert b"Test money" in gone.body
    assert "default-src 'none'" in gone.headers["content-security-policy"]


def test_what_is_too_large_stays_outside(relay: Relay) -> None:
    assert tokens(relay, b" " * 65537).status == 413


def test_it_says_when_the_processor_is_away(tmp_path: Path) -> None:
    away = tokens(Relay(site, Home(tmp_path)))
    assert away.status == 503
    assert "does not answer just now" in away.json["error"]["message"]


def test_there_is_nothing_when_another_processor_takes_cards(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.toml.write_text('[payments]\nprocessor = "stripe"\n')
    assert tokens(Relay(site, home)).body == b"of the site"
