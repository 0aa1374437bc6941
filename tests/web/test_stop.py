"""The link in a news letter, as a mail program and as a reader use it."""

from uuid import UUID

import pytest
from django.test import Client

from tests.people import Person
from tests.web.conftest import Visitor
from upheld import ledger, vault
from upheld.contact import stopping
from upheld.contact.models import Choice
from upheld.policy.acts import Act

SPECIALS = "news.specials"
ONE_CLICK = "List-Unsubscribe=One-Click"


def link(subject: UUID, topic: str = SPECIALS) -> str:
    return stopping.path(subject, topic)


def refused(subject: UUID) -> list[str]:
    return [topic for topic, allowed in Choice.objects.standing(subject).items() if not allowed]


def test_a_mail_program_stops_it_by_one_click(person: Person) -> None:
    """As RFC 8058, section 3.2: no cookie, no referrer, no token of a form."""
    browser = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    form = "application/x-www-form-urlencoded"
    answer = browser.post(link(person.subject), ONE_CLICK, content_type=form, secure=True)
    assert answer.status_code == 200
    assert not answer.cookies
    assert refused(person.subject) == [SPECIALS]
    entry = ledger.Entry.objects.of(person.subject).filter(act=Act.CHOICE_RECORD).get()
    assert entry.facts == {"topic": SPECIALS, "allowed": False, "source": "letter"}
    assert entry.by["kind"] == "visitor"


def test_looking_at_the_page_stops_nothing(person: Person, visitor: Visitor) -> None:
    page = visitor.text(link(person.subject))
    assert "Stop these letters" in page
    assert "Specials" in page
    assert visitor.head(link(person.subject)).status_code == 200
    assert not refused(person.subject)


def test_the_pages_buttons_stop_one_or_all(person: Person, visitor: Visitor) -> None:
    assert "Specials" in visitor.post(link(person.subject)).content.decode()
    assert refused(person.subject) == [SPECIALS]
    assert "none of our topics" in visitor.post(link(person.subject), {"everything": "yes"}).content.decode()
    assert len(refused(person.subject)) == 3
    visitor.post(link(person.subject))
    assert Choice.objects.for_subject(person.subject).count() == 3, "said again, it is not recorded again"


def test_a_link_that_was_altered_says_so(person: Person, visitor: Visitor) -> None:
    good = stopping.token(person.subject, SPECIALS)
    for token in (good[:-1], good.swapcase(), "x", "W10:x"):
        answer = visitor.post(f"/stop/{token}/")
        assert answer.status_code == 404
        assert "not one of ours" in answer.content.decode()
    assert not refused(person.subject)


def test_the_link_holds_no_address(person: Person) -> None:
    assert person.email.partition("@")[0] not in link(person.subject)
    assert stopping.read(stopping.token(person.subject, SPECIALS)) == stopping.Stop(person.subject, SPECIALS)


def test_it_works_for_topics_of_before_and_people_who_are_gone(person: Person, visitor: Visitor) -> None:
    assert "Stopped" in visitor.post(link(person.subject, "news.weather")).content.decode()
    assert not Choice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_recorded_about_someone_who_was_erased(person: Person, visitor: Visitor) -> None:
    path = link(person.subject)
    vault.shred(person.subject, by=person.me)
    assert "Stopped" in visitor.post(path, {"everything": "yes"}).content.decode()
    assert not Choice.objects.exists()
