"""Beginning, answering and taking back are killed before each of their steps: all of it happened, or nothing did."""

from tests.conversations.conftest import a_writer, staff
from tests.crash import kill_at_each_step
from upheld import ledger, vault
from upheld.contact import verbs as contact
from upheld.contact.models import Address, Letter
from upheld.conversations import verbs
from upheld.conversations.models import Attachment, Conversation, Message
from upheld.home import Home
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.vault.keys.models import DataKey


def somebody() -> None:
    a_writer("ada@example.org")


def somebody_who_wrote() -> None:
    somebody()
    begin()


def begin() -> None:
    verbs.begin(
        Address.objects.get().subject, title="Hello", text="Where is it?", attachments=[b"one", b"two"],
        reason="support", by=Actor.system("mailbox"),
    )  # fmt: skip


def answer() -> None:
    begun = Conversation.objects.get()
    verbs.answer(begun, text="Here.", by=staff(begun))


def remove() -> None:
    begun = Conversation.objects.get()
    verbs.remove(begun, by=Actor.person(begun.subject))


def close() -> None:
    begun = Conversation.objects.get()
    verbs.close(begun, by=staff(begun))


def acts(act: Act) -> int:
    return ledger.Entry.objects.filter(act=act).count()


def it_is_whole_or_can_be_begun_again() -> None:
    rows = [model.objects.count() for model in (Conversation, Message, Attachment, Letter)]
    assert rows in ([0, 0, 0, 0], [1, 1, 2, 1])
    assert [acts(Act.CONVERSATION_OPEN), acts(Act.MESSAGE_ADD), acts(Act.LETTER_SEND)] == [rows[0]] * 3
    if not rows[0]:
        begin()
    begun = Conversation.objects.get()
    [said] = verbs.read(begun, by=Actor.person(begun.subject))
    assert (said.text, said.attachments) == ("Where is it?", (3, 3))
    contact.deliver_due()  # as the worker does
    assert len(list(Home.here().letters.glob("*.eml"))) == 1


def it_is_answered_once_or_not() -> None:
    begun = Conversation.objects.get()
    answers = Message.objects.filter(is_ours=True).count()
    assert answers == Letter.objects.filter(kind="conversation_answer").count() == acts(Act.CONVERSATION_ANSWER)
    assert (begun.waiting_since is None) == bool(answers)


def it_is_gone_or_can_be_removed() -> None:
    gone = not Conversation.objects.exists()
    assert [Message.objects.count(), Attachment.objects.count()] == ([0, 0] if gone else [1, 2])
    assert acts(Act.ROW_REMOVE) == (4 if gone else 0)
    if not gone:
        remove()
        it_is_gone_or_can_be_removed()
    vault.expire_due()  # as the worker does
    assert not DataKey.objects.filter(retention="conversation").exists()


def all_of_it_is_closed_or_nothing() -> None:
    closed = {row.closed_at for model in (Conversation, Message, Attachment) for row in model.objects.all()}
    assert len(closed) == 1
    assert acts(Act.CONVERSATION_CLOSE) == (closed != {None})


def test_what_somebody_wrote_is_there_whole_or_not_at_all() -> None:
    assert kill_at_each_step(begin, before=somebody, check=it_is_whole_or_can_be_begun_again) > 8


def test_nobody_is_answered_without_its_being_kept() -> None:
    assert kill_at_each_step(answer, before=somebody_who_wrote, check=it_is_answered_once_or_not) > 5


def test_what_is_taken_back_is_gone_whole_or_not_at_all() -> None:
    assert kill_at_each_step(remove, before=somebody_who_wrote, check=it_is_gone_or_can_be_removed) > 8


def test_the_period_of_every_row_begins_at_once() -> None:
    assert kill_at_each_step(close, before=somebody_who_wrote, check=all_of_it_is_closed_or_nothing) > 3
