"""A reply confirms a request, or disowns it, from the address that was asked, and once."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from django.utils import timezone

from tests.mailbox.post import Post, reply, written
from tests.people import Person
from upheld import ledger
from upheld.contact.models import Address
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation, Message
from upheld.mailbox.answering import CONVERSATION, IGNORED, REFUSED, REQUESTED
from upheld.policy.acts import Act
from upheld.rights import verbs as rights
from upheld.rights.models import Request, State, Token

Sent = Callable[[], list[EmailMessage]]
DELETE = "Please delete all my data."


@pytest.fixture
def question(person: Person, letters: Sent, post: Post) -> EmailMessage:
    """Our letter that asks whether a request for erasure is theirs."""
    post(written(DELETE, sender=person.email))
    return letters()[-1]


def states() -> list[str]:
    return list(Request.objects.order_by("id").values_list("state", flat=True))


@pytest.mark.parametrize("text", ["Yes", "Yes, that was me.\n\nThanks\nAda", "Ja, das war ich.", "はい"])
def test_a_yes_confirms(person: Person, post: Post, question: EmailMessage, text: str) -> None:
    outcome = post(reply(text, question, sender=f"Ada <{person.email}>"))
    assert (outcome.outcome, outcome.kinds, outcome.reason) == (REQUESTED, ("erasure",), "confirmed")
    assert states() == [State.IN_PROGRESS]
    rights.carry_out_due()
    assert not Address.objects.exists()


def test_a_yes_counts_when_only_the_quoted_link_says_to_what(
    person: Person, post: Post, question: EmailMessage
) -> None:
    del question["Subject"]
    question["Subject"] = "Something else"
    assert post(reply("yes", question, sender=person.email)).reason == "confirmed"


@pytest.mark.parametrize("text", ["No", "That was not me!", "Nein, das war ich nicht."])
def test_a_no_ends_it(person: Person, post: Post, question: EmailMessage, text: str) -> None:
    assert post(reply(text, question, sender=person.email)).reason == "disowned"
    assert states() == [State.REVOKED]
    assert post(reply(text, question, sender=person.email)).outcome == REFUSED, "said twice"
    outcome = post(reply("Yes", question, sender=person.email))
    assert (outcome.outcome, outcome.reason) == (CONVERSATION, "not_confirmable"), "a person decides"
    assert states() == [State.REVOKED]


@pytest.mark.parametrize("text", ["", "Yes, but not before Friday.", "What is this about?", "Who asked that?"])
def test_what_is_neither_is_for_a_person(person: Person, post: Post, question: EmailMessage, text: str) -> None:
    outcome = post(reply(text, question, sender=person.email))
    assert (outcome.outcome, outcome.reason) == (CONVERSATION, "neither_yes_nor_no")
    assert states() == [State.NEED_VERIFICATION]
    assert [each.reason for each in Conversation.objects.all()] == ["rights"]


def test_what_needs_no_word_is_done_even_in_such_a_reply(person: Person, post: Post, question: EmailMessage) -> None:
    assert post(reply("Please send me no more news.", question, sender=person.email)).kinds == ("opt_out",)
    assert states() == [State.NEED_VERIFICATION, State.FULFILLED]


def test_a_replayed_yes_changes_nothing(person: Person, post: Post, question: EmailMessage) -> None:
    raw = reply("Yes", question, sender=person.email)
    first = post(raw)
    entries = ledger.Entry.objects.exclude(act=Act.MAIL_TAKE).count()
    assert post(raw) == first
    again = post(reply("Yes", question, sender=person.email))
    assert (again.outcome, again.reason) == (REFUSED, "not_confirmable")
    assert ledger.Entry.objects.exclude(act=Act.MAIL_TAKE).count() == entries


def test_a_yes_from_elsewhere_changes_nothing(person: Person, post: Post, question: EmailMessage) -> None:
    """Not even with the address in every header that is not From, and the code right."""
    elsewhere = [
        {"sender": "eve@example.net"},
        {"sender": "eve@example.net", "Reply_To": person.email, "Sender": person.email, "Cc": person.email},
        {"sender": f'"{person.email}" <eve@example.net>'},
        {"sender": person.email.replace("a", "\u0430", 1)},  # Cyrillic
        {"sender": person.email.replace("@", "+x@")},
        {"sender": f"{person.email}.example.net"},
    ]
    for headers in elsewhere:
        assert post(reply("Yes", question, **headers)).outcome in (CONVERSATION, REFUSED), headers
    assert states() == [State.NEED_VERIFICATION]
    assert post(reply("Yes", question, sender=person.email.upper())).reason == "confirmed"


@pytest.mark.parametrize("sender", ["eve@example.net", None])
def test_a_yes_that_does_not_count_is_read_by_a_person(
    person: Person, letters: Sent, post: Post, question: EmailMessage, sender: str | None
) -> None:
    """From another address of theirs, which nobody knows to be theirs, or after seven days."""
    if sender is None:
        Token.objects.update(expires_at=timezone.now())
    outcome = post(reply("Yes", question, sender=sender or person.email))
    assert (outcome.outcome, outcome.reason) == (CONVERSATION, "not_confirmable")
    assert [each.reason for each in Conversation.objects.all()] == ["rights"]
    assert str(letters()[-1]["Subject"]).startswith("About your letter")
    assert letters()[-1]["To"] == (sender or person.email)
    assert states() == [State.NEED_VERIFICATION]


def test_a_code_that_is_none_of_ours_is_only_a_letter(person: Person, post: Post, question: EmailMessage) -> None:
    outcome = post(written("Yes", sender=person.email, subject="Re: Is this request yours? [K7QF2M9X4T]"))
    assert outcome.outcome == CONVERSATION
    assert states() == [State.NEED_VERIFICATION]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"X_Autoreply": "yes"},
        {"Precedence": "bulk"},
        {"X_Auto_Response_Suppress": "All"},
        {"Return_Path": "<>"},
    ],
)
def test_a_vacation_reply_confirms_nothing(
    person: Person, letters: Sent, post: Post, question: EmailMessage, headers: dict[str, str]
) -> None:
    sent = len(letters())
    for text in ("Yes", "", "I am away until Monday."):
        assert post(reply(text, question, sender=person.email, **headers)).outcome == IGNORED
    assert states() == [State.NEED_VERIFICATION]
    assert not Conversation.objects.exists()
    assert len(letters()) == sent


def test_our_own_letter_come_back_begins_nothing(letters: Sent, post: Post, question: EmailMessage) -> None:
    sent = len(letters())
    for letter in letters():
        assert post(letter.as_bytes()).outcome == IGNORED
    del question["Auto-Submitted"]
    assert post(question.as_bytes()).reason == "ours"
    assert len(letters()) == sent


def test_a_forged_wish_to_be_deleted_changes_nothing_until_its_person_says_yes(
    person: Person, post: Post, letters: Sent
) -> None:
    forged = written(DELETE, sender=person.email, Reply_To="eve@example.net", Cc="eve@example.net")
    post(forged)
    rights.carry_out_due()
    assert {str(letter["To"]) for letter in letters()} == {person.email}
    assert all(letter["Cc"] is None for letter in letters())
    assert states() == [State.NEED_VERIFICATION]
    assert Address.objects.filter(subject=person.subject).exists()


def test_a_reply_in_a_conversation_is_more_of_it(person: Person, letters: Sent, post: Post) -> None:
    post(written("Do you like cats?", sender=person.email))
    outcome = post(reply("Or dogs?", letters()[-1], sender=person.email))
    assert outcome.outcome == CONVERSATION
    [conversation] = Conversation.objects.all()
    said = conversations.read(conversation, by=person.me)
    assert [each.text for each in said] == ["Do you like cats?", "Or dogs?"]


def test_nobody_else_adds_to_a_conversation(person: Person, letters: Sent, post: Post) -> None:
    post(written("Do you like cats?", sender=person.email))
    post(reply("I do.", letters()[-1], sender="eve@example.net"))
    assert Conversation.objects.count() == 2
    assert Message.objects.filter(subject=person.subject).count() == 1


def test_a_wish_in_a_conversation_is_a_request_as_well(person: Person, letters: Sent, post: Post) -> None:
    post(written("Do you like cats?", sender=person.email))
    outcome = post(reply(f"Thanks. {DELETE}", letters()[-1], sender=person.email))
    assert (outcome.outcome, outcome.kinds) == (REQUESTED, ("erasure",))
    assert Conversation.objects.count() == 1
    assert Message.objects.count() == 2
    assert states() == [State.NEED_VERIFICATION]


def test_a_program_that_answers_like_a_person_is_not_answered_for_ever(letters: Sent, post: Post) -> None:
    for number in range(8):
        text = f"Your letter came in. It has the number {number}."
        assert post(written(text, sender="desk@corp.example")).outcome == CONVERSATION
    assert len(letters()) == 3
    assert Conversation.objects.count() == 8
