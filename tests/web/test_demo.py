"""The demonstration's letters: read and answered there, and nothing at all anywhere else."""

import re

import pytest
from pytest_django import Settings

from tests.people import Person
from tests.web.conftest import Visitor
from upheld.contact.models import Choice
from upheld.home import Home
from upheld.rights.models import Request, State
from upheld.web import catcher

LETTERS = "/demo/letters/"
PAGES = (LETTERS, f"{LETTERS}write/")


@pytest.fixture
def demonstration(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    home.demonstration.touch()
    return home


def one(person: Person) -> catcher.Caught:
    return next(each for each in catcher.caught() if each.to == person.email)


def write(visitor: Visitor, person: Person, text: str, path: str = f"{LETTERS}write/", subject: str = "Hello") -> str:
    answer = visitor.post(path, {"email": person.email, "subject": subject, "text": text})
    assert (answer.status_code, answer["Location"]) == (302, LETTERS), answer.content.decode()
    return visitor.text(LETTERS)


def test_what_was_sent_is_listed_and_shown(demonstration: Home, person: Person, visitor: Visitor) -> None:
    listed, letter = visitor.text(LETTERS), one(person)
    assert person.email in listed
    assert f'href="{LETTERS}{letter.id}/"' in listed
    shown = visitor.text(f"{LETTERS}{letter.id}/")
    assert letter.subject in shown
    assert letter.part("plain").splitlines()[0] in shown
    assert visitor.text("/policy/").count(f'href="{LETTERS}"') == 1


def test_the_newest_is_first(demonstration: Home, person: Person, visitor: Visitor) -> None:
    found = [each.at for each in catcher.caught()]
    assert found == sorted(found, reverse=True)


def test_the_html_can_lead_elsewhere_and_nothing_more(demonstration: Home, person: Person, visitor: Visitor) -> None:
    answer = visitor.get(f"{LETTERS}{one(person).id}/page/")
    policy = dict(each.strip().partition(" ")[::2] for each in answer["Content-Security-Policy"].split(";"))
    assert (policy["default-src"], policy["form-action"], policy["frame-ancestors"]) == ("'none'", "'none'", "'self'")
    assert policy["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"
    content = answer.content.decode()
    assert len(re.findall("<a ", content)) == len(re.findall('<a target="_blank" rel="noopener" ', content))


@pytest.mark.parametrize("missing", ["marker", "folder", "near", "listens"])
def test_anywhere_else_there_is_nothing(
    missing: str, demonstration: Home, person: Person, visitor: Visitor, settings: Settings
) -> None:
    letter = one(person).id
    given = {
        "marker": {},
        "folder": {"mail.url": "smtp://localhost"},
        "near": {"site": "https://upheld.example"},
        "listens": {"host": "0.0.0.0"},  # noqa: S104 - refused here
    }[missing]
    if missing == "marker":
        demonstration.demonstration.unlink()
    settings.HOME = Home(demonstration.folder)
    settings.HOME.__dict__["settings"] = {**demonstration.settings, **given}
    for path in (*PAGES, *(f"{LETTERS}{letter}/{page}" for page in ("", "page/", "reply/"))):
        assert visitor.get(path).status_code == 404, path
    answer = visitor.post(f"{LETTERS}write/", {"email": person.email, "text": "Please delete all my data."})
    assert answer.status_code == 404
    assert LETTERS not in visitor.text("/policy/")


def test_a_letter_that_is_not_there_is_not_found(demonstration: Home, visitor: Visitor) -> None:
    assert visitor.get(f"{LETTERS}01a20775-1812-7413-af1d-6752f828bc56/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_letter_to_the_company_is_taken(demonstration: Home, person: Person, visitor: Visitor) -> None:
    assert "became a request for each of these: opt out" in write(visitor, person, "Please send me no more news.")
    assert not Choice.objects.filter(subject=person.subject, allowed=True).exists()
    assert "for a person to answer" in write(visitor, person, "How tall is the shelf?")


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_back_is_confirmed_by_replying(demonstration: Home, person: Person, visitor: Visitor) -> None:
    write(visitor, person, "Please send me a copy of my data.", subject="My data")
    asked = one(person)
    path = f"{LETTERS}{asked.id}/reply/"
    form = visitor.text(path)
    assert f'value="{person.email}"' in form
    assert f'value="Re: {asked.subject}"' in form
    assert Request.objects.get().state == State.NEED_VERIFICATION
    write(visitor, person, f"Yes.{catcher.quoted(asked)}", path, f"Re: {asked.subject}")
    assert Request.objects.get().state == State.IN_PROGRESS


@pytest.mark.django_db(transaction=True)
def test_what_is_missing_or_broken_is_said(demonstration: Home, visitor: Visitor) -> None:
    answer = visitor.post(f"{LETTERS}write/", {"email": "nobody", "subject": "", "text": ""}).content.decode()
    assert "Write your letter." in answer
    crafted = {"email": "ada@example.org", "subject": "Hello\r\nBcc: bob@example.org", "text": "How tall is it?"}
    assert visitor.post(f"{LETTERS}write/", crafted).status_code == 302
    raw = catcher.written(sender="ada@example.org", subject=crafted["subject"], text="x")
    assert b"\r\nBcc" not in raw
