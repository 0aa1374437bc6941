"""The demonstration's post, so that letters can be tried without a mail server: what was sent, and a way to write back.

There only while the instance is a demonstration: `upheld demo` made it one, it is reached on this machine alone, and
its letters go to the folder, where they rest in clear (docs/trust.md). Whoever looks is who runs the demonstration,
and may read that folder anyway. Nothing is opened in the vault for it, hence nothing is entered in the ledger.
"""

import email
import email.policy
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from upheld.contact import outbox
from upheld.policy import force
from upheld.staff import inviting
from upheld.staff.models import Member

NEWEST = 200  # letters that are listed


@dataclass(frozen=True)
class Caught:
    """A letter that would have left."""

    id: UUID
    message: EmailMessage

    @classmethod
    def read(cls, file: Path) -> "Caught":
        """Raises FileNotFoundError: letters of a person go when the person does."""
        return cls(UUID(file.stem), email.message_from_bytes(file.read_bytes(), policy=email.policy.default))

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def to(self) -> str:
        return parseaddr(str(self.message["To"]))[1]

    @property
    def at(self) -> datetime:
        # The first 48 bits of a UUIDv7 are milliseconds since 1970 (RFC 9562, section 5.7).
        return datetime.fromtimestamp((self.id.int >> 80) / 1000, tz=timezone.get_default_timezone())

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"] or "").strip()

    def part(self, kind: str) -> str:
        """Its words, as `plain` or as `html`; empty when it has no such part."""
        found = self.message.get_body((kind,))
        return str(found.get_content()) if found is not None else ""


def is_open() -> bool:
    """Whether this instance is a demonstration now."""
    home = settings.HOME
    return home.demonstration.exists() and home.is_near and not home.text("mail.url")


def caught() -> Iterator[Caught]:
    """The newest letters, newest first: their names are ids, which are in the order of time. Those to the checks'
    made-up people (contact.outbox.is_nowhere) are nobody's, and those to staff are not for customers."""
    staff = _staff()
    files = sorted(settings.HOME.letters.glob("*.eml"), reverse=True)
    for file in files[:NEWEST]:
        with suppress(FileNotFoundError):
            letter = Caught.read(file)
            if not letter.to.endswith(".invalid") and inviting.digest(letter.to) not in staff:
                yield letter


def find(letter: UUID) -> Caught | None:
    try:
        found = Caught.read(outbox.place(letter))
    except FileNotFoundError:
        return None
    return None if inviting.digest(found.to) in _staff() else found


def _staff() -> set[bytes]:
    return {bytes(digest) for digest in Member.objects.values_list("address_digest", flat=True)}


def written(*, sender: str, subject: str, text: str, answers: str = "") -> bytes:
    """A letter to the company (RFC 5322), as a mail program would send it. `answers` is a Message-ID."""
    made = EmailMessage(policy=email.policy.SMTPUTF8)
    made["From"], made["To"] = sender, force.in_force().controller.contact
    made["Subject"] = " ".join(subject.split())
    made["Date"], made["Message-ID"] = format_datetime(timezone.now()), make_msgid(domain=sender.rpartition("@")[2])
    if answers:
        made["In-Reply-To"] = made["References"] = answers
    made.set_content(text)
    return made.as_bytes()


def quoted(letter: Caught) -> str:
    """Its words as a mail program puts them below a reply."""
    said = "\n".join(f"> {line}".rstrip() for line in letter.part("plain").splitlines())
    return f"\n\nOn {letter.at:%d %B %Y}, {parseaddr(str(letter.message['From']))[1]} wrote:\n{said}\n"
