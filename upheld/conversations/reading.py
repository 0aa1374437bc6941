"""A conversation is read: by staff who work on it, for that matter, or by the person, as is their right."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from upheld import vault
from upheld.conversations.models import Attachment, Conversation, Message
from upheld.policy.actors import Actor, Kind
from upheld.policy.errors import Refused

PURPOSES = {Kind.PERSON: "access", Kind.STAFF: "reply"}


@dataclass(frozen=True, slots=True)
class Said:
    """What one side said."""

    at: datetime
    is_ours: bool
    title: str  # of a letter, its subject line; empty where there was none
    text: str
    attachments: tuple[int, ...]  # the size of each, in bytes


def read(conversation: Conversation, *, by: Actor) -> list[Said]:
    """All that was said, oldest first. Raises Refused for anyone else, and what the vault raises."""
    if by.kind not in PURPOSES:
        raise Refused(f"a conversation is not read by the actor {by.kind}")
    whole = Message.objects.filter(subject=conversation.subject, conversation=conversation.id)
    messages = list(whole.order_by("at", "id"))
    opened = vault.open(messages, ["title", "text"], by=by, purpose=PURPOSES[by.kind], because=conversation.reference)
    sizes = _sizes(conversation)
    return [
        Said(message.at, message.is_ours, said["title"] or "", said["text"] or "", sizes.get(message.id, ()))
        for message, said in zip(messages, opened, strict=True)
    ]


def _sizes(conversation: Conversation) -> Mapping[UUID, tuple[int, ...]]:
    found: dict[UUID, tuple[int, ...]] = {}
    rows = Attachment.objects.filter(subject=conversation.subject, conversation=conversation.id).order_by("id")
    for message, size in rows.values_list("message", "size"):
        found[message] = (*found.get(message, ()), size)
    return found
