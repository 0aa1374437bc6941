"""The letters of this room: what became of what somebody asked for. None repeats an address, a name, or what was
written; a request is called by its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upheld.contact.languages import day
from upheld.contact.letters import Code, Link, Reply, on_site
from upheld.rights import clocks
from upheld.rights.models import Right, State
from upheld.rights.reasons import RIGHTS, SENTENCES, STATES
from upheld.rights.requests.officer import OfficerReminder as OfficerReminder
from upheld.rights.requests.strangers import NothingHeld as NothingHeld

if TYPE_CHECKING:
    from upheld.contact.letters import Said

WRITE_AGAIN = gettext_lazy("To say more, reply to this letter.")
SOME_DAY = datetime(2026, 12, 31, tzinfo=UTC)  # of letters that are only looked at


class Answer(Reply):
    """Any letter of this room to a person."""


def listed(rights: Sequence[str]) -> list[str]:
    """What was asked for, a line each, in the current language."""
    return [f"- {RIGHTS[each]}" for each in rights]


class OptedOut(Answer):
    kind = "opted_out"
    subject = gettext_lazy("You get no more news from us")

    def paragraphs(self) -> Sequence[str]:
        return (
            _("From now on we send no news to this address, about anything."),
            _("You need do nothing else. Letters that an order or a question of yours needs still come."),
        )


@dataclass(frozen=True)
class Taken(Answer):
    """What somebody works on. The number of the conversation about it, where there is one, stands in the subject line,
    so that a reply becomes more of it."""

    title: ClassVar["Said"]
    conversation: str

    @property
    def subject(self) -> "Said":  # type: ignore[override]  # what a class variable says of all, this says of one
        return f"{self.title} [{self.conversation}]" if self.conversation else self.title


@dataclass(frozen=True)
class ObjectionTaken(Taken):
    kind = "objection_taken"
    title = gettext_lazy("We have your objection")
    number: str
    due: datetime

    def paragraphs(self) -> Sequence[str]:
        return (
            _("From now on we send no news to this address, about anything."),
            _(
                "A person reads what else you object to, and answers by %(due)s. The number of your request is "
                "%(number)s."
            )
            % {"due": day(self.due), "number": self.number},
            str(WRITE_AGAIN),
        )


@dataclass(frozen=True)
class ConfirmRequests(Answer):
    kind = "confirm_requests"
    code: str
    link: Link
    rights: tuple[str, ...]
    until: datetime

    @classmethod
    def sample(cls) -> "ConfirmRequests":
        link = on_site("/rights/confirm/K7QF2M9X4T0000000000000000/")
        return cls("K7QF2M9X4T", link, (Right.ACCESS, Right.ERASURE), SOME_DAY)

    @property
    def subject(self) -> "Said":  # type: ignore[override]  # what a class variable says of all, this says of one
        return _("Is this request yours? [%(code)s]") % {"code": self.code}

    def paragraphs(self) -> Sequence[str]:
        return (
            _("Somebody, writing as you, asked:"),
            *listed(self.rights),
            _("If it was you, reply to this letter with the word yes, and leave its subject line as it is."),
            _("Or confirm it on this page:"),
            self.link,
            _(
                "If it was not you, reply with the word no, or do nothing. Without your word nothing is done, and the "
                "request ends on %(until)s."
            )
            % {"until": day(self.until)},
        )


@dataclass(frozen=True)
class RequestsTaken(Taken):
    """What a person has to do, and a program cannot."""

    kind = "requests_taken"
    title = gettext_lazy("We have your request")
    numbers: tuple[str, ...]
    rights: tuple[str, ...]
    due: datetime

    @classmethod
    def sample(cls) -> "RequestsTaken":
        return cls("C-7K3Q9XMT", ("R-7K3Q9XMT", "R-2M8V4NAC"), (Right.RECTIFICATION, Right.OBJECTION), SOME_DAY)

    def paragraphs(self) -> Sequence[str]:
        said = _("You asked, and confirmed it:")
        lines = (f"- {RIGHTS[right]} ({number})" for number, right in zip(self.numbers, self.rights, strict=True))
        by = _("A person works on it and answers you by %(due)s.") % {"due": day(self.due)}
        return (said, *lines, by, str(WRITE_AGAIN))


@dataclass(frozen=True)
class CopyReady(Answer):
    kind = "copy_ready"
    subject = gettext_lazy("Your copy is ready")
    number: str
    link: Link
    until: datetime

    def paragraphs(self) -> Sequence[str]:
        return (
            _("The copy of what we hold about you is ready. The number of your request is %(number)s.")
            % {"number": self.number},
            _("Open this page. It sends a code to this address, and hands you the copy, once, until %(until)s:")
            % {"until": day(self.until)},
            self.link,
            _("If you have an account, you can also sign in and take your copy there, at any time."),
            _("If you asked for everything to be deleted as well, that waits until you have the copy."),
        )


@dataclass(frozen=True)
class FetchCode(Answer):
    kind = "fetch_code"
    subject = gettext_lazy("Your code to fetch the copy")
    code: Code

    def paragraphs(self) -> Sequence[str]:
        return (
            _("Type this code on the page where your copy is waiting:"),
            self.code,
            _("It counts for half an hour. If you did not ask for it, do nothing: nobody gets the copy without it."),
        )


@dataclass(frozen=True)
class ErasureBegun(Answer):
    """The last letter: its words do not rest with the person, and leave after them."""

    kind = "erasure_begun"
    subject = gettext_lazy("Your data are being deleted")
    number: str
    link: Link

    def paragraphs(self) -> Sequence[str]:
        return (
            _(
                "As you asked and confirmed, we are deleting everything that we hold about you. The number of your "
                "request is %(number)s. This is the last letter you get about it."
            )
            % {"number": self.number},
            _(
                "What a law has us keep, and until when, stands in your receipt. The receipt is on this page as soon "
                "as all is gone, and can be checked by anyone, without us:"
            ),
            self.link,
        )


@dataclass(frozen=True)
class StatusLetter(Answer):
    kind = "request_status"
    subject = gettext_lazy("Where your requests stand")
    numbers: tuple[str, ...]
    rights: tuple[str, ...]
    states: tuple[str, ...]
    dues: tuple[datetime, ...]

    @classmethod
    def sample(cls) -> "StatusLetter":
        return cls(("R-7K3Q9XMT",), (Right.ACCESS,), (State.IN_PROGRESS,), (SOME_DAY,))

    def paragraphs(self) -> Sequence[str]:
        line = _("- %(number)s: %(right)s (%(state)s). An answer is due by %(due)s.")
        lines = [
            line % {"number": number, "right": RIGHTS[right], "state": STATES[state], "due": day(due)}
            for number, right, state, due in zip(self.numbers, self.rights, self.states, self.dues, strict=True)
        ]
        return (_("These requests of yours are open:"), *lines, *self._confirm(), str(WRITE_AGAIN))

    def _confirm(self) -> Sequence[str]:
        if State.NEED_VERIFICATION not in self.states:
            return ()
        return (_("What waits to be confirmed waits for you: reply with the word yes to the letter that asks you."),)


@dataclass(frozen=True)
class ConcernTaken(Taken):
    kind = "concern_taken"
    title = gettext_lazy("We have your concern")
    number: str
    due: datetime

    def paragraphs(self) -> Sequence[str]:
        return (
            _(
                "We have your concern. Its number is %(number)s. Our privacy officer answers for it, and you hear from "
                "us by %(due)s what came of it."
            )
            % {"number": self.number, "due": day(self.due)},
            str(WRITE_AGAIN),
        )


def given(receipt: Link) -> Sequence[str]:
    return (_("Your receipt, which anybody can check without us, is on this page:"), receipt)


@dataclass(frozen=True)
class RequestEnded(Answer):
    """`outcome` is what staff wrote to this person; without it, the reason says why."""

    kind = "request_ended"
    subject = gettext_lazy("What came of your request")
    number: str
    right: str
    state: str
    reason: str
    outcome: str
    law: str
    receipt: Link

    @classmethod
    def sample(cls) -> "RequestEnded":
        link = on_site("/rights/receipt/WyIwMDAwIl0/")
        return cls("R-7K3Q9XMT", Right.RESTRICTION, State.FULFILLED, "", "", "gdpr", link)

    def paragraphs(self) -> Sequence[str]:
        said = _("Your request %(number)s, %(right)s, has ended: %(state)s.")
        line = said % {"number": self.number, "right": RIGHTS[self.right], "state": STATES[self.state]}
        why = str(SENTENCES[self.reason]) if self.reason else ""
        outcome = (each.strip() for each in self.outcome.split("\n\n"))
        law = str(clocks.LAWS[self.law].authority)
        return (line, *filter(None, (why, *outcome)), *given(self.receipt), law, str(WRITE_AGAIN))


class TooManyLetter(Answer):
    kind = "too_many_requests"
    subject = gettext_lazy("Three requests of yours are open")

    def paragraphs(self) -> Sequence[str]:
        return (
            _("You have three open requests, and we take no fourth one until one of them has ended."),
            _("To know where they stand, write to us and ask for their status."),
            _("News is stopped whenever you ask, and a concern is taken whenever you have one."),
        )
