"""Letters of somebody of whom only an order is held: the address stands in the order, and nowhere else."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from tests.mailbox.post import Post, reply, written
from tests.rights.conftest import Planted
from tests.rights.requesting import ADDRESS, fresh, officer, words
from tests.rights.test_writers import order
from upheld.contact import suppressing
from upheld.contact import verbs as contact
from upheld.contact.models import Address, Choice
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.orders.models import Order
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.rights import verbs as rights
from upheld.rights.models import Request, State
from upheld.rights.requests import ending
from upheld.vault import new_subject

Sent = Callable[[], list[EmailMessage]]
GUEST = "guest@example.org"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def guest(transactional_db: None) -> Order:
    return order(GUEST)


def refused() -> set[str]:
    return {topic for topic in force.in_force().topics if suppressing.is_kept(GUEST, topic)}


@pytest.mark.parametrize("also", ["", "Please correct my name.", "You sold my address!"])
def test_a_no_holds_when_they_sign_up_later(guest: Order, post: Post, letters: Sent, also: str) -> None:
    post(written(f"Please send me no more news. {also}", sender=GUEST))
    subject = new_subject()
    if not Address.objects.exists():
        contact.add_address(subject, email=GUEST, source="sign_up", by=Actor.person(subject))
    assert not any(Choice.objects.standing(Address.objects.get().subject).values())


def test_a_no_outlives_their_erasure(guest: Order, post: Post, letters: Sent) -> None:
    post(written("Please send me no more news.", sender=GUEST))
    rights.erase(guest.subject, by=Actor.person(guest.subject))
    assert refused() == set(force.in_force().topics)


def test_a_no_that_did_not_come_by_letter_outlives_their_erasure(guest: Order) -> None:
    by = Actor.person(guest.subject)
    contact.refuse_everything(guest.subject, by=by, source="account")
    assert refused() == set()
    rights.erase(guest.subject, by=by)
    assert refused() == set(force.in_force().topics)


def test_the_officer_reads_what_a_request_is_about_and_ends_it(guest: Order, post: Post, letters: Sent) -> None:
    post(written("Please correct my name. It is Ann Other.", sender=GUEST))
    post(reply("Yes", letters()[-1], sender=GUEST))
    [request], [conversation] = Request.objects.all(), Conversation.objects.all()
    assert (request.subject, conversation.subject) == (guest.subject, guest.subject)
    by = officer(request)
    assert "It is Ann Other." in conversations.read(conversation, by=by)[0].text
    rights.end(request, state=State.FULFILLED, outcome="It is corrected.", by=by)
    assert letters()[-1]["To"] == GUEST
    conversation.refresh_from_db()
    assert conversation.closed_at is not None
    assert fresh(request).state == State.FULFILLED


def test_one_letter_about_both_is_read_and_ended_in_each(ann: Planted, post: Post, letters: Sent) -> None:
    """Somebody with an account ordered apart as well: what they wrote lies with the account."""
    apart = order(ADDRESS)
    post(written("Please correct my name. It is Ann Other.", sender=ADDRESS))
    post(reply("Yes", letters()[-1], sender=ADDRESS))
    [conversation] = Conversation.objects.all()
    assert conversation.subject == ann.subject
    for subject in (apart.subject, ann.subject):
        conversation.refresh_from_db()
        assert conversation.closed_at is None
        request = Request.objects.get(subject=subject)
        assert ending.conversation_of(request) == conversation
        rights.end(request, state=State.FULFILLED, outcome="It is corrected.", by=officer(request))
        assert "It is corrected." in words(letters()[-1])
    conversation.refresh_from_db()
    assert conversation.closed_at is not None


def test_a_conversation_of_somebody_else_is_none_of_a_request(ann: Planted, post: Post, letters: Sent) -> None:
    post(written("Please correct my name.", sender=ADDRESS))
    request = Request.objects.get()
    Conversation.objects.update(subject=order(GUEST).subject)
    assert ending.conversation_of(request) is None


def test_nothing_is_held_but_what_a_person_answers(letters: Sent, post: Post) -> None:
    post(written("You sold my address to somebody! Please send me a copy of my data.", sender=GUEST))
    assert "We hold nothing under this address but your letter" in [each["Subject"] for each in letters()]
    [answer] = [each for each in letters() if "hold nothing" in str(each["Subject"])]
    assert "From now on we hold" in " ".join(words(answer).split())
