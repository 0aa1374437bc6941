"""Every address of the desk, tried as a visitor, as a customer and as each job: open exactly where the policy says."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.people import Person
from tests.web.conftest import Visitor
from tests.working import at_the_desk, member
from upheld.cases.kinds import KINDS
from upheld.policy import force

pytestmark = pytest.mark.django_db

# By the first part of an address: the kinds of case, one of which a job must work on. None: whoever works here.
NEEDS: dict[str, tuple[str, ...] | None] = {
    "": None,
    "emergency": None,
    "find": None,
    "letters": None,
    "me": None,
    "money": ("dispute", "refund"),
    "news": ("news",),
    "oversight": ("oversight",),
    "parcels": ("shipment",),
    "policy": None,
    "products": ("catalogue",),
    "releases": ("products",),
    "sign-out": None,
    "staff": ("staff",),
    "terminal": None,
    "uploads": ("products",),
    "usage": ("products",),
    "confirm": None,
}
WAYS_IN = {"join", "sign-in"}  # of whoever comes
GIVEN = {
    "uuid": lambda: uuid4(),
    "slug": lambda: "no-such-thing",
    "str": lambda: "no-such-secret",
}
SIGN_IN = "/desk/sign-in/"
APART = {
    "/desk/sign-out/": "it would end the session that the others are tried with",
    "/desk/find/start/": "what is sent names the kind: see test_finding",
}


def patterns(found: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in found.url_patterns:
        text = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each, text)
        else:
            yield text, each


def addresses() -> list[tuple[str, str]]:
    """Each address below /desk/ with its first part, or with `case:` or `queue:` and the kind that it names."""
    found, kinds = [], list(KINDS)
    for number, (text, _) in enumerate(patterns(get_resolver())):
        if not text.startswith("desk/"):
            continue
        first = text.split("/")[1]
        for kind in kinds if text.endswith("<uuid:about>/") or first == "queue" else [kinds[number % len(kinds)]]:
            parts = [_filled(part, kind) for part in text.split("/")]
            named = parts[2] if first in ("case", "queue") else ""
            found.append(("/" + "/".join(parts), f"{first}:{named}" if named else first))
    return list(dict.fromkeys(found))


def _filled(part: str, kind: str) -> str:
    if not part.startswith("<"):
        return part
    converter, name = part.strip("<>").split(":")
    return kind if name == "kind" else str(GIVEN[converter]())


def needs(first: str) -> tuple[str, ...] | None:
    place, _, kind = first.partition(":")
    return (kind,) if kind else NEEDS[place]


def ask(browser: Visitor, address: str) -> tuple[int, str]:
    answer = browser.get(address)
    if answer.status_code == 405:
        answer = browser.post(address)
    return answer.status_code, answer.headers.get("Location", "")


def inside() -> list[tuple[str, str]]:
    return [(address, first) for address, first in addresses() if first not in WAYS_IN]


def test_whoever_does_not_work_here_is_sent_to_sign_in(visitor: Visitor, person: Person) -> None:
    customer = Visitor().sign_in(person)
    for browser in (visitor, customer):
        for address, _ in inside():
            status, where = ask(browser, address)
            assert (status, where.partition("?")[0]) == (302, SIGN_IN), address


def test_each_job_opens_what_the_policy_gives_it_and_nothing_else(db: None) -> None:
    policy = force.in_force()
    assert len(inside()) > 100
    for job, declared in policy.jobs.items():
        browser = at_the_desk(member(job), Visitor())
        wrong = []
        for address, first in inside():
            if address in APART:
                continue
            status, where = ask(browser, address)
            kinds = needs(first)
            may = kinds is None or bool(set(kinds) & set(declared.during))
            shut = status == 403 or where.startswith(SIGN_IN)
            if may is shut or status >= 500:
                wrong.append((address, status, where))
        assert not wrong, job


def test_what_is_not_about_a_kind_is_in_the_table() -> None:
    """A new page says here whom it is for."""
    places = {first for _, first in addresses() if ":" not in first}
    assert places - WAYS_IN == set(NEEDS)


def test_the_desks_cookie_goes_to_the_desk_alone(db: None) -> None:
    clerk = at_the_desk(member("support"), Visitor())
    assert clerk.get("/account/").status_code == 302
    assert clerk.get(reverse("desk")).status_code == 200
