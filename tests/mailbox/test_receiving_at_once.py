"""The same letters at the same time: each in a thread with its own connections, let loose together."""

import threading
from collections.abc import Callable
from email.message import EmailMessage

from django.db import connection, connections, transaction

from tests.accounts.test_at_once import at_once
from tests.mailbox.post import written
from tests.rights.conftest import Planted
from tests.rights.requesting import ADDRESS
from tests.rights.test_writers import order
from upheld.contact import suppressing
from upheld.contact import verbs as contact
from upheld.contact.models import Address, Choice
from upheld.conversations.models import Conversation, Message
from upheld.mailbox.models import Taken
from upheld.mailbox.receiving import receive
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.rights import verbs as rights
from upheld.rights.models import Request
from upheld.vault import new_subject
from upheld.vault.errors import AlreadyHeld

STRANGER = "stranger@example.net"
Letters = Callable[[], list[EmailMessage]]


def test_one_letter_that_comes_several_times_is_taken_once(ann: Planted, letters: Letters) -> None:
    raw = written("Please delete all my data. And no more news.", sender=ADDRESS)
    found = at_once(*[lambda: receive(raw, way="test")] * 4)
    assert len({str(each) for each in found}) == 1
    assert (Taken.objects.count(), Request.objects.count(), len(letters())) == (1, 2, 2)


def test_letters_of_one_stranger_make_one_person(transactional_db: None, letters: Letters) -> None:
    raws = [written(f"Do you like {number} cats?", sender=STRANGER) for number in range(4)]
    at_once(*[lambda raw=raw: receive(raw, way="test") for raw in raws])
    assert Address.objects.count() == 1
    assert (Conversation.objects.count(), Message.objects.count()) == (4, 4)


def test_a_no_holds_for_whoever_gives_the_address_meanwhile(transactional_db: None, letters: Letters) -> None:
    subject = new_subject()

    def sign_up() -> None:
        contact.add_address(subject, email=STRANGER, source="sign_up", by=Actor.person(subject))

    raw = written("unsubscribe", sender=STRANGER)
    at_once(sign_up, lambda: receive(raw, way="test"))
    assert not any(Choice.objects.standing(subject).values())
    assert not any(suppressing.is_kept(STRANGER, topic) for topic in force.in_force().topics)


def test_a_sign_up_waits_for_a_letter_and_not_the_other_way_round(transactional_db: None) -> None:
    subjects = new_subject(), new_subject()
    refused = []

    def sign_up() -> None:
        try:
            contact.add_address(subjects[1], email=STRANGER, source="sign_up", by=Actor.person(subjects[1]))
        except AlreadyHeld as error:
            refused.append(error)
        finally:
            connections.close_all()

    other = threading.Thread(target=sign_up)
    with transaction.atomic():
        suppressing.hold(STRANGER)
        other.start()
        wait_until_it_waits()
        contact.add_address(subjects[0], email=STRANGER, source="letter", by=Actor.system("mailbox"))
    other.join()
    assert len(refused) == 1


def wait_until_it_waits() -> None:
    """On SQLite, where the whole transaction is the lock, it waits from the beginning."""
    found = connection.vendor != "postgresql"
    while not found:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            found = cursor.fetchone()[0] > 0


def test_a_letter_and_an_erasure_do_not_wait_for_each_other(ann: Planted, letters: Letters) -> None:
    raw = written("Please send me a copy of my data. And no more news.", sender=ADDRESS)
    at_once(lambda: receive(raw, way="test"), lambda: rights.erase(ann.subject, by=ann.by))
    assert not Request.objects.exists()
    assert Taken.objects.count() == 1


def test_a_guest_who_was_erased_is_nobody(transactional_db: None, letters: Letters) -> None:
    guest = order("guest@example.org")
    assert receive(written("Please delete all my data.", sender="guest@example.org"), way="test").kinds == ("erasure",)
    assert letters()[-1]["To"] == "guest@example.org"
    rights.erase(guest.subject, by=Actor.person(guest.subject))
    receive(written("Please delete all my data again.", sender="guest@example.org"), way="test")
    assert letters()[-1]["Subject"] == "We hold nothing under this address"
