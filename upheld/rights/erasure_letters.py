"""The letters about an erasure that waits: that it was asked for, that it was taken back, and that it begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upheld.contact.languages import day
from upheld.contact.letters import Link, Reply, on_site
from upheld.rights.reasons import Reason


@dataclass(frozen=True)
class ErasureWaits(Reply):
    kind = "erasure_waits"
    subject = gettext_lazy("You asked us to delete everything")
    reason: str
    until: date
    link: Link

    @classmethod
    def sample(cls) -> "ErasureWaits":
        return cls(Reason.UNDO_WINDOW, date(2026, 12, 31), on_site("/rights/keep/sample/"))

    def paragraphs(self) -> Sequence[str]:
        return (
            _("You asked us to delete everything that we hold about you."),
            self._when() % {"until": day(datetime.combine(self.until, time(), UTC))},
            _("You need do nothing else. Until it begins you can take it back on this page:"),
            self.link,
            _("If it was not you who asked, take it back, and write to us at once: somebody has acted in your name."),
        )

    def _when(self) -> str:
        if self.reason == Reason.LEGAL_HOLD:
            return _("A law has us keep it until %(until)s. After that day it is deleted by itself.")
        if self.reason == Reason.AWAITS_DELIVERY:
            return _(
                "As you chose, what you ordered is delivered first. As soon as it has arrived, everything is deleted, "
                "and on %(until)s at the latest. What has not left by then is cancelled and its money given back."
            )
        return _(
            "That is done on %(until)s. Until then we keep it, and use it for nothing but your rights, your safety, "
            "and orders that you want delivered."
        )


@dataclass(frozen=True)
class ErasureKept(Reply):
    kind = "erasure_kept"
    subject = gettext_lazy("Nothing is deleted")

    def paragraphs(self) -> Sequence[str]:
        return (
            _("You had asked us to delete everything that we hold about you, and took it back in time."),
            _("Nothing was deleted, and nothing will be."),
            _("If it was not you who took it back, ask for it again and write to us at once."),
        )


@dataclass(frozen=True)
class ErasureBegins(Reply):
    """The last letter: its words do not rest with the person, and leave after them."""

    kind = "erasure_begins"
    subject = gettext_lazy("Your data are being deleted")
    link: Link

    def paragraphs(self) -> Sequence[str]:
        return (
            _(
                "You asked us to delete everything that we hold about you. What it waited for is over, and it is being "
                "deleted now. This is the last letter you get about it."
            ),
            _(
                "What a law has us keep, and until when, stands in your receipt. The receipt is on this page as soon "
                "as all is gone, and can be checked by anyone, without us:"
            ),
            self.link,
        )
