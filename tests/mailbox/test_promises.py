"""The check of rights by writing in holds, and sees each way in which it could be broken."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from upheld.contact.models import Letter as OurLetter
from upheld.conversations.models import Conversation
from upheld.mailbox import promises, receiving
from upheld.mailbox.letter import Letter
from upheld.mailbox.wants import Kind, Wants
from upheld.rights import verbs as rights
from upheld.rights.checks import rehearsed
from upheld.rights.checks.rehearsal import somebody_made_up
from upheld.rights.letters import ConfirmRequests
from upheld.rights.models import Request, State, Token
from upheld.rights.requests import confirming, requesting, tokens

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _a_rehearsal_of_ones_own() -> Iterator[None]:
    rehearsed.forget()
    yield
    rehearsed.forget()


def test_it_holds_and_leaves_nothing() -> None:
    finding = promises.by_email()
    assert finding.upheld, finding
    assert finding.figure == "12 letters in 3 languages, a reply, and 4 by somebody else"
    assert not any(model._base_manager.exists() for model in (Request, Token, Conversation))
    assert not OurLetter.objects.filter(kind=ConfirmRequests.kind).exists()


def test_a_letter_that_is_misread_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "wants", lambda text, subject: Wants((Kind.ERASURE,), "en"))
    finding = promises.by_email()
    assert finding.upheld is False
    assert "a letter for access in en became requests erasure" in finding.details


def test_what_is_done_without_asking_back_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requesting._Asking, "_write", lambda self, wording: None)
    finding = promises.by_email()
    assert finding.upheld is False
    assert "a letter for erasure in de was not asked back at the address on file" in finding.details


def test_a_reply_from_anywhere_that_counts_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirming, "writers", lambda email: _Everybody())
    finding = promises.by_email()
    assert finding.upheld is False
    assert "a reply from another address was requests" in finding.details
    assert "a reply that was not theirs changed the request" in finding.details


def test_a_reply_by_a_program_that_counts_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Letter, "is_automatic", False)
    finding = promises.by_email()
    assert finding.upheld is False
    assert "a reply by a program was requests" in finding.details


def test_a_reply_that_counts_twice_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    find = tokens.find

    def used_or_not(*about: Any, **how: Any) -> Token | None:
        Token.objects.update(used_at=None)
        Request.objects.filter(right="rectification", ended_at=None).update(state=State.NEED_VERIFICATION)
        return find(*about, **how)

    monkeypatch.setattr(tokens, "find", used_or_not)
    finding = promises.by_email()
    assert finding.upheld is False
    assert "the same reply was heard twice" in finding.details


def test_a_reply_that_does_not_count_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirming, "writers", lambda email: [])
    finding = promises.by_email()
    assert finding.upheld is False
    assert "their own reply did not confirm the request" in finding.details


def test_what_an_earlier_step_left_open_is_not_taken_for_a_letters() -> None:
    with somebody_made_up() as nobody:
        rights.raise_concern(nobody.subject, text=nobody.value("message"), way="site", by=nobody.by)
        finding = promises._write_in(nobody)
    assert finding.upheld, finding


def test_who_forges_a_reply_is_somebody_else_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a limit on guesses is not what refuses them."""
    known, guessed = confirming._known, set[tuple[str, str | None]]()

    def spy(secret: str, sender: str | None) -> Token | None:
        guessed.add((secret, sender))
        return known(secret, sender)

    monkeypatch.setattr(confirming, "_known", spy)
    for _ in range(2):
        with somebody_made_up() as nobody:
            promises._write_in(nobody)
    assert len(guessed) == 4
    assert len({sender for _, sender in guessed}) == 4


class _Everybody(list[UUID]):
    def __contains__(self, subject: object) -> bool:
        return True
