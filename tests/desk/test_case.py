"""The page of a case shows masks to whoever has it, a value for a short time once it is asked for, others nothing."""

from uuid import uuid4

import pytest
from django.utils import timezone

from tests.desk.sitting import HX, SECRET, ask, case, entries, sits
from tests.people import Person
from tests.web.conftest import Visitor
from tests.working import at_the_desk, on_case
from upheld.accounts.limits import HOUR, Limit
from upheld.cases import noticing, taking
from upheld.cases.models import Case, Note
from upheld.contact.models import Address
from upheld.conversations.models import Conversation
from upheld.policy.acts import Act
from upheld.staff.models import DeskSession, Member

pytestmark = pytest.mark.django_db
KIND = "conversation"


@pytest.fixture
def conversation(person: Person) -> Conversation:
    return ask(person)


def field(conversation: Conversation, verb: str = "") -> str:
    row = Address.objects.get(subject=conversation.subject)
    return case(KIND, conversation.pk, f"field/{row.label()}/{row.pk}/email/{verb}".rstrip("/"))


def test_who_does_not_have_it_sees_its_number_and_age_alone(conversation: Conversation, person: Person) -> None:
    _, browser = sits("support")
    text = browser.text(case(KIND, conversation.pk))
    assert conversation.number in text and "Take it" in text  # noqa: PT018 - one line of one page
    for shown in ("The person", "The story", "•••", person.email, SECRET):
        assert shown not in text
    assert entries(person, Act.FIELD_MASK) == 0


def test_who_takes_it_sees_masks(conversation: Conversation, person: Person) -> None:
    _, browser = sits("support")
    assert browser.post(case(KIND, conversation.pk, "take"))["Location"] == case(KIND, conversation.pk)
    text = browser.text(case(KIND, conversation.pk))
    assert "c•••@•••.org" in text
    assert "The case is yours." in text
    assert "for answering you" in text
    assert person.email not in text
    assert SECRET not in text
    assert entries(person, Act.FIELD_OPEN) == 0


def test_a_value_is_there_once_it_is_asked_for_and_no_longer(conversation: Conversation, person: Person) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    part = browser.post(field(conversation, "open"), headers=HX)
    assert person.email in part.content.decode()
    assert "delay:60s" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert part["Cache-Control"] == "no-store"
    assert entries(person, Act.FIELD_OPEN) == 1
    masked = browser.get(field(conversation), headers=HX).content.decode()
    assert "c•••@•••.org" in masked
    assert person.email not in masked
    assert person.email not in browser.text(case(KIND, conversation.pk))


def test_without_scripts_the_page_comes_with_the_one_value_and_goes_back_by_itself(
    conversation: Conversation, person: Person
) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    answer = browser.post(field(conversation, "open"))
    assert person.email in answer.content.decode()
    assert answer["Refresh"] == f"60; url={case(KIND, conversation.pk)}"
    assert browser.get(field(conversation))["Location"] == case(KIND, conversation.pk)


def test_copying_and_printing_are_on_record_first(conversation: Conversation, person: Person) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    assert browser.post(field(conversation, "copy"), headers=HX).status_code == 204
    assert entries(person, Act.FIELD_COPY) == 1
    printed = browser.post(field(conversation, "print")).content.decode()
    assert person.email in printed
    assert f"printed by {clerk.pseudonym}" in printed
    assert entries(person, Act.FIELD_PRINT) == 1


def test_nothing_opens_by_looking(conversation: Conversation, person: Person) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    for verb in ("open", "copy", "print"):
        assert browser.get(field(conversation, verb)).status_code == 405
    for verb in ("take", "hand-back", "hand-over", "close", "notes", "note", "read", "draft", "answer", "end"):
        assert browser.get(case(KIND, conversation.pk, verb)).status_code == 405


def test_what_belongs_to_no_case_of_theirs_stays_closed(conversation: Conversation, person: Person) -> None:
    clerk, browser = sits("support")
    other, _ = sits("support")
    assert browser.post(field(conversation, "open")).status_code == 409
    on_case(other, KIND, conversation.pk)
    for verb in ("open", "copy", "print"):
        answer = browser.post(field(conversation, verb), headers=HX)
        assert answer.status_code == 409
        assert "is not yours: take it first" in answer.content.decode()
        assert person.email not in answer.content.decode()
    assert browser.get(field(conversation), headers=HX).status_code == 409
    assert clerk.pseudonym not in browser.text(case(KIND, conversation.pk)).split("<main")[1]


def test_a_forged_field_of_ones_own_case_is_refused(conversation: Conversation) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    for forged in (f"field/address/{uuid4()}/email", f"field/account/{conversation.subject}/password"):
        assert browser.post(case(KIND, conversation.pk, f"{forged}/open")).status_code == 403
        assert browser.get(case(KIND, conversation.pk, forged), headers=HX).status_code == 404


def test_a_forged_case_is_none(conversation: Conversation) -> None:
    _, browser = sits("support")
    for kind, about in ((KIND, uuid4()), ("people", conversation.pk)):
        assert browser.get(case(kind, about)).status_code == 404
        assert browser.post(case(kind, about, "close")).status_code == 404
    assert browser.get(f"/desk/case/{KIND}/1/").status_code == 404
    assert browser.post(case(KIND, uuid4(), "take")).status_code == 409


def test_another_jobs_case_is_refused(conversation: Conversation) -> None:
    _, browser = sits("billing")
    assert browser.get(case(KIND, conversation.pk)).status_code == 403
    assert browser.post(case(KIND, conversation.pk, "take")).status_code == 403
    assert browser.post(field(conversation, "open")).status_code == 403


def test_one_closed_meanwhile_opens_no_more(conversation: Conversation, person: Person) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    two = Visitor()
    at_the_desk(clerk, two)
    assert two.post(case(KIND, conversation.pk, "end")).status_code == 302
    answer = browser.post(field(conversation, "open"), headers=HX)
    assert answer.status_code == 409
    assert "closed meanwhile" in answer.content.decode()
    page = browser.get(case(KIND, conversation.pk))
    assert page.status_code == 410
    assert "That case is over" in page.content.decode()
    assert "The person" not in page.content.decode()


def test_a_job_lost_meanwhile_opens_nothing(conversation: Conversation, person: Person) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    Member.objects.filter(pk=clerk.pk).update(jobs=["billing"])
    assert browser.post(field(conversation, "open")).status_code == 403
    Member.objects.filter(pk=clerk.pk).update(jobs=["support"], left_at=timezone.now())
    assert browser.post(field(conversation, "open"))["Location"].startswith("/desk/sign-in/")
    assert entries(person, Act.FIELD_OPEN) == 0


def test_who_has_not_shown_lately_that_it_is_them_does_so_first(conversation: Conversation, person: Person) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    DeskSession.objects.update(proven_at=None)
    answer = browser.post(field(conversation, "open"), headers=HX | {"X-Desk-Page": case(KIND, conversation.pk)})
    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith("/desk/confirm/?next=%2Fdesk%2Fcase%2F")
    assert entries(person, Act.FIELD_OPEN) == 0


def test_without_its_token_a_form_does_nothing(conversation: Conversation) -> None:
    clerk, _ = sits("support")
    browser = Visitor(enforce_csrf_checks=True)
    at_the_desk(clerk, browser)
    assert browser.post(case(KIND, conversation.pk, "take")).status_code == 403
    assert not Case.objects.exists()


def test_it_is_handed_back_and_over(conversation: Conversation) -> None:
    clerk, browser = sits("support")
    other, theirs = sits("support")
    sits("billing")
    found, _ = on_case(clerk, KIND, conversation.pk)
    text = browser.text(case(KIND, conversation.pk))
    assert text.count("<option>") == 1
    for wrong in ("", "S-NOBODY", clerk.pseudonym):
        answer = browser.post(case(KIND, conversation.pk, "hand-over"), {"to": wrong})
        assert answer.status_code == 422
        assert "Choose" in answer.content.decode()
    done = browser.post(case(KIND, conversation.pk, "hand-over"), {"to": other.pseudonym})
    assert done["Location"] == f"/desk/queue/{KIND}/"
    assert f"{other.pseudonym}&#x27;s now" in browser.text("/desk/")
    assert "The story" in theirs.text(case(KIND, conversation.pk))
    assert theirs.post(case(KIND, conversation.pk, "hand-back")).status_code == 302
    found.refresh_from_db()
    assert found.taken_by is None


def test_who_comes_second_reads_who_has_it(conversation: Conversation) -> None:
    first, _ = sits("support")
    _, browser = sits("support")
    on_case(first, KIND, conversation.pk)
    answer = browser.post(case(KIND, conversation.pk, "take"))
    assert answer.status_code == 409
    assert f"worked on by {first.pseudonym}" in answer.content.decode()


def test_what_nobody_started_is_closed_by_doing_it(conversation: Conversation) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    answer = browser.post(case(KIND, conversation.pk, "close"))
    assert answer.status_code == 409
    assert "closed by doing what it is about" in answer.content.decode()


def test_notes_open_when_asked_for(conversation: Conversation) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    at = case(KIND, conversation.pk, "note")
    assert browser.post(at, {"text": "Called the canary carrier."}).status_code == 302
    assert "canary carrier" not in browser.text(case(KIND, conversation.pk))
    opened = browser.post(case(KIND, conversation.pk, "notes"), headers=HX).content.decode()
    assert "Called the canary carrier." in opened
    assert "canary carrier" in browser.post(case(KIND, conversation.pk, "notes")).content.decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write the note."),
        ("a" * 2001, "at most 2,000 characters"),
        ("4242 4242 4242 4242", "looks like the number of a card"),
    ],
)
def test_a_note_that_cannot_be_kept_says_why(conversation: Conversation, text: str, said: str) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    answer = browser.post(case(KIND, conversation.pk, "note"), {"text": text})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "4242 4242" not in answer.content.decode()
    assert not Note.objects.exists()


def test_a_note_is_kept_once_however_often_its_form_is_sent(conversation: Conversation) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    for _ in range(2):
        assert browser.post(case(KIND, conversation.pk, "note"), {"text": "Called."}).status_code == 302
    assert browser.post(case(KIND, conversation.pk, "note"), {"text": "Called again."}).status_code == 302
    assert Note.objects.count() == 2


def test_a_note_needs_no_proof_and_comes_back_when_it_cannot_be_kept(conversation: Conversation) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    DeskSession.objects.update(proven_at=None)
    assert browser.post(case(KIND, conversation.pk, "note"), {"text": "Called."})["Location"] == case(
        KIND, conversation.pk
    )
    Member.objects.filter(pk=clerk.pk).update(jobs=["billing"])
    answer = browser.post(case(KIND, conversation.pk, "note"), {"text": "Called the canary carrier."})
    assert answer.status_code == 403
    assert "Called the canary carrier." in answer.content.decode()
    assert conversation.number not in answer.content.decode()
    assert Note.objects.count() == 1


def test_opened_notes_hide_again(conversation: Conversation) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    browser.post(case(KIND, conversation.pk, "note"), {"text": "Called."})
    opened = browser.post(case(KIND, conversation.pk, "notes"), headers=HX).content.decode()
    assert 'data-hides="900" data-again="notes-again"' in opened
    assert '<form id="notes-again" hidden' in opened
    assert browser.post(case(KIND, conversation.pk, "notes"))["Refresh"].startswith("900; ")


def test_nothing_is_on_record_as_printed_that_could_not_be_opened(
    conversation: Conversation, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    monkeypatch.setattr(noticing, "OPENINGS", Limit("openings", 1, HOUR))
    browser.post(field(conversation, "open"))
    assert browser.post(field(conversation, "print")).status_code == 409
    assert entries(person, Act.FIELD_PRINT) == 0


def test_the_story_says_what_happened_and_not_what_was_written(conversation: Conversation) -> None:
    clerk, browser = sits("support")
    on_case(clerk, KIND, conversation.pk)
    text = browser.text(case(KIND, conversation.pk))
    assert "They wrote to us" in text
    assert "The case was taken" in text
    assert clerk.pseudonym in text
    assert taking.open_case(KIND, conversation.pk)
