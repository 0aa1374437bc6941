"""What the desk refuses is said in its own frame, and is counted where somebody tried it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.desk.sitting import HX, ask, case, sits
from tests.people import Person
from tests.working import member, on_case
from upheld.cases import glass, noticing, taking
from upheld.cases.models import Case, Glass, Oddity
from upheld.conversations.models import Conversation
from upheld.staff import sessions
from upheld.staff.models import DeskSession, Member

pytestmark = pytest.mark.django_db
KIND = "conversation"
BY_ITSELF = HX | {"X-Desk-By-Itself": "1"}
TIMES = noticing.REFUSALS.times + 1  # one more than is left unsaid


@pytest.fixture
def conversation(person: Person) -> Conversation:
    return ask(person)


def test_a_refusal_keeps_staff_at_the_desk(conversation: Conversation) -> None:
    clerk, browser = sits("support")
    nobodys = browser.post(case(KIND, conversation.pk, "read"))
    nothing = browser.get(case(KIND, clerk.pk))
    shut = browser.get("/desk/news/")
    assert [each.status_code for each in (nobodys, nothing, shut)] == [409, 404, 403]
    for answer in (nobodys, nothing, shut):
        text = answer.content.decode()
        assert 'class="desk-menu"' in text
        assert clerk.pseudonym in text
        assert '<a class="button quiet" href="/desk/">To the desk</a>' in text
        assert answer["Cache-Control"] == "no-store"
    assert '<a class="button quiet" href="/desk/queue/conversation/">Queue: ' in nobodys.content.decode()
    assert "<h1>That cannot be done now</h1>\n<p>" in nobodys.content.decode(), "as desk.js reads it"
    assert "Queue: " not in shut.content.decode()


def test_what_a_page_asks_by_itself_is_no_attempt(conversation: Conversation) -> None:
    clerk, browser = sits("support")
    Member.objects.filter(pk=clerk.pk).update(jobs=["news"])
    for _ in range(TIMES):
        assert browser.get("/desk/queue/conversation/", headers=BY_ITSELF).status_code == 403
        assert browser.post(case(KIND, conversation.pk, "draft"), {"text": "x"}).status_code == 403
    assert not Oddity.objects.exists()
    for _ in range(TIMES):
        assert browser.post(case(KIND, conversation.pk, "read"), headers=BY_ITSELF).status_code == 403
    assert Oddity.objects.get().kind == "refused", "the header alone hides nothing"


def test_what_was_theirs_is_no_attempt_and_what_never_was_is_one(conversation: Conversation) -> None:
    (clerk, browser), (_, other), colleague = sits("support"), sits("support"), member("support")
    mine, _ = on_case(clerk, KIND, conversation.pk)
    taking.hand_over(mine, to=colleague, by=clerk)
    for _ in range(TIMES):
        assert browser.post(case(KIND, conversation.pk, "read")).status_code == 409
    assert not Oddity.objects.exists()
    for _ in range(TIMES):
        assert other.post(case(KIND, conversation.pk, "read")).status_code == 409
    assert Oddity.objects.get().kind == "refused"


def test_an_emergency_that_is_over_is_gone_for_whoever_asked(person: Person) -> None:
    (asker, browser), (_, other) = sits("support"), sits("support")
    asked = glass.ask(person.subject, reason="safety", by=asker)
    glass.agree(asked, by=member("billing"))
    Glass.objects.update(ends_at=timezone.now() - timedelta(minutes=1))
    Case.objects.update(closed_at=timezone.now())
    for _ in range(TIMES):
        answer = browser.get(case("emergency", asked.pk))
        assert answer.status_code == 410
        assert "This emergency is over" in answer.content.decode()
    assert not Oddity.objects.filter(kind="refused").exists()
    assert other.get(case("emergency", asked.pk)).status_code == 403


def test_what_was_done_is_kept_for_somebody_to_read() -> None:
    clerk, browser = sits("support")
    sessions.say(DeskSession.objects.get(member=clerk), "It is done.")
    assert "It is done." not in browser.get("/desk/emergency/", headers=BY_ITSELF).content.decode()
    assert "It is done." in browser.text("/desk/emergency/")
