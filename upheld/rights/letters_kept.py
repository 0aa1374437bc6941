"""The letters about what is kept all the same: because a law says so, or because its use was refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upheld.contact.languages import day
from upheld.contact.letters import on_site
from upheld.rights import clocks
from upheld.rights.letters import WRITE_AGAIN, Answer

SAMPLE = ("Billing", "Filling your order")  # of letters that are only looked at

WHY: Mapping[str, Lazy] = {
    "authority": gettext_lazy("An authority has told us to keep it."),
    "claim": gettext_lazy("It may be needed to make a claim, or to answer one."),
    "investigation": gettext_lazy("It is needed for an investigation."),
    "litigation": gettext_lazy("It is needed before a court."),
}
"""By the reason of a hold, what people read."""


@dataclass(frozen=True)
class HoldPlaced(Answer):
    kind = "hold_placed"
    subject = gettext_lazy("A law has us keep what we hold about you for now")
    reason: str
    until: date
    law: str

    @classmethod
    def sample(cls) -> "HoldPlaced":
        return cls("litigation", date(2026, 12, 31), "gdpr")

    def paragraphs(self) -> Sequence[str]:
        return (
            _("A law has us keep what we hold about you. Nothing of it may be deleted until %(until)s is over.")
            % {"until": day(self.until)},
            str(WHY[self.reason]),
            _(
                "You still see all of it, and can correct it. If you ask us to delete something, or have asked "
                "already, that waits, and goes on by itself afterwards."
            ),
            str(clocks.LAWS[self.law].authority),
            str(WRITE_AGAIN),
        )


class HoldEnded(Answer):
    kind = "hold_ended"
    subject = gettext_lazy("No law has us keep what we hold about you any more")

    def paragraphs(self) -> Sequence[str]:
        return (
            _("What we had to keep about you need not be kept any more."),
            _("What waited for that, such as a deletion that you asked for, goes on now. You need do nothing."),
        )


@dataclass(frozen=True)
class UseStopped(Answer):
    """`uses` are the titles of purposes, as the policy has them; `number` the request's, where there is one."""

    kind = "use_stopped"
    subject = gettext_lazy("We keep your data and do not use them")
    number: str
    uses: tuple[str, ...]

    @classmethod
    def sample(cls) -> "UseStopped":
        return cls("R-7K3Q9XMT", SAMPLE)

    def paragraphs(self) -> Sequence[str]:
        return (
            *self._number(),
            _("From now on our program opens nothing that it holds about you for:"),
            *(f"- {each}" for each in self.uses),
            _(
                "What needs such a use waits: an order is not sent and no card is charged for it, and no letters are "
                "written about it. What was handed to a carrier or a bank before cannot be called back by this."
            ),
            _("You can still sign in, see, correct and delete everything, and write to us."),
            _("To allow a use again, choose it on this page, or reply to this letter:"),
            on_site("/account/uses/"),
        )

    def _number(self) -> Sequence[str]:
        if not self.number:
            return ()
        return (_("What you asked for is done. The number of your request was %(number)s.") % {"number": self.number},)


@dataclass(frozen=True)
class UseAllowed(Answer):
    kind = "use_allowed"
    subject = gettext_lazy("You allowed a use of your data again")
    uses: tuple[str, ...]

    @classmethod
    def sample(cls) -> "UseAllowed":
        return cls(SAMPLE)

    def paragraphs(self) -> Sequence[str]:
        return (
            _("You allowed us to use your data again for:"),
            *(f"- {each}" for each in self.uses),
            _("What waited for that goes on now. If it was not you, reply to this letter."),
        )


@dataclass(frozen=True)
class UseAgainSoon(Answer):
    """Before staff lift a restriction, the person is told (GDPR, article 18(3))."""

    kind = "use_again_soon"
    subject = gettext_lazy("We will use your data again")
    uses: tuple[str, ...]
    at: datetime
    law: str

    @classmethod
    def sample(cls) -> "UseAgainSoon":
        return cls(SAMPLE, datetime(2026, 12, 31, tzinfo=UTC), "gdpr")

    def paragraphs(self) -> Sequence[str]:
        said = _(
            "You had us stop using your data. The reason for that has ended, and from %(at)s we use them again for:"
        )
        return (
            said % {"at": day(self.at)},
            *(f"- {each}" for each in self.uses),
            _("If you do not want that, reply to this letter, or refuse the use again on this page:"),
            on_site("/account/uses/"),
            str(clocks.LAWS[self.law].authority),
        )
