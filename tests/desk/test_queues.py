"""What waits is shown to those whose job it is: numbers, ages and pseudonyms, and nobody's data."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.desk.sitting import HX, SECRET, ask, sits
from tests.people import Person
from tests.web.conftest import Visitor
from tests.working import on_case
from upheld.conversations.models import Conversation
from upheld.desk import clocks, waiting
from upheld.staff.models import DeskSession, Member

pytestmark = pytest.mark.django_db
QUEUE = "/desk/queue/conversation/"


@pytest.fixture
def conversation(person: Person) -> Conversation:
    return ask(person)


def test_the_first_page_counts_what_waits_for_the_members_jobs(conversation: Conversation) -> None:
    clerk, browser = sits("support")
    text = browser.text("/desk/")
    assert "Conversation" in text
    assert "Parcel to send" not in text
    assert "No case is yours" in text
    on_case(clerk, "conversation", conversation.pk)
    assert conversation.number in browser.text("/desk/")


def test_a_queue_shows_numbers_and_pseudonyms_and_nobody(conversation: Conversation, person: Person) -> None:
    _, browser = sits("support")
    other, _ = sits("support")
    text = browser.text(QUEUE)
    assert conversation.number in text
    assert "/take/" in text
    on_case(other, "conversation", conversation.pk)
    text = browser.text(QUEUE)
    assert other.pseudonym in text
    assert "/take/" not in text
    for value in (person.email, SECRET, "Staff Canary"):
        assert value not in text


def test_the_rows_alone_come_when_the_page_asks_for_them_again(conversation: Conversation) -> None:
    _, browser = sits("support")
    part = browser.get(QUEUE, headers=HX).content.decode()
    assert conversation.number in part
    assert "<html" not in part


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in() -> None:
    clerk, browser = sits("support")
    seen = timezone.now() - timedelta(minutes=20)
    DeskSession.objects.filter(member=clerk).update(seen_at=seen)
    browser.get(QUEUE, headers=HX | {"X-Desk-By-Itself": "1"})
    assert DeskSession.objects.get(member=clerk).seen_at == seen
    DeskSession.objects.filter(member=clerk).update(seen_at=seen - timedelta(minutes=11))
    answer = browser.get(QUEUE, headers=HX | {"X-Desk-By-Itself": "1"})
    assert answer["HX-Redirect"].startswith("/desk/sign-in/")


def test_fifty_stand_on_a_page(person: Person, conversation: Conversation) -> None:
    _, browser = sits("support")
    now = timezone.now()
    Conversation.objects.bulk_create(
        Conversation(subject=person.subject, number=f"C-{at:08}", reason="order", opened_at=now, waiting_since=now)
        for at in range(waiting.PAGE)
    )
    first, second = browser.text(QUEUE), browser.text(f"{QUEUE}?page=2")
    assert first.count("data-row") == waiting.PAGE
    assert "?page=2" in first
    assert second.count("data-row") == 1
    assert "Nothing waits this far down" in browser.text(f"{QUEUE}?page=9")


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "1e9", "10000", "9" * 28, "9" * 5000, "1' OR 1=1", "%00"])
def test_a_crafted_page_is_none(page: str) -> None:
    _, browser = sits("support")
    assert browser.get(QUEUE, {"page": page}).status_code == 404


def test_another_jobs_queue_is_refused_and_one_that_is_none_is_not_there() -> None:
    _, browser = sits("billing")
    assert browser.get(QUEUE).status_code == 403
    assert browser.get("/desk/queue/people/").status_code == 404


def test_a_job_that_is_lost_is_lost_at_once() -> None:
    clerk, browser = sits("support")
    assert browser.get(QUEUE).status_code == 200
    Member.objects.filter(pk=clerk.pk).update(jobs=["news"])
    assert browser.get(QUEUE).status_code == 403


def test_who_is_not_signed_in_goes_to_sign_in(person: Person) -> None:
    for browser in (Visitor(), Visitor().sign_in(person)):
        assert browser.get("/desk/")["Location"] == "/desk/sign-in/?next=%2Fdesk%2F"


def test_a_clock_says_what_is_left_and_what_is_late() -> None:
    now = timezone.now()
    found = [clocks.of(now + timedelta(days=days), now) for days in (-3, 1, 9)]
    said = [(each.state, each.words) for each in found if each]
    assert said == [("late", "3\xa0days late"), ("soon", "1\xa0day left"), ("calm", "1\xa0week left")]
    assert clocks.of(None) is None
    assert clocks.age(now, now) == "1 minute"
