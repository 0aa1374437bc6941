"""A conversation is read when asked for, answered once, and closed; what is not sent yet is kept sealed."""

import re

import pytest
from django.db import connection
from django.http import HttpResponse

from tests.desk.sitting import HX, SECRET, ask, case, entries, sits
from tests.people import Person
from tests.working import on_case
from upheld.cases import drafts, taking
from upheld.cases.models import Draft
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation, Message
from upheld.policy.acts import Act
from upheld.staff import sessions
from upheld.staff.models import DeskSession

pytestmark = pytest.mark.django_db
KIND = "conversation"
WORDS = "It arrives on Monday, canary."


@pytest.fixture
def conversation(person: Person) -> Conversation:
    return ask(person)


def test_what_was_said_is_read_when_asked_for(conversation: Conversation, person: Person) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    assert SECRET not in browser.text(case(KIND, conversation.pk))
    part = browser.post(case(KIND, conversation.pk, "read"), headers=HX).content.decode()
    assert SECRET in part
    assert "<html" not in part
    assert entries(person, Act.FIELD_OPEN) == 1
    whole = browser.post(case(KIND, conversation.pk, "read"))
    assert SECRET in whole.content.decode()
    assert "Refresh" not in whole  # or what is being written would go
    assert 'data-hides="900"' in whole.content.decode()


def test_a_draft_is_kept_sealed_and_is_there_again(conversation: Conversation) -> None:
    clerk, browser = sits("support")
    found, _ = on_case(clerk, KIND, conversation.pk)
    kept = browser.post(case(KIND, conversation.pk, "draft"), {"text": WORDS}, headers=HX)
    assert "Draft kept at" in kept.content.decode()
    assert WORDS not in kept.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cases_draft")
        assert WORDS.encode() not in repr(cursor.fetchall()).encode()
    assert WORDS in browser.post(case(KIND, conversation.pk, "read"), headers=HX).content.decode()
    assert drafts.draft_of(found, by=clerk) == WORDS


@pytest.mark.parametrize(
    ("text", "said"),
    [("a" * 20_001, "at most 20,000 characters"), ("My card is 4242424242424242", "looks like the number of a card")],
)
def test_a_draft_that_cannot_be_kept_says_why(conversation: Conversation, text: str, said: str) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    for verb, headers in (("draft", HX), ("draft", {}), ("answer", {})):
        answer = browser.post(case(KIND, conversation.pk, verb), {"text": text}, headers=headers)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert "4242424242424242" not in answer.content.decode()
    assert not Draft.objects.exists()
    assert not Message.objects.filter(is_ours=True).exists()


def test_an_answer_is_sent_once_and_the_draft_goes(conversation: Conversation) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    browser.post(case(KIND, conversation.pk, "draft"), {"text": WORDS}, headers=HX)
    done = browser.post(case(KIND, conversation.pk, "answer"), {"text": WORDS})
    assert done["Location"] == case(KIND, conversation.pk)
    assert f"{conversation.number} is answered." in browser.text(case(KIND, conversation.pk))
    assert Message.objects.filter(is_ours=True).count() == 1
    assert not Draft.objects.exists()


def test_an_answer_may_close_it(conversation: Conversation) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    done = browser.post(case(KIND, conversation.pk, "answer"), {"text": WORDS, "close": "on"})
    assert done["Location"] == f"/desk/queue/{KIND}/"
    conversation.refresh_from_db()
    assert conversation.closed_at
    assert taking.open_case(KIND, conversation.pk) is None
    assert browser.get(case(KIND, conversation.pk)).status_code == 410


def test_nothing_is_no_answer(conversation: Conversation) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    answer = browser.post(case(KIND, conversation.pk, "answer"), {"text": "  "})
    assert answer.status_code == 422
    assert "Write an answer first." in answer.content.decode()


@pytest.mark.parametrize("verb", ["answer", "read"])
def test_what_is_written_is_a_draft_when_the_quarter_of_an_hour_is_over(conversation: Conversation, verb: str) -> None:
    clerk, browser = sits("support")
    found, _ = on_case(clerk, KIND, conversation.pk)
    DeskSession.objects.update(proven_at=None)
    assert browser.post(case(KIND, conversation.pk, "draft"), {"text": "It"}, headers=HX).status_code == 200
    answer = browser.post(case(KIND, conversation.pk, verb), {"text": WORDS})
    assert answer["Location"].startswith("/desk/confirm/?next=%2Fdesk%2Fcase%2F")
    assert SECRET not in answer.content.decode()
    assert drafts.draft_of(found, by=clerk) == WORDS
    assert not Message.objects.filter(is_ours=True).exists()
    sessions.prove(DeskSession.objects.get())
    assert WORDS in browser.post(case(KIND, conversation.pk, "read")).content.decode()


def test_an_answer_to_what_has_moved_on_is_not_sent_and_stays(conversation: Conversation, person: Person) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    at = case(KIND, conversation.pk, "answer")
    given = {"text": WORDS, "seen": seen(browser.post(case(KIND, conversation.pk, "read")))}
    assert browser.post(at, given).status_code == 302
    twice = browser.post(at, given)
    assert twice.status_code == 422
    assert "something was said here since you read it" in twice.content.decode()
    assert WORDS in twice.content.decode()
    assert seen(twice) == given["seen"]
    assert Message.objects.filter(is_ours=True).count() == 1
    conversations.add(conversation, title="", text="It came.", by=person.me)
    again = browser.post(case(KIND, conversation.pk, "read"), {"text": "Glad to hear."})
    assert "Glad to hear." in again.content.decode()
    assert browser.post(at, {"text": "Glad to hear.", "seen": seen(again)}).status_code == 302


def seen(answer: HttpResponse) -> str:
    found = re.search(r'name="seen" value="([0-9a-f-]{36})"', answer.content.decode())
    assert found
    return found[1]


def test_two_never_answer_the_same_and_what_was_written_comes_back(conversation: Conversation) -> None:
    clerk, browser = sits("support")
    other, theirs = sits("support")
    found, _ = on_case(clerk, KIND, conversation.pk)
    browser.post(case(KIND, conversation.pk, "draft"), {"text": WORDS}, headers=HX)
    taking.hand_over(found, to=other, by=clerk)
    answer = browser.post(case(KIND, conversation.pk, "answer"), {"text": WORDS})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "is not yours: take it first" in text
    assert WORDS in text
    assert SECRET not in text
    assert theirs.post(case(KIND, conversation.pk, "answer"), {"text": "By me."}).status_code == 302
    assert Message.objects.filter(is_ours=True).count() == 1
    taking.hand_back(taking.open_case(KIND, conversation.pk), by=other)
    assert drafts.draft_of(taking.take(KIND, conversation.pk, by=clerk), by=clerk) == WORDS


def test_closed_meanwhile_nothing_is_sent(conversation: Conversation) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    assert browser.post(case(KIND, conversation.pk, "end"))["Location"] == f"/desk/queue/{KIND}/"
    for verb in ("answer", "draft", "read", "end"):
        refused = browser.post(case(KIND, conversation.pk, verb), {"text": WORDS})
        assert refused.status_code == 409
        assert (WORDS in refused.content.decode()) is (verb != "end")
    assert not Message.objects.filter(is_ours=True).exists()


def test_another_job_neither_reads_nor_answers(conversation: Conversation) -> None:
    _, browser = sits("billing", "privacy")
    for verb in ("answer", "draft", "read", "end"):
        answer = browser.post(case(KIND, conversation.pk, verb), {"text": WORDS})
        assert answer.status_code == 403
        assert SECRET not in answer.content.decode()
