"""A conversation is begun, added to, answered, closed and taken back; every step is on record, in codes."""

import base64
import json
from collections.abc import Callable
from email.message import EmailMessage
from uuid import UUID

import pytest

from tests.conversations.conftest import MAILBOX, Writer, staff
from upheld import ledger, vault
from upheld.contact.delivering import settled
from upheld.contact.models import Letter
from upheld.conversations import verbs
from upheld.conversations.errors import Closed, NothingSaid, NowhereToWrite, ReasonUnknown
from upheld.conversations.models import Attachment, Conversation, Message
from upheld.policy import Refused
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.vault.errors import Erased

Letters = Callable[[], list[EmailMessage]]


def acts(subject: UUID) -> list[str]:
    return [entry.act for entry in ledger.Entry.objects.of(subject)]


def plain(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_what_was_written_comes_back_as_it_was(ann: Writer) -> None:
    text = "Dear all,\n\n  my parcel… 📦\nis late.\n"
    begun = ann.write(text, title="Parcel", attachments=[b"\x00\xff%PDF", b""])
    [said] = verbs.read(begun, by=ann.me)
    assert (said.title, said.text, said.is_ours, said.attachments) == ("Parcel", text, False, (6, 0))


def test_what_was_enclosed_is_kept_byte_for_byte(ann: Writer) -> None:
    ann.write(attachments=[bytes(range(256))])
    opened = vault.open(Attachment.objects.get(), ["content"], by=ann.me, purpose="access")
    assert base64.b64decode(opened["content"] or "") == bytes(range(256))


def test_half_a_character_and_nothing_at_all_are_kept_too(ann: Writer) -> None:
    assert verbs.read(ann.write("\ud800\x00", title=""), by=ann.me)[0].text == "?\x00"
    assert verbs.read(ann.write("", title=""), by=ann.me)[0].text == ""


def test_a_reason_that_is_none_is_refused(ann: Writer) -> None:
    with pytest.raises(ReasonUnknown, match="'gossip' is no reason"):
        ann.write(reason="gossip")
    assert not Conversation.objects.exists()


def test_the_person_is_told_the_number_and_nothing_they_wrote(ann: Writer, letters: Letters) -> None:
    begun = ann.write("The secret of the parcel", title="A title of mine", acknowledged=True, answers="<a@example.org>")
    settled()
    [letter] = letters()
    assert letter["Subject"] == f"About your letter [{begun.number}]"
    assert letter["To"] == ann.email
    assert letter["In-Reply-To"] == "<a@example.org>"
    assert begun.number in plain(letter)
    assert not [
        word for word in ("secret", "title of mine", ann.email) if word in letter.as_string().split("\n\n", 1)[1]
    ]


def test_whoever_need_not_be_told_is_not(ann: Writer) -> None:
    ann.write()
    assert not Letter.objects.exists()


def test_an_answer_is_kept_and_written_to_the_address_on_file(ann: Writer, letters: Letters) -> None:
    begun = ann.write()
    verbs.answer(begun, text="It left on Monday.\n\nIt is\nwith:\n- the carrier\n- your neighbour", by=staff(begun))
    settled()
    [letter] = letters()
    assert (letter["To"], letter["Subject"]) == (ann.email, f"About your letter [{begun.number}]")
    assert "It left on Monday.\n\nIt is with:\n\n- the carrier\n\n- your neighbour\n\n" in plain(letter)
    assert [said.is_ours for said in verbs.read(begun, by=ann.me)] == [False, True]
    begun.refresh_from_db()
    assert begun.waiting_since is None


def test_an_answer_that_says_nothing_or_comes_late_is_not_sent(ann: Writer) -> None:
    begun = ann.write()
    with pytest.raises(NothingSaid):
        verbs.answer(begun, text=" \n", by=staff(begun))
    verbs.close(begun, by=staff(begun))
    with pytest.raises(Closed, match=begun.number):
        verbs.answer(begun, text="Too late.", by=staff(begun))
    assert not Letter.objects.exists()
    assert Message.objects.count() == 1


def test_nobody_is_answered_who_cannot_be_reached(transactional_db: None) -> None:
    subject = vault.new_subject()
    begun = verbs.begin(subject, title="", text="Hello", reason="other", by=MAILBOX)
    with pytest.raises(NowhereToWrite):
        verbs.answer(begun, text="Hello", by=staff(begun))
    assert Message.objects.count() == 1


def test_only_staff_on_its_own_case_answer_and_close(ann: Writer, bob: Writer) -> None:
    begun, other = ann.write(), ann.write()
    foreign = bob.write()
    for by in (staff(begun, on=other.id), staff(foreign), ann.me, MAILBOX, Actor.visitor(), Actor.operator()):
        with pytest.raises(Refused):
            verbs.answer(begun, text="Hello", by=by)
    for by in (staff(begun, on=other.id), staff(foreign), bob.me, Actor.visitor(), Actor.operator()):
        with pytest.raises(Refused):
            verbs.close(begun, by=by)
    assert Message.objects.count() == 3
    assert not Conversation.objects.exclude(closed_at=None).exists()


def test_staff_read_what_belongs_to_their_case_and_nothing_else(ann: Writer, bob: Writer) -> None:
    begun, other = ann.write("about one"), ann.write("about another")
    assert [said.text for said in verbs.read(begun, by=staff(begun))] == ["about one"]
    assert [said.text for said in verbs.read(other, by=staff(other, kind="concern"))] == ["about another"]
    for by in (staff(other), staff(begun, on=vault.new_subject()), staff(bob.write()), bob.me, MAILBOX):
        with pytest.raises(Refused):
            verbs.read(begun, by=by)
    everything = list(Message.objects.filter(subject=ann.subject))
    with pytest.raises(Refused, match="another conversation than the case"):
        vault.open(everything, ["text"], by=staff(begun), purpose="reply")


def test_each_reading_is_on_record_with_its_matter(ann: Writer) -> None:
    begun = ann.write()
    verbs.read(begun, by=staff(begun))
    opening = ledger.Entry.objects.of(ann.subject).filter(act=Act.FIELD_OPEN).last()
    assert opening is not None
    assert opening.by["case"] == begun.reference
    assert (opening.facts["purpose"], opening.facts["because"]) == ("reply", begun.reference)


def test_whoever_writes_again_waits_again_and_opens_what_was_closed(ann: Writer) -> None:
    begun = ann.write(attachments=[b"one"])
    verbs.close(begun, by=staff(begun))
    assert not Message.objects.filter(closed_at=None).exists()
    assert not Attachment.objects.filter(closed_at=None).exists()
    assert not Conversation.objects.open().exists()
    verbs.add(begun, title="Re: Hello", text="One more thing", by=ann.me)
    [again] = Conversation.objects.open()
    assert again.waiting_since
    assert not [row for model in (Message, Attachment) for row in model.objects.exclude(closed_at=None)]
    assert [said.text for said in verbs.read(again, by=ann.me)] == ["Where is my parcel?", "One more thing"]


def test_who_waits_longest_stays_first(ann: Writer) -> None:
    first, second = ann.write(), ann.write()
    verbs.add(first, title="", text="And?", by=ann.me)
    assert list(Conversation.objects.open()) == [first, second]


def test_closing_twice_is_closing_once(ann: Writer) -> None:
    begun = ann.write()
    once = verbs.close(begun, by=ann.me)
    assert verbs.close(begun, by=staff(begun)).closed_at == once.closed_at
    assert acts(ann.subject).count(Act.CONVERSATION_CLOSE) == 1


def test_a_person_deletes_their_own_and_nobody_elses(ann: Writer, bob: Writer) -> None:
    gone, stays, foreign = ann.write(attachments=[b"one"]), ann.write("stays"), bob.write()
    for by in (bob.me, staff(gone), Actor.visitor()):
        with pytest.raises(Refused):
            verbs.remove(gone, by=by)
    for _ in range(2):
        verbs.remove(gone, by=ann.me)
    assert set(Conversation.objects.all()) == {stays, foreign}
    assert Message.objects.count() == 2
    assert not Attachment.objects.exists()
    assert acts(ann.subject).count(Act.ROW_REMOVE) == 3
    assert verbs.find(gone.number) is None


def test_a_conversation_is_found_by_its_number_as_people_type_it(ann: Writer) -> None:
    begun = ann.write()
    signs = begun.number.removeprefix("C-")
    for typed in (begun.number, begun.number.lower(), f" {signs[:4]} {signs[4:]} ", f"C-{signs[:4]}-{signs[4:]}"):
        assert verbs.find(typed) == begun
    assert verbs.find("C-00000000") is None
    assert verbs.find("") is None


def test_the_record_holds_codes_and_nothing_that_was_said(ann: Writer) -> None:
    begun = ann.write("Canary of the text", title="Canary of the title", attachments=[b"Canary of the file"])
    verbs.answer(begun, text="Canary of the answer", by=staff(begun))
    verbs.close(begun, by=staff(begun))
    said = json.dumps([dict(entry.facts) | dict(entry.by) for entry in ledger.Entry.objects.of(ann.subject)])
    assert "anary of" not in said
    assert {Act.CONVERSATION_OPEN, Act.MESSAGE_ADD, Act.CONVERSATION_ANSWER, Act.CONVERSATION_CLOSE} <= set(
        acts(ann.subject)
    )


def test_the_erased_write_as_somebody_new(ann: Writer) -> None:
    begun = ann.write()
    vault.shred(ann.subject, by=ann.me)
    with pytest.raises(Erased):
        ann.write()
    with pytest.raises(Erased):
        verbs.add(begun, title="", text="Still there?", by=MAILBOX)
