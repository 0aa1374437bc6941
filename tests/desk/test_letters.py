"""Staff can look at every kind of letter, with nothing of anyone in it."""

from html import unescape

import pytest

from tests import working
from tests.people import Person
from tests.web.conftest import Visitor
from upheld.contact.letters import kinds


@pytest.fixture
def desk(db: None) -> Visitor:
    """The browser of somebody who works here, in no job."""
    browser = Visitor()
    working.at_the_desk(working.member(), browser)
    return browser


def test_every_kind_is_listed_and_shown(desk: Visitor) -> None:
    listed = desk.text("/desk/letters/")
    found = list(kinds())
    assert len(found) > 20
    for each in found:
        assert f'href="/desk/letters/{each.kind}/"' in listed
        seen = unescape(desk.text(f"/desk/letters/{each.kind}/"))
        made = each.sample()
        assert str(made.subject) in seen
        assert made.text() in seen
        assert f'src="/desk/letters/{each.kind}/page/?language=en" sandbox' in seen
        assert desk.text(f"/desk/letters/{each.kind}/page/") == made.html()


def test_no_other_kind_is(desk: Visitor) -> None:
    assert desk.get("/desk/letters/nonsense/").status_code == 404
    assert desk.get("/desk/letters/nonsense/page/").status_code == 404


def test_the_html_can_do_nothing_but_be_seen(desk: Visitor) -> None:
    answer = desk.get("/desk/letters/farewell/page/")
    policy = dict(each.strip().partition(" ")[::2] for each in answer["Content-Security-Policy"].split(";"))
    assert (policy["default-src"], policy["form-action"], policy["sandbox"]) == ("'none'", "'none'", "")
    assert policy["frame-ancestors"] == "'self'"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert desk.get("/desk/letters/farewell/")["X-Frame-Options"] == "DENY"


def test_nobody_is_in_them(person: Person, desk: Visitor) -> None:
    for each in kinds():
        assert person.email not in desk.text(f"/desk/letters/{each.kind}/")


@pytest.mark.parametrize("page", ["", "farewell/", "farewell/page/"])
def test_they_are_for_staff_alone(person: Person, page: str) -> None:
    for browser in (Visitor(), Visitor().sign_in(person)):
        answer = browser.get(f"/desk/letters/{page}")
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/desk/sign-in/")
