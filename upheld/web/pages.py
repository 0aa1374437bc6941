"""The site's own pages as a check sees them: asked for inside this process, read as HTML."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from upheld.policy import force

LOADS = {"src", "srcset", "poster", "data", "action", "formaction", "background", "ping"}
TYPED = {"email", "number", "password", "search", "tel", "text", "url"}
CARD = {"card", "card_token"}  # radio buttons and a hidden input, by which a card comes in all the same
NOT_ASKED = {"download", "sign_out"}  # a ZIP, and what would end the session that looks


@dataclass
class Page(HTMLParser):
    """One answer: what it loads, where it leads, what it asks for, and the words in it."""

    path: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    loads: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  # of every input: what a browser would send
    words: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        if "text/html" in self.headers.get("Content-Type", ""):
            self.feed(self.content.decode())
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.loads += [value for name, value in given.items() if name in LOADS]
        if "href" in given:
            (self.links if tag in ("a", "area") else self.loads).append(given["href"])
        if tag in ("input", "select", "textarea"):
            self.names.add(given.get("name", ""))
        if "name" in given and (
            tag in ("select", "textarea")
            or (tag == "input" and (given.get("type", "text") in TYPED or given["name"] in CARD))
        ):
            self.asks.append(given["name"])

    def handle_data(self, data: str) -> None:
        self.words += data


def client(session_key: str = "") -> Client:
    """A browser inside this process, signed in with the cookie of a session when there is one."""
    browser = Client(raise_request_exception=False, headers={"host": settings.HOME.host})
    if session_key:
        browser.cookies[settings.SESSION_COOKIE_NAME] = session_key
    return browser


def fetch(browser: Client, path: str) -> Page:
    answer = browser.get(path, secure=True)
    return Page(path, answer.status_code, answer.headers, answer.content)


def pages(browser: Client) -> Iterator[Page]:
    """Every page of the site that has an address of its own, and every version of the policy."""
    for path in paths():
        yield fetch(browser, path)


def paths() -> list[str]:
    named = [each.name for each in get_resolver().url_patterns if isinstance(each, URLPattern) and _is_plain(each)]
    days = [policy.effective for policy in force.published().versions()]
    plain = [reverse(name) for name in named if name not in NOT_ASKED]
    return plain + [reverse(name, args=[day]) for day in days for name in ("version", "version_raw")]


def _is_plain(pattern: URLPattern) -> bool:
    return bool(pattern.name) and "<" not in str(pattern.pattern)


def is_foreign(address: str) -> bool:
    """Whether an address leads to another site. A letter's address (mailto:) leads to no site."""
    parts = urlsplit(address.strip().replace("\\", "/"))
    if parts.scheme in ("mailto", "tel"):
        return False
    here = urlsplit(settings.HOME.site)
    return bool(parts.scheme or parts.netloc) and (parts.scheme or here.scheme, parts.netloc) != (
        here.scheme,
        here.netloc,
    )
