"""The privacy officer: who answers for requests and concerns, and the letter that reminds them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings

from upheld.contact.addressed import is_ours
from upheld.contact.addresses import read
from upheld.contact.errors import NotAnAddress
from upheld.contact.languages import day
from upheld.contact.letters import Code, Wording, on_site
from upheld.policy import force
from upheld.rights.models import Right

DOORS = ("mail.imap", "mail.listen", "mail.maildir")  # settings: the ways in by which the program takes letters


def address() -> str:
    """Where they are reached: the setting `privacy.officer`, else the policy's contact address."""
    named: str = settings.HOME.text("privacy.officer")
    return named or force.in_force().controller.contact


def unreached() -> Iterator[str]:
    """Why letters to the privacy officer reach nobody. What comes back to the program is deleted unread: it answers no
    letter of a program's."""
    try:
        read(address())
    except NotAnAddress:
        yield "nobody answers for concerns: the setting privacy.officer is no address"
    if any(settings.HOME.text(door) for door in DOORS) and is_ours(address()):
        yield "nobody answers for concerns: the program reads the mailbox of the privacy officer's address itself"


@dataclass(frozen=True)
class OfficerReminder(Wording):
    """To the privacy officer: a number and a date, nothing about anybody."""

    kind = "officer_reminder"
    purpose = "reply"
    subject = "A request is waiting for its answer"
    number: str
    right: str
    due: datetime

    @classmethod
    def sample(cls) -> "OfficerReminder":
        return cls("R-7K3Q9XMT", Right.RESTRICTION, datetime(2026, 12, 31, tzinfo=UTC))

    def paragraphs(self) -> Sequence[str]:
        return (
            f"Request {self.number} ({self.right}) is open. Its answer is due by {day(self.due)}.",
            "To see it, and to end it with an answer:",
            on_site(f"/desk/queue/{'concern' if self.right == Right.CONCERN else 'rights_request'}/"),
            "Or at the terminal:",
            Code(f"upheld rights show {self.number}"),
            Code(f"upheld rights end {self.number} --state fulfilled"),
        )
