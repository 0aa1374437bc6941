"""What somebody said is seen, corrected, taken home and erased like everything that is held about them."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from tests.conversations.conftest import Writer, staff
from upheld import vault
from upheld.conversations import verbs
from upheld.conversations.models import Attachment, Conversation, Message
from upheld.rights import verbs as rights
from upheld.rights.errors import CorrectedElsewhere
from upheld.rights.seen.held import Item
from upheld.vault import envelope


def held(ann: Writer) -> list[Item]:
    return [item for item in rights.see(ann.subject, by=ann.me).items if item.label in ("message", "attachment")]


def test_title_text_and_what_was_enclosed_are_seen(ann: Writer) -> None:
    begun = ann.write("Where is it?", title="Hello", attachments=[b"\x00file"])
    verbs.answer(begun, text="Here.", by=staff(begun))
    assert sorted((item.field, item.value, item.how) for item in held(ann)) == [
        ("content", None, "conversation"),
        ("text", "Here.", "conversation"),
        ("text", "Where is it?", "here"),
        ("title", "Hello", "here"),
    ]
    assert {record.words for record in rights.see(ann.subject, by=ann.me).records} >= {
        f"Number {begun.number}, about help, answered.",
        f"What you wrote; conversation {begun.number}.",
        f"Our answer; conversation {begun.number}.",
        f"5 bytes, never opened by us; conversation {begun.number}.",
    }


def test_how_long_it_is_kept_is_said_in_words(ann: Writer) -> None:
    begun = ann.write()
    assert {(item.retention_words, item.until) for item in held(ann)} == {
        ("for 90 days after the conversation is closed, or until you delete it", None)
    }
    verbs.close(begun, by=ann.me)
    until = datetime.now(UTC).date() + timedelta(days=90)
    assert {(item.retention_words, item.until) for item in held(ann)} == {
        (f"for 90 days after the conversation is closed, until {until}, or until you delete it", until)
    }


def test_people_correct_their_own_words_and_not_ours(ann: Writer) -> None:
    begun = ann.write(attachments=[b"one"])
    verbs.answer(begun, text="Here.", by=staff(begun))
    own, ours = Message.objects.order_by("at")
    rights.correct(ann.subject, label="message", row=own.id, field="text", value="Where\nis it?", by=ann.me)
    assert [said.text for said in verbs.read(begun, by=ann.me)] == ["Where\nis it?", "Here."]
    enclosed = Attachment.objects.get()
    for label, row, field in (("message", ours.id, "text"), ("attachment", enclosed.id, "content")):
        with pytest.raises(CorrectedElsewhere, match="write in the conversation what is wrong"):
            rights.correct(ann.subject, label=label, row=row, field=field, value="Never.", by=ann.me)
    assert verbs.read(begun, by=ann.me)[1].text == "Here."


def test_the_copy_holds_the_files_as_they_came(ann: Writer) -> None:
    ann.write("Where is it?", attachments=[b"\x00file", b"\xff"])
    with zipfile.ZipFile(io.BytesIO(b"".join(rights.export(ann.subject, by=ann.me)))) as copy:
        files = {name: copy.read(name) for name in copy.namelist() if name.startswith("files/")}
        assert files == {
            f"files/{row.id}.bin": content
            for row, content in zip(Attachment.objects.order_by("id"), (b"\x00file", b"\xff"), strict=True)
        }
        page, data = copy.read("data.html").decode(), json.loads(copy.read("data.json"))
    assert "Where is it?" in page
    assert "AGZpbGU=" not in page
    named = {item["file"]: item["value"] for item in data["held"] if item["label"] == "attachment"}
    assert named == dict.fromkeys(files)
    assert [entry["row"] for entry in data["openings"]].count("attachment") == 0, "each is opened by itself"
    assert {f"attachment:{row.id}" for row in Attachment.objects.all()} <= {entry["row"] for entry in data["openings"]}


def test_files_are_opened_for_the_copy_alone_and_keep_nobody_from_writing(
    ann: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are large: what is opened in a transaction is one of them at a time."""
    ann.write("Where is it?", attachments=[b"one", b"two"])
    read, opened, enclosed = Attachment.envelopes, vault.open, list[object]()

    def reading(row: Attachment) -> list[envelope.Envelope]:
        enclosed.append("opened" if connection.in_atomic_block else "read")
        return read(row)

    monkeypatch.setattr(Attachment, "envelopes", reading)
    rights.see(ann.subject, by=ann.me)
    assert enclosed == ["read"] * 2
    monkeypatch.setattr(vault, "open", lambda rows, *rest, **more: enclosed.append(rows) or opened(rows, *rest, **more))
    assert b"".join(rights.export(ann.subject, by=ann.me))
    pages = [rows for rows in enclosed if isinstance(rows, list) and any(isinstance(row, Attachment) for row in rows)]
    assert pages == [[row] for row in Attachment.objects.order_by("id")]
    assert Attachment.at_once == 1


def test_an_erasure_takes_all_of_it(ann: Writer, bob: Writer) -> None:
    begun, stays = ann.write(attachments=[b"one"]), bob.write()
    verbs.answer(begun, text="Here.", by=staff(begun))
    assert rights.erase(ann.subject, by=ann.me)
    assert list(Conversation.objects.all()) == [stays]
    assert [message.subject for message in Message.objects.all()] == [bob.subject]
    assert not Attachment.objects.exists()
