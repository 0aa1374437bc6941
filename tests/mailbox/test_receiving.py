"""A letter becomes what its writer wants, once, and is answered at the address on file."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone

from tests.mailbox.post import Post, reply, written
from tests.people import Person
from upheld import ledger, vault
from upheld.contact import suppressing
from upheld.contact.models import Address, Choice
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Attachment, Conversation, Message
from upheld.mailbox import receiving
from upheld.mailbox.answering import CONVERSATION, IGNORED, REFUSED, REQUESTED
from upheld.mailbox.models import Taken
from upheld.policy import force
from upheld.policy.acts import Act
from upheld.rights import verbs as rights
from upheld.rights.checks import overseeing
from upheld.rights.models import Request, State

Sent = Callable[[], list[EmailMessage]]
STRANGER = "nobody@example.net"

KINDS = {
    "opt_out": (
        "Please send me no more news.",
        "Bitte keine Werbung mehr.",
        "Je ne veux plus recevoir vos publicités.",
    ),
    "access": (
        "Please send me a copy of the data that you hold about me.",
        "Bitte schicken Sie mir eine Kopie meiner Daten.",
        "Veuillez m'envoyer une copie de mes données personnelles.",
    ),
    "rectification": (
        "Please correct my name in your records.",
        "Bitte berichtigen Sie meinen Namen.",
        "Veuillez corriger mon nom dans vos fichiers.",
    ),
    "erasure": (
        "Please delete all my data.",
        "Bitte löschen Sie alle meine Daten.",
        "Veuillez supprimer toutes mes données.",
    ),
    "restriction": (
        "I demand that you restrict the processing of my data.",
        "Ich verlange die Einschränkung der Verarbeitung meiner Daten.",
        "Je demande la limitation du traitement de mes données.",
    ),
    "objection": (
        "I object to the processing of my personal data.",
        "Ich widerspreche der Verarbeitung meiner Daten.",
        "Je m'oppose au traitement de mes données.",
    ),
}
LANGUAGES = ("en", "de", "fr")


def new(letters: Sent, before: int) -> list[str]:
    return [str(letter["Subject"]).partition(" [")[0] for letter in letters()[before:]]


def waiting() -> list[str]:
    return list(Request.objects.filter(state=State.NEED_VERIFICATION).values_list("right", flat=True))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_right_becomes_its_request(person: Person, letters: Sent, post: Post, kind: str, language: str) -> None:
    before = len(letters())
    raw = written(KINDS[kind][LANGUAGES.index(language)], sender=person.email)
    outcome = post(raw)
    assert (outcome.outcome, outcome.kinds, outcome.language) == (REQUESTED, (kind,), language)
    [request] = Request.objects.all()
    assert (request.subject, request.right, request.way, request.language) == (person.subject, kind, "letter", language)
    [answer] = letters()[before:]
    assert answer["To"] == person.email
    assert bool(request.conversation) == (kind in ("rectification", "restriction", "objection"))


def test_news_is_refused_at_once(person: Person, letters: Sent, post: Post) -> None:
    before = len(letters())
    post(written("unsubscribe", sender=person.email))
    assert not any(Choice.objects.standing(person.subject).values())
    assert new(letters, before) == ["You get no more news from us"]
    assert letters()[-1]["In-Reply-To"]


def test_several_wishes_are_several_requests_and_one_question(person: Person, letters: Sent, post: Post) -> None:
    before = len(letters())
    outcome = post(written("Please send me a copy of my data. Then delete my account.", sender=person.email))
    assert set(outcome.kinds) == {"access", "erasure"}
    assert sorted(waiting()) == ["access", "erasure"]
    assert new(letters, before) == ["Is this request yours?"]


def test_anything_else_is_a_conversation(person: Person, letters: Sent, post: Post) -> None:
    before = len(letters())
    outcome = post(written("Do you like cats?\n\n-- \nAda", sender=person.email, subject="A question"))
    assert (outcome.outcome, outcome.kinds) == (CONVERSATION, ("other",))
    [conversation] = Conversation.objects.all()
    assert conversation.subject == person.subject
    assert new(letters, before) == ["About your letter"]
    [message] = Message.objects.all()
    opened = vault.open(message, ["title", "text"], by=person.me, purpose="reply")
    assert opened == {"title": "A question", "text": "Do you like cats?\n\n-- \nAda"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Where is my parcel?", "order"),
        ("I am a journalist and write about shops.", "press"),
        ("Is there a new version of exoport?", "product"),
        ("Ich kann mich nicht anmelden.", "support"),
        ("Do you like cats?", "other"),
    ],
)
def test_a_conversation_has_a_reason(post: Post, letters: Sent, text: str, reason: str) -> None:
    post(written(text, sender=STRANGER))
    assert [each.reason for each in Conversation.objects.all()] == [reason]


def test_what_is_enclosed_is_kept_as_it_is(person: Person, letters: Sent, post: Post) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = person.email, "hello@webmr.io", "My picture"
    letter.set_content("See what I painted.")
    letter.add_attachment(b"\x89PNG\0\xff", maintype="image", subtype="png", filename="me.png")
    post(letter.as_bytes())
    assert [each.size for each in Attachment.objects.all()] == [6]


def test_what_is_forwarded_is_kept_when_a_person_has_to_read_it(person: Person, letters: Sent, post: Post) -> None:
    text = "Look what came!\n\nOn Mon, 23 Nov 2026 at 10:12, eve@example.net wrote:\n> Buy this\n"
    post(written(text, sender=person.email))
    [message] = Message.objects.all()
    assert "> Buy this" in str(vault.open(message, ["text"], by=person.me, purpose="reply")["text"])


def test_a_concern_is_taken_from_anybody(letters: Sent, post: Post) -> None:
    outcome = post(written("You sold my address to somebody! Stop it right now.", sender=STRANGER))
    assert outcome.kinds == ("concern",)
    [request] = Request.objects.all()
    assert (request.right, request.state, request.is_urgent) == ("concern", State.IN_PROGRESS, True)
    assert [each.reason for each in Conversation.objects.all()] == ["concern"]
    assert [subject.partition(" [C-")[0] for subject in new(letters, 0)] == ["We have your concern"]
    assert letters()[-1]["To"] == STRANGER


def test_a_reminder_is_answered_with_what_is_open(person: Person, letters: Sent, post: Post) -> None:
    post(written("Please delete all my data.", sender=person.email))
    before = len(letters())
    outcome = post(written("I wrote to you on 3 May about my request and heard nothing.", sender=person.email))
    assert (outcome.outcome, outcome.kinds) == (REQUESTED, ("reminder",))
    assert new(letters, before) == ["Where your requests stand"]
    assert len(waiting()) == 1


def test_a_reminder_of_nothing_is_for_a_person(person: Person, letters: Sent, post: Post) -> None:
    outcome = post(written("I wrote to you on 3 May about my request and heard nothing.", sender=person.email))
    assert outcome.outcome == CONVERSATION
    assert Conversation.objects.count() == 1


def test_a_fourth_open_request_is_refused_and_news_is_not(person: Person, letters: Sent, post: Post) -> None:
    for text in ("Please send me a copy of my data.", "Please correct my name.", "Please delete all my data."):
        assert post(written(text, sender=person.email)).outcome == REQUESTED
        post(reply("Yes", letters()[-1], sender=person.email))
    kept = Conversation.objects.count()
    outcome = post(written("Please correct my name.", sender=person.email))
    assert (outcome.outcome, outcome.reason) == (REFUSED, "too_many_open")
    assert Conversation.objects.count() == kept
    outcome = post(written("Please send me a copy of my data. And no more news.", sender=person.email))
    assert (outcome.outcome, outcome.kinds, outcome.reason) == (REQUESTED, ("opt_out",), "too_many_open")
    assert Request.objects.standing().count() == 3


def test_whoever_writes_in_anothers_name_keeps_nobody_from_their_rights(
    person: Person, letters: Sent, post: Post
) -> None:
    """What waits is asked about again, a few times a day; what people carry out is read with all that came of it."""
    post(written("Send me a copy of my data. Please correct my name.", sender=person.email))
    for text in ("Please delete all my data.", "Please correct my name. It is Ada."):
        outcome = post(written(text, sender=person.email))
        assert outcome.outcome == REQUESTED
        assert new(letters, len(letters()) - 1) == ["Is this request yours?"]
    before, found = len(letters()), sorted(waiting())
    assert found == ["access", "erasure", "rectification"]
    for _ in range(8):
        assert post(written("Please delete all my data.", sender=person.email)).outcome == REQUESTED
    assert sorted(waiting()) == found
    assert 0 < len(letters()) - before < 8
    [conversation] = Conversation.objects.all()
    assert "It is Ada." in conversations.read(conversation, by=person.me)[-1].text
    assert post(reply("Yes", letters()[-1], sender=person.email)).kinds == ("erasure",)


def test_it_is_taken_once(person: Person, letters: Sent, post: Post) -> None:
    raw = written("Please delete all my data.", sender=person.email)
    first, sent = post(raw), len(letters())
    rows = Request.objects.count(), ledger.Entry.objects.count()
    assert post(raw) == first
    assert (Request.objects.count(), ledger.Entry.objects.count()) == rows
    assert len(letters()) == sent
    assert Taken.objects.count() == 1


def test_a_trace_of_a_letter_goes_when_no_box_can_hold_the_letter_any_more(post: Post) -> None:
    post(b"hello"), post(b"hello again")
    Taken.objects.filter(pk=Taken.objects.first().pk).update(at=timezone.now() - timedelta(days=401))
    assert (receiving.forget_taken(), receiving.forget_taken(), Taken.objects.count()) == (1, 0, 1)


def test_each_letter_is_on_record_without_a_word_of_it(person: Person, letters: Sent, post: Post) -> None:
    post(written("Please delete all my data.", sender=person.email))
    [entry] = ledger.Entry.objects.filter(act=Act.MAIL_TAKE)
    assert entry.subject is None
    assert entry.facts == {"kinds": ["erasure"], "outcome": REQUESTED, "way": "test"}


def bodies(letters: list[EmailMessage], email: str) -> list[str]:
    """What somebody sees of them, but for ids, dates and their own address."""
    found = []
    for letter in letters:
        for name in ("Message-ID", "Date", "In-Reply-To", "References"):
            assert (name in letter) is True
            del letter[name]
        letter.set_boundary("=")
        found.append(letter.as_string().replace(email, "…"))
    return found


@pytest.mark.parametrize("kind", ["opt_out", "access", "rectification", "erasure", "restriction"])
def test_whoever_was_erased_and_whoever_never_was_get_the_same(
    person: Person, letters: Sent, post: Post, kind: str
) -> None:
    rights.erase(person.subject, by=person.me)
    answers = []
    for sender in (person.email, STRANGER):
        before = len(letters())
        answers.append((post(written(KINDS[kind][0], sender=sender)), bodies(letters()[before:], sender)))
    assert answers[0] == answers[1]
    assert len(answers[0][1]) == 1
    assert not Request.objects.exists()
    assert not Address.objects.exists()


def test_a_no_of_nobody_holds_for_whoever_comes_with_the_address(
    letters: Sent, post: Post, canaries: dict[str, str]
) -> None:
    post(written("unsubscribe", sender=STRANGER))
    assert all(suppressing.is_kept(STRANGER, topic) for topic in force.in_force().topics)
    post(written("Do you like cats?", sender=STRANGER))
    [address] = Address.objects.all()
    assert not any(Choice.objects.standing(address.subject).values())


def test_a_stranger_with_a_concern_gets_no_news_either(letters: Sent, post: Post) -> None:
    outcome = post(written("You sold my address to somebody! And send me no more news.", sender=STRANGER))
    assert set(outcome.kinds) == {"opt_out", "concern"}
    assert sorted(new(letters, 0)) == ["We have your concern", "You get no more news from us"]
    assert not any(Choice.objects.standing(Address.objects.get().subject).values())


def test_a_letter_that_came_back_says_that_nobody_is_there(person: Person, letters: Sent, post: Post) -> None:
    from tests.contact.test_returning import bounce, complaint

    post(written("Please delete all my data.", sender=person.email))
    sent = str(letters()[-1]["Message-ID"]).strip("<>").partition("@")[0]
    raw = bounce(id=sent)  # type: ignore[arg-type]  # as it stands in the letter
    assert (post(raw).outcome, post(raw).reason) == (IGNORED, "bounce")
    assert Address.objects.get().bounced_at is not None
    assert post(complaint(id=sent)).reason == "complaint"  # type: ignore[arg-type]  # likewise
    assert not any(Choice.objects.standing(person.subject).values())


def test_a_mailbox_is_not_filled_by_our_answers(person: Person, letters: Sent, post: Post) -> None:
    for number in range(20):
        assert post(written(f"Do you like {number} cats?", sender=person.email)).outcome == CONVERSATION
    sent = len(letters())
    assert post(written("Do you like dogs?", sender=person.email)).outcome == CONVERSATION
    outcome = post(written("Please delete all my data.", sender=person.email))
    assert (outcome.outcome, outcome.kinds, outcome.reason) == (CONVERSATION, ("erasure",), "too_many_letters")
    assert Conversation.objects.order_by("id").last().reason == "rights", "a person decides"
    assert post(written("unsubscribe", sender=person.email)).kinds == ("opt_out",)
    assert not any(Choice.objects.standing(person.subject).values())
    assert post(written("You sold my address!", sender=person.email)).kinds == ("concern",)
    assert Request.objects.get(right="concern").state == State.IN_PROGRESS
    assert overseeing.concerns().upheld
    assert len(letters()) == sent
    assert Conversation.objects.filter(opened_at__lte=timezone.now()).count() == 23
