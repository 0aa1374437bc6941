"""People who write to us, and the staff who answer."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from tests.canaries import Canaries
from upheld import vault
from upheld.contact import verbs as contact
from upheld.contact.models import Address
from upheld.conversations import verbs
from upheld.conversations.models import Conversation
from upheld.policy.actors import Actor, Case

MAILBOX = Actor.system("mailbox")


@dataclass(frozen=True)
class Writer:
    """Somebody who only ever wrote: their address came by letter, and nobody has shown that it is theirs."""

    address: Address
    email: str

    @property
    def subject(self) -> UUID:
        return self.address.subject

    @property
    def me(self) -> Actor:
        return Actor.person(self.subject)

    def write(self, text: str = "Where is my parcel?", *, title: str = "Hello", **more: object) -> Conversation:
        given = {"reason": "support", "by": MAILBOX, "acknowledged": False} | more
        return verbs.begin(self.subject, title=title, text=text, **given)  # type: ignore[arg-type]  # as the caller gives


def a_writer(email: str) -> Writer:
    return Writer(contact.add_address(vault.new_subject(), email=email, source="letter", by=MAILBOX), email)


def staff(conversation: Conversation, *, on: UUID | None = None, kind: str = "conversation") -> Actor:
    """Somebody in customer service or, for a right or a concern, the privacy officer; on this conversation's case."""
    job = "support" if kind == "conversation" else "privacy"
    return Actor.staff(UUID(int=3), job=job, case=Case(kind, on or conversation.id, conversation.subject))


@pytest.fixture
def ann(transactional_db: None, canaries: Canaries) -> Writer:
    return a_writer(canaries["email"])


@pytest.fixture
def bob(transactional_db: None) -> Writer:
    return a_writer("bob.canary@example.net")
