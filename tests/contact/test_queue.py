"""What a letter is while it waits, and whether it leaves."""

import os
import random
import statistics
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connections
from django.utils import timezone

from tests.crash import kill_at_each_step
from upheld import ledger, vault
from upheld.accounts.letters import SignUpCode
from upheld.contact import choosing, delivering, verbs, words
from upheld.contact.letters import News, Wording
from upheld.contact.models import Address, Letter
from upheld.home import Home
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.vault.keys.models import ServiceKey

pytestmark = pytest.mark.django_db(transaction=True)
TOPIC = "news.specials"


class Special(News):
    kind = "special"
    purpose = TOPIC
    subject = "Something is cheaper"

    def paragraphs(self) -> tuple[str, ...]:
        return ("It is cheaper until Friday.",)


def someone(email: str = "ada@example.org") -> Address:
    subject = vault.new_subject()
    return verbs.add_address(subject, email=email, source="account", by=Actor.person(subject))


def queued(wording: Wording, address: Address, monkeypatch: pytest.MonkeyPatch) -> Letter:
    """Written, and left for the worker."""
    with monkeypatch.context() as patched:
        patched.setattr(delivering, "soon", lambda letter: None)
        return verbs.send(wording, to=address, by=Actor.system("news"))


class Slow(BaseEmailBackend):
    """A mail server that takes its time, and says when a letter has left."""

    def __init__(self, pause: float = 0.0) -> None:
        super().__init__()
        self.left: list[float] = []
        self.pause = pause

    def send_messages(self, messages: Any) -> int:
        time.sleep(self.pause)
        self.left += [time.monotonic()] * len(messages)
        return len(messages)


def refuse(address: Address) -> None:
    verbs.record_choice(address.subject, topic=TOPIC, allowed=False, by=Actor.person(address.subject), source="account")


def test_what_waits_is_sealed_and_goes_when_it_has_left(monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    letter = queued(SignUpCode("482915"), someone(), monkeypatch)
    assert b"482915" not in bytes(letter.words)
    assert words.unseal(letter.words, letter=letter.id, day=letter.at)["subject"] == SignUpCode.subject
    assert delivering.deliver(letter, by_way_of=Slow()) == "sent"
    letter.refresh_from_db()
    assert (bytes(letter.words), letter.due_at, letter.tried_at, letter.ending) == (b"", None, None, "sent")
    assert delivering.deliver(letter, by_way_of=(again := Slow())) == "sent"
    assert not again.left


def test_words_moved_to_another_letter_are_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    mine, theirs = someone(), someone("bob@example.org")
    one, other = (queued(SignUpCode("482915"), each, monkeypatch) for each in (mine, theirs))
    Letter.objects.filter(pk=other.pk).update(words=one.words)
    server = Slow()
    assert delivering.deliver(other, by_way_of=server) == "gone"
    assert not server.left
    with pytest.raises(InvalidTag):
        words.unseal(bytes(one.words), letter=other.id, day=other.at)


def test_a_letter_whose_reader_is_gone_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    address = someone()
    letter = queued(Special(address.subject), address, monkeypatch)
    vault.shred(address.subject, by=Actor.person(address.subject))
    server = Slow()
    assert delivering.deliver(letter, by_way_of=server) == "gone"
    assert not server.left


def test_news_that_was_refused_before_it_left_does_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    address = someone()
    letter = queued(Special(address.subject), address, monkeypatch)
    refuse(address)
    server = Slow()
    assert delivering.deliver(letter, by_way_of=server) == "refused"
    assert not server.left
    assert not ledger.Entry.objects.of(address.subject).filter(act=Act.LETTER_DELIVER).exists()
    service = queued(SignUpCode("482915"), address, monkeypatch)
    assert delivering.deliver(service, by_way_of=server) == "sent"  # refusing news stops no code


def in_a_thread(does: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            does()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def handed_over(letter: Letter, server: Slow, takes: list[float]) -> None:
    start = time.monotonic()
    delivering.deliver(letter, by_way_of=server)
    takes.append(time.monotonic() - start)  # from its start, however long this machine takes for a letter today


def race(turns: int, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """A letter and an opt-out at once, again and again: how often each came first. Never a letter after an answer."""
    ada, sent, stopped, takes = someone(), 0, 0, [0.01]
    for _ in range(turns):
        verbs.record_choice(ada.subject, topic=TOPIC, allowed=True, by=Actor.person(ada.subject), source="account")
        letter, server = queued(Special(ada.subject), ada, monkeypatch), Slow(0.002)
        delivering_ = in_a_thread(lambda letter=letter, server=server: handed_over(letter, server, takes))  # type: ignore[misc]  # bound now
        time.sleep(random.random() ** 4 * 2 * statistics.median(takes[-9:]))  # noqa: S311 - when, not what; mostly early
        refuse(ada)
        answered = time.monotonic()
        delivering_.join()
        assert all(left <= answered for left in server.left), "a letter left after the opt-out was answered"
        letter.refresh_from_db()
        sent, stopped = sent + (letter.ending == "sent"), stopped + (letter.ending == "refused")
    assert sent + stopped == turns
    return sent, stopped


def test_an_opt_out_that_was_answered_stops_what_has_not_left(monkeypatch: pytest.MonkeyPatch) -> None:
    sent, stopped = race(int(os.environ.get("UPHELD_RACES", "150")), monkeypatch)
    assert min(sent, stopped) > 0, "the two never raced"


def test_the_race_is_lost_without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    monkeypatch.setattr(choosing, "alone_with", lambda subject: nullcontext())
    with pytest.raises(AssertionError, match="after the opt-out"):
        race(300, monkeypatch)


def test_two_workers_hand_a_letter_over_once(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = [queued(SignUpCode("482915"), someone(f"ada{n}@example.org"), monkeypatch) for n in range(20)]
    servers = [Slow(0.001) for _ in range(4)]
    monkeypatch.setattr(delivering, "get_connection", servers.__iter__().__next__)
    workers = [in_a_thread(delivering.deliver_due) for _ in servers]
    for worker in workers:
        worker.join()
    assert sum(len(server.left) for server in servers) == len(letters)
    assert set(Letter.objects.values_list("ending", flat=True)) == {"sent"}


def test_after_a_death_while_handing_over_news_stays_and_other_letters_go(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = someone()
    news, code = queued(Special(ada.subject), ada, monkeypatch), queued(SignUpCode("482915"), ada, monkeypatch)
    Letter.objects.update(tried_at=timezone.now() - timedelta(minutes=1), tries=1)
    server = Slow()
    assert delivering.deliver(news, by_way_of=server) == "unknown"
    assert delivering.deliver(code, by_way_of=server) == "sent"
    assert len(server.left) == 1


def test_keys_of_days_past_are_destroyed(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = queued(SignUpCode("482915"), someone(), monkeypatch)
    old = timezone.now() - timedelta(days=9)
    words.seal({}, letter=letter.id, day=old)
    delivering.forget_keys()
    names = set(ServiceKey.objects.filter(name__startswith=words.PREFIX).values_list("name", flat=True))
    assert names == {words.key_of(letter.at)}


def write_one() -> None:
    delivering.soon = lambda letter: None  # this process writes; another one delivers
    verbs.send(SignUpCode("482915"), to=someone(), by=Actor.system("news"))


def deliver_it() -> None:
    delivering.deliver_due()


def it_leaves_once_or_more_and_is_one_letter() -> None:
    delivering.deliver_due()
    letter = Letter.objects.get()
    assert letter.ending == "sent"
    assert [file.stem for file in Home.here().letters.glob("*.eml")] == [str(letter.pk)]
    assert bytes(letter.words) == b""


def test_a_crash_anywhere_loses_no_letter_and_makes_no_second() -> None:
    assert kill_at_each_step(deliver_it, before=write_one, check=it_leaves_once_or_more_and_is_one_letter) > 5
