"""What the check of reply-only says, and that it can fail."""

from typing import Any

import pytest
from django.db import transaction

from tests.conversations.conftest import MAILBOX, Writer, staff
from upheld import ledger, vault
from upheld.conversations import promises, verbs
from upheld.conversations.models import Attachment, Message
from upheld.policy.actors import Actor, Case
from upheld.policy.acts import Act
from upheld.policy.checks import Finding
from upheld.rights.checks import replying
from upheld.rights.checks.rehearsal import Nobody
from upheld.vault import opening


@pytest.fixture
def anyone_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_refuse_other_matters", lambda *_: None)


def wrong() -> tuple[str, ...]:
    finding = promises.reply_only()
    assert finding.upheld is False
    return finding.details


def walked(writer: Writer) -> Finding:
    return replying._two_matters(Nobody(writer.subject, "token-of-nobody"))


def test_it_holds_for_all_that_people_do(ann: Writer, bob: Writer) -> None:
    begun, other = ann.write(attachments=[b"one"]), bob.write()
    verbs.add(begun, title="", text="And?", by=ann.me)
    verbs.read(begun, by=staff(begun))
    verbs.read(other, by=staff(other, kind="rights_request"))
    verbs.read(begun, by=ann.me)
    vault.open(list(Attachment.objects.all()), ["content"], by=ann.me, purpose="access")
    verbs.remove(other, by=bob.me)
    finding = promises.reply_only()
    assert (finding.upheld, finding.details) == (True, ())
    assert finding.figure == "2 openings by staff, each for its own conversation; 2 by the people who wrote"


def test_looking_leaves_nothing_behind(ann: Writer) -> None:
    before = ledger.Entry.objects.count()
    assert promises.reply_only().upheld
    assert ledger.Entry.objects.count() == before


def test_a_vault_that_opens_for_another_case_is_found(ann: Writer, anyone_opens: None) -> None:
    assert [each for each in wrong() if "support may open the message of another conversation" in each]
    assert [each for each in wrong() if "privacy may open the attachment of another conversation" in each]


def test_a_vault_that_opens_for_nobody_is_found(ann: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Message, "case_of", "message_that_is_none")
    monkeypatch.setattr(Message, "message_that_is_none", None, raising=False)
    assert "support may not open the message of the conversation to be answered" in wrong()


def test_an_opening_on_another_case_stays_found(ann: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, other = ann.write(), ann.write()
    with monkeypatch.context() as patch:
        patch.setattr(opening, "_refuse_other_matters", lambda *_: None)
        verbs.read(begun, by=staff(other))
        message = Message.objects.get(conversation=begun.id)
        vault.open(message, ["text"], by=staff(other), purpose="reply", because=other.reference)
    foreign, disguised = wrong()
    assert foreign.endswith("was on another case than its conversation")
    assert disguised.endswith("was of another conversation than its case")


def test_an_opening_by_the_program_or_for_something_else_is_found(ann: Writer) -> None:
    begun = ann.write()
    message = Message.objects.get()
    vault.open(message, ["text"], by=MAILBOX, purpose="reply", because=begun.reference)
    facts: dict[str, Any] = {"row": message.reference, "fields": ["text"], "purpose": "news.specials"}
    for by in (staff(begun), ann.me, Actor.person(vault.new_subject())):
        with transaction.atomic():
            ledger.append(Act.FIELD_OPEN, by=by, subject=ann.subject, facts=facts)
    assert [each.partition(" was ")[2] for each in wrong()] == [
        "by the system", "for news.specials", "for news.specials", "by somebody else",
    ]  # fmt: skip


def test_openings_of_other_rows_are_no_business_of_it(ann: Writer) -> None:
    case = Case("conversation", ann.write().id, ann.subject)
    vault.open(ann.address, ["email"], by=Actor.staff(ann.subject, job="support", case=case), purpose="reply")
    assert promises.reply_only().figure.startswith("0 openings by staff")


def test_the_walk_holds_and_leaves_nothing(ann: Writer) -> None:
    finding = walked(ann)
    assert (finding.upheld, finding.details) == (True, ())
    assert not Message.objects.exists()
    assert promises.reply_only().upheld


def test_the_walk_finds_a_vault_that_opens_for_another_case(ann: Writer, anyone_opens: None) -> None:
    details = walked(ann).details
    assert [each for each in details if each.endswith("can be read by another case")]
    assert "two conversations can be read by the case of one" in details


def test_the_walk_finds_what_is_not_taken_back(ann: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbs, "remove", lambda *_, **__: None)
    assert "what was taken back is still there" in walked(ann).details
