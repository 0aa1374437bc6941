"""The letters about corrections. None repeats what is held or what is right: they lead to the page that says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upheld.contact.languages import day
from upheld.contact.letters import Code, Link, Reply


@dataclass(frozen=True)
class CorrectionIssued(Reply):
    """That a document stays as it was issued, and what stands beside it."""

    kind = "correction_issued"
    subject = gettext_lazy("A correction stands beside your invoice")
    order: str
    numbers: tuple[str, ...]

    def paragraphs(self) -> Sequence[str]:
        return (
            _("Something in order %(order)s was corrected after its invoice had been issued.") % {"order": self.order},
            _(
                "The law does not let us change an invoice once it is issued. It stays as it was, and this correction "
                "was issued beside it: %(corrections)s. Keep both together."
            )
            % {"corrections": ", ".join(self.numbers)},
            _("You find both among the documents of the order."),
        )


@dataclass(frozen=True)
class CorrectionProposed(Reply):
    kind = "correction_proposed"
    subject = gettext_lazy("Is this correction right?")
    number: str
    link: Link
    until: datetime

    def paragraphs(self) -> Sequence[str]:
        return (
            _("A correction was prepared for your request %(number)s. Nothing is changed before you say yes.")
            % {"number": self.number},
            _("See it, and say yes or no, until %(until)s, on this page, which first sends a code to this address:")
            % {"until": day(self.until)},
            self.link,
            _("If you have an account, you can also sign in, and answer it under your requests."),
            _("If you do nothing, nothing is changed, and a person reads your request again."),
        )


@dataclass(frozen=True)
class CorrectYourself(Reply):
    kind = "correct_yourself"
    subject = gettext_lazy("You can correct it at once")
    number: str
    link: Link
    until: datetime

    def paragraphs(self) -> Sequence[str]:
        return (
            _("What you asked to have corrected (%(number)s), you can correct yourself, without waiting for us.")
            % {"number": self.number},
            _("This page sends a code to this address, and then shows what we hold. It serves until %(until)s:")
            % {"until": day(self.until)},
            self.link,
            _("If you have an account, you can also sign in and correct it under your data, at any time."),
            _("You need not: a person works on your request as well."),
        )


@dataclass(frozen=True)
class CorrectionCode(Reply):
    kind = "correction_code"
    subject = gettext_lazy("Your code for the correction")
    code: Code

    def paragraphs(self) -> Sequence[str]:
        return (
            _("Type this code on the page that you opened to correct something:"),
            self.code,
            _("It counts for half an hour. If you did not ask for it, do nothing: nobody gets in without it."),
        )
