"""The check of how conversations are answered, on the made-up person of the rehearsal."""

from upheld import vault
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation, Message
from upheld.policy import Promise, Refused
from upheld.policy.checks import Finding, check
from upheld.rights.checks import rehearsed
from upheld.rights.checks.rehearsal import Nobody, staff

KIND = "conversation"  # of case


@check(
    Promise.REPLY_ONLY,
    how="A made-up person writes about two matters. Staff on the case of one must be able to read it, and be refused "
    "the other, alone or together with the first; the person must read both, and take both back.",
)
def two_matters() -> Finding:
    return rehearsed.shown("replied")


def _two_matters(nobody: Nobody) -> Finding:
    texts = [nobody.value("message", n) for n in (1, 2)]
    one, other = (
        conversations.begin(nobody.subject, title="", text=text, reason="other", by=nobody.by, acknowledged=False)
        for text in texts
    )
    wrong = [f"{each.reference} cannot be read by its own case" for each in (one, other) if not _reads(each, each)]
    wrong += [f"{a.reference} can be read by another case" for a, b in ((one, other), (other, one)) if _reads(a, b)]
    if _opens_both(one, other):
        wrong.append("two conversations can be read by the case of one")
    own = [said.text for each in (one, other) for said in conversations.read(each, by=nobody.by)]
    wrong += [] if own == texts else ["the person does not read what they wrote"]
    for each in (one, other):
        conversations.remove(each, by=nobody.by)
    if Message.objects.filter(subject=nobody.subject, conversation__in=[one.id, other.id]).exists():
        wrong.append("what was taken back is still there")
    return Finding(not wrong, "two conversations, each read by its own case and no other, and taken back", tuple(wrong))


def _reads(conversation: Conversation, on: Conversation) -> bool:
    try:
        return bool(conversations.read(conversation, by=staff(KIND, on.id, on.subject)))
    except Refused:
        return False


def _opens_both(one: Conversation, other: Conversation) -> bool:
    rows = list(Message.objects.filter(subject=one.subject, conversation__in=[one.id, other.id]))
    try:
        vault.open(rows, ["text"], by=staff(KIND, one.id, one.subject), purpose="reply", because=one.reference)
    except Refused:
        return False
    return True


rehearsed.also("replied", _two_matters)
