"""What was said is sealed in the rows of its conversation. Called by this room's verbs, in their transactions."""

import base64
from collections.abc import Sequence
from datetime import datetime

from upheld import vault
from upheld.conversations.models import Attachment, Conversation, Message
from upheld.policy.actors import Actor

SOURCE = "letter"  # of the policy: what people write to us, on the site too, and what we answer


def keep(
    conversation: Conversation,
    *,
    title: str = "",
    text: str,
    attachments: Sequence[bytes] = (),
    at: datetime,
    is_ours: bool = False,
    by: Actor,
) -> Message:
    """A message as it was written, and what was enclosed byte for byte: nobody here looks into that."""
    values = {"title": _sealable(title), "text": _sealable(text)}
    if not title:
        del values["title"]
    about = {"subject": conversation.subject, "conversation": conversation.id}
    message = vault.collect(Message(**about, at=at, is_ours=is_ours), values, source=SOURCE, by=by)
    enclosed = [
        (Attachment(**about, message=message.id, size=len(each)), {"content": base64.b64encode(each).decode()})
        for each in attachments
    ]
    if enclosed:
        vault.collect_many(enclosed, source=SOURCE, by=by)
    return message


def _sealable(text: str) -> str:
    """Half a surrogate pair, which is no character, as a question mark: what is sealed is UTF-8."""
    return text.encode("utf-8", "replace").decode()
