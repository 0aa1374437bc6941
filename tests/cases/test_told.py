"""What staff did about a person stands among what is held about them, and follows them in every right."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from tests.people import Person
from tests.working import member, on_case
from upheld import vault
from upheld.cases import fields, looked, taking
from upheld.cases.models import Case, Draft, Note, Turn
from upheld.contact.models import Address
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.policy.actors import Actor
from upheld.rights import verbs
from upheld.rights.corrections.correcting import ASK, correct
from upheld.rights.errors import CorrectedElsewhere
from upheld.rights.seen import story
from upheld.rights.seen.held import Row
from upheld.staff.models import Member
from upheld.vault import expiring, showing
from upheld.vault.errors import KeyMissing

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
SAID = "They are very patient."


@pytest.fixture
def conversation(person: Person) -> Conversation:
    by = Actor.person(person.subject)
    return conversations.begin(person.subject, title="", text="Where is it?", reason="order", by=by, acknowledged=False)


@pytest.fixture
def clerk() -> Member:
    return member("support")


def kept(model: type[Note] | type[Draft], conversation: Conversation, clerk: Member) -> vault.Personal:
    row = model(subject=conversation.subject, about=conversation.pk, member=clerk.pk, at=timezone.now())
    vault.collect(row, {"text": SAID}, source="letter", by=Actor.system("cases"))
    return row


def seen(person: Person, label: str) -> list[Row]:
    return [row for row in verbs.see(person.subject, by=Actor.person(person.subject)).rows if row.label == label]


def test_it_is_seen_in_words(person: Person, conversation: Conversation, clerk: Member) -> None:
    case, _ = on_case(clerk, "conversation", conversation.pk)
    kept(Note, conversation, clerk)
    kept(Draft, conversation, clerk)
    [shown] = seen(person, "case")
    assert shown.record
    assert shown.record.words == f"Conversation {conversation.number}; open, with {clerk.pseudonym}."
    taking.hand_back(case, by=clerk)
    [turn] = seen(person, "turn")
    assert turn.record
    assert turn.record.words.startswith(f"With {clerk.pseudonym} from ")
    assert turn.record.words.endswith("then handed back.")
    for label in ("note", "draft"):
        [row] = seen(person, label)
        assert row.record
        assert clerk.pseudonym in row.record.words
        assert [item.value for item in row.items] == [SAID]


def test_a_mask_is_told_as_one(person: Person, conversation: Conversation, clerk: Member) -> None:
    """Who it was is a pseudonym, wherever it is told."""
    _, by = on_case(clerk, "conversation", conversation.pk)
    address = Address.objects.get(subject=person.subject)
    showing.masked([address], ["email"], by=by, purpose="reply", because=conversation.reference)
    vault.open(address, ["email"], by=by, purpose="reply", because=conversation.reference)
    showing.took(address, ["email"], act=story.Act.FIELD_COPY, by=by, purpose="reply", because=conversation.reference)
    held = verbs.see(person.subject, by=Actor.person(person.subject))
    looked = [each for each in held.openings if each.by["kind"] == "staff"][::-1]
    assert [story.SHOWN[each.act] for each in looked] == ["Shown masked", "Opened", "Copied"]
    assert {each.who for each in looked} == {f"support ({clerk.pseudonym}), on the case conversation:{conversation.pk}"}
    assert len(story.by_staff(person.subject, held.policy)) == 1


def test_a_later_case_changes_no_reason_of_before(person: Person) -> None:
    officer = member("privacy")

    def begun(reason: str) -> Case:
        given = {"subject": person.subject, "number": "", "reason": reason}
        return taking.start("rights_request", person.subject, **given, by=officer)

    first = begun("authority")
    address = Address.objects.get(subject=person.subject)
    fields.open_field(first, "address", address.pk, "email", by=officer)
    taking.close(first, by=officer)
    begun("asked_by_person")
    [group] = looked.looked(person.subject).groups
    assert (group.case, group.reason) == (f"Request {first.number}", "authority")


def test_a_note_is_corrected_by_asking(person: Person, conversation: Conversation, clerk: Member) -> None:
    note = kept(Note, conversation, clerk)
    [row] = seen(person, "note")
    assert [item.how for item in row.items] == [ASK]
    place = {"label": "note", "row": note.pk, "field": "text", "value": "They were angry."}
    by = Actor.person(person.subject)
    with pytest.raises(CorrectedElsewhere, match="ask under your requests"):
        correct(person.subject, **place, by=by)
    correct(person.subject, **place, by=by, because=f"request:{UUID(int=1)}")
    [row] = seen(person, "note")
    assert [item.value for item in row.items] == ["They were angry."]


def test_a_note_is_deleted_once_its_case_is_over(person: Person, conversation: Conversation, clerk: Member) -> None:
    case, by = on_case(clerk, "conversation", conversation.pk)
    note = kept(Note, conversation, clerk)
    mine = Actor.person(person.subject)
    assert verbs.can_delete(note) == "It belongs to a case that is open. When the case is over, delete it."
    assert "by which each opening is judged" in verbs.can_delete(case)
    conversations.close(conversation, by=by)
    taking.end(case, by=Actor.system("cases"))
    note.refresh_from_db()
    assert verbs.delete_item(person.subject, label="note", row=note.pk, by=mine)
    assert not Note.objects.exists()


def test_it_goes_with_the_conversation(person: Person, conversation: Conversation, clerk: Member) -> None:
    on_case(clerk, "conversation", conversation.pk)
    note, draft = kept(Note, conversation, clerk), kept(Draft, conversation, clerk)
    other = kept(Note, Conversation(subject=person.subject, id=UUID(int=7)), clerk)
    verbs.delete_item(person.subject, label="conversation", row=conversation.pk, by=Actor.person(person.subject))
    assert [row.pk for row in Note.objects.all()] == [other.pk]
    assert not Draft.objects.exists()
    assert note.pk != draft.pk


def test_it_goes_with_everything_else(person: Person, conversation: Conversation, clerk: Member) -> None:
    on_case(clerk, "conversation", conversation.pk)
    note = kept(Note, conversation, clerk)
    old = bytes(note.sealed)
    vault.shred(person.subject, by=Actor.person(person.subject))
    for model in (Case, Turn, Note):
        assert not model._base_manager.filter(subject=person.subject).exists()
    note.sealed = old
    with pytest.raises(KeyMissing):
        vault.open(note, ["text"], by=Actor.person(person.subject), purpose="access")


def test_a_note_is_kept_ninety_days_after_its_case(person: Person, conversation: Conversation, clerk: Member) -> None:
    case, by = on_case(clerk, "conversation", conversation.pk)
    kept(Note, conversation, clerk)
    kept(Draft, conversation, clerk)
    [row] = seen(person, "note")
    assert row.items[0].retention_words.startswith("for 90 days after the case is closed, or until you delete it")
    today = timezone.now().date()
    assert [type(row) for row, _ in expiring.due(today=today + timedelta(days=500))] == [Draft]
    conversations.close(conversation, by=by)
    taking.end(case, by=Actor.system("cases"))
    assert not Draft.objects.exists()
    labels = [row.label() for row, _ in expiring.due(today=today + timedelta(days=91))]
    assert sorted(labels) == ["message", "note"]
