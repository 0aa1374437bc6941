"""`/desk/terminal/`: a member types the code that a terminal shows, and ends what they allowed."""

from uuid import uuid4

import pytest

from tests.web.conftest import Visitor
from tests.working import at_the_desk, member
from upheld.staff import terminals
from upheld.staff.models import DeskSession, Terminal

pytestmark = pytest.mark.django_db
PAGE = "/desk/terminal/"


@pytest.fixture
def desk() -> Visitor:
    browser = at_the_desk(member("support"), Visitor())
    assert isinstance(browser, Visitor)
    return browser


def test_the_code_lets_the_terminal_work_for_them(desk: Visitor) -> None:
    login = uuid4()
    answer = desk.post(PAGE, {"code": terminals.ask(login).code.lower()})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert terminals.at(login)
    shown = desk.text(PAGE)
    assert "The terminal works for you now." in shown
    assert "Where you work now" in shown


def test_a_code_that_no_terminal_shows_is_refused(desk: Visitor) -> None:
    for typed, said in (("7KQ4-M2XP", "No terminal shows this code."), ("", "Type the code that the terminal shows.")):
        answer = desk.post(PAGE, {"code": typed})
        assert answer.status_code == 422
        assert said in answer.content.decode()


def test_they_show_first_that_it_is_them(desk: Visitor) -> None:
    login = uuid4()
    code = terminals.ask(login).code
    DeskSession.objects.update(proven_at=None)
    answer = desk.post(PAGE, {"code": code})
    assert answer["Location"].startswith("/desk/confirm/")
    assert terminals.at(login) is None


def test_what_they_allowed_ends_here(desk: Visitor) -> None:
    login = uuid4()
    desk.post(PAGE, {"code": terminals.ask(login).code})
    found = Terminal.objects.get()
    for said in ("does nothing in your name any more", "Nobody works at that terminal any more"):
        assert desk.post(f"{PAGE}{found.pk}/end/").status_code == 302
        assert said in desk.text(PAGE)
    assert terminals.at(login) is None


def test_nobody_ends_a_colleagues(desk: Visitor) -> None:
    login, other = uuid4(), member("billing")
    allowed = terminals.allow(terminals.ask(login).code, by=other)
    assert isinstance(allowed, Terminal)
    assert "Where you work now" not in desk.text(PAGE)
    desk.post(f"{PAGE}{allowed.pk}/end/")
    assert terminals.member_at(login) == other


def test_nobody_else_comes_in(db: None) -> None:
    for answer in (Visitor().get(PAGE), Visitor().post(PAGE, {"code": "7KQ4-M2XP"})):
        assert answer["Location"].startswith("/desk/sign-in/")
