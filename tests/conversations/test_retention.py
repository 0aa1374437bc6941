"""What was said is kept for the declared time after its conversation was closed, and then it goes with its key."""

from datetime import UTC, date, datetime, timedelta
from typing import NoReturn
from uuid import UUID

import pytest
from django.utils import timezone

from tests.conversations.conftest import MAILBOX, Writer, a_writer, staff
from upheld import ledger, vault
from upheld.accounts.models import Account
from upheld.contact import suppressing
from upheld.contact import verbs as contact
from upheld.contact.delivering import settled
from upheld.contact.models import Address, Letter
from upheld.conversations import sweeping, verbs
from upheld.conversations.models import Attachment, Conversation, Message
from upheld.home import Home
from upheld.policy.acts import Act
from upheld.rights.models import Request
from upheld.vault import expiring, shredding
from upheld.vault.errors import Erased, KeyMissing
from upheld.vault.keys.models import DataKey

KEPT = timedelta(days=90)


def last_day() -> date:
    """Until when what is closed today is kept."""
    return datetime.now(UTC).date() + KEPT


def after() -> date:
    return last_day() + timedelta(days=1)


@pytest.fixture(autouse=True)
def _nobody_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "FRESH", -timedelta(days=1))


def classes(subject: UUID) -> set[str]:
    return set(DataKey.objects.filter(subject=subject).values_list("retention", flat=True))


def closed(writer: Writer, **more: object) -> Conversation:
    begun = writer.write(**more)  # type: ignore[arg-type]  # as the caller gives
    return verbs.close(begun, by=staff(begun))


def test_what_is_open_is_kept_however_long_it_takes(ann: Writer) -> None:
    ann.write(attachments=[b"one"])
    assert vault.expire_due(today=last_day() + 40 * KEPT) == 0
    assert verbs.sweep() == 0


def test_the_period_runs_from_the_closing(ann: Writer) -> None:
    begun = closed(ann, attachments=[b"one"])
    old = Message.objects.get()
    assert vault.expire_due(today=last_day()) == 0
    assert vault.expire_due(today=after()) == 2
    assert not Message.objects.exists()
    assert not Attachment.objects.exists()
    with pytest.raises(KeyMissing):  # nor can a copy from before be read
        vault.open(old, ["text"], by=ann.me, purpose="access")
    assert verbs.find(begun.number) == begun


def test_an_older_one_that_was_opened_again_is_kept_whole(ann: Writer) -> None:
    begun, other = closed(ann), closed(ann, text="Another")
    verbs.add(begun, title="", text="One more thing", by=ann.me)
    assert vault.expire_due(today=after()) == 1
    assert [said.text for said in verbs.read(begun, by=ann.me)] == ["Where is my parcel?", "One more thing"]
    assert verbs.read(other, by=ann.me) == []
    assert classes(ann.subject) == {"account", "conversation"}


def test_one_that_is_opened_again_while_it_expires_is_kept(ann: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = closed(ann)
    found = list(expiring.due(today=after()))
    verbs.add(begun, title="", text="One more thing", by=ann.me)
    monkeypatch.setattr(expiring, "due", lambda today: iter(found))
    assert vault.expire_due(today=after()) == 0
    assert len(verbs.read(begun, by=ann.me)) == 2


def test_a_conversation_of_which_nothing_is_left_goes_and_is_on_record(ann: Writer) -> None:
    empty, stays = closed(ann), closed(ann, text="stays")
    Message.objects.filter(conversation=empty.id).delete()
    assert verbs.sweep() == 1
    assert list(Conversation.objects.all()) == [stays]
    last = ledger.Entry.objects.of(ann.subject).filter(act=Act.RETENTION_END).get()
    assert last.facts == {"row": empty.reference, "class": "conversation"}


def test_what_was_enclosed_keeps_its_conversation(ann: Writer) -> None:
    closed(ann, attachments=[b"one"])
    Message.objects.all().delete()
    assert verbs.sweep() == 0


@pytest.mark.usefixtures("letters")
def test_somebody_of_whom_only_an_address_is_left_is_forgotten(ann: Writer) -> None:
    begun = ann.write(acknowledged=True)
    settled()
    assert list(Home.here().letters.glob("*.eml"))
    verbs.close(begun, by=staff(begun))
    vault.expire_due(today=after())
    assert verbs.sweep() == 2
    assert vault.is_erased(ann.subject)
    assert not classes(ann.subject)
    assert not [model for model in vault.people() if model._base_manager.filter(subject=ann.subject).exists()]
    assert not list(Home.here().letters.glob("*.eml"))
    assert vault.find(Address, "email", ann.email) is None
    assert a_writer(ann.email).subject != ann.subject
    assert verbs.sweep() == 1  # that one never wrote


def test_what_they_refused_is_remembered(ann: Writer) -> None:
    contact.refuse_everything(ann.subject, by=MAILBOX, source="letter")
    assert verbs.sweep() == 1
    assert suppressing.is_kept(ann.email, "news.specials")


def test_what_they_refused_is_remembered_after_a_crash_too(ann: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    contact.refuse_everything(ann.subject, by=MAILBOX, source="letter")
    begins = shredding._begin

    def dies(*args: UUID, **by: object) -> NoReturn:
        begins(*args, **by)  # type: ignore[arg-type]  # as it was called
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(shredding, "_begin", dies)
        with pytest.raises(ConnectionError):
            verbs.sweep()
    assert vault.resume() == 1
    assert suppressing.is_kept(ann.email, "news.specials")


def reason_a_conversation(writer: Writer) -> None:
    writer.write()


def reason_an_account(writer: Writer) -> None:
    account = Account(id=writer.subject, subject=writer.subject, created_at=timezone.now())
    vault.collect(account, {"password": "hash"}, source="sign_up", by=writer.me)


def reason_a_letter(writer: Writer) -> None:
    Letter.objects.create(subject=writer.subject, kind="farewell", at=timezone.now(), due_at=timezone.now(), ending="")


def reason_a_request(writer: Writer) -> None:
    Request.objects.create(
        subject=writer.subject, number="R-7K3Q9XMT", right="access", state="in_progress", way="letter",
        asked_at=timezone.now(), due_at=timezone.now(), law="gdpr",
    )  # fmt: skip


def reason_a_verified_address(writer: Writer) -> None:
    contact.verify_address(writer.address, by=writer.me)


@pytest.mark.parametrize(
    "why",
    [reason_a_conversation, reason_an_account, reason_a_letter, reason_a_request, reason_a_verified_address],
)
def test_somebody_with_a_reason_stays(ann: Writer, why: object) -> None:
    assert callable(why)
    why(ann)
    assert verbs.sweep() == 0
    assert not vault.is_erased(ann.subject)


def test_what_is_over_is_no_reason(ann: Writer) -> None:
    reason_a_letter(ann)
    reason_a_request(ann)
    Letter.objects.update(ended_at=timezone.now(), due_at=None)
    Request.objects.update(ended_at=timezone.now(), state="fulfilled")
    assert verbs.sweep() == 1


def test_an_address_that_came_with_an_order_is_not_a_letters(ann: Writer) -> None:
    contact.add_address(vault.new_subject(), email="guest@example.org", source="order", by=MAILBOX)
    assert verbs.sweep() == 1
    assert Address.objects.count() == 1


def test_an_address_of_today_is_left_alone(ann: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "FRESH", timedelta(days=1))
    assert verbs.sweep() == 0


def test_a_letter_that_comes_in_before_the_question_keeps_its_writer(
    ann: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "_writers", lambda: [ann.subject])
    ann.write()
    assert verbs.sweep() == 0
    assert not vault.is_erased(ann.subject)


def test_a_letter_that_comes_in_after_it_finds_them_gone_and_is_not_lost_with_them(
    ann: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("upheld.vault.shredding._finish", lambda *_, **__: None)  # as if killed right there
    assert verbs.sweep() == 1
    with pytest.raises(Erased):
        ann.write()
    monkeypatch.undo()
    assert vault.resume() == 1
    a_writer(ann.email).write()
