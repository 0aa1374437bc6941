"""The letter to whoever is nobody here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from upheld.contact.letters import Reply

if TYPE_CHECKING:
    from upheld.contact.letters import Said


@dataclass(frozen=True)
class NothingHeld(Reply):
    """To whoever asks about an address of which nothing is held, whether it never was or was erased. `but_this`: their
    letter is kept from now on, because it is about something else as well."""

    kind = "nothing_held"
    but_this: bool = False

    @property
    def subject(self) -> "Said":  # type: ignore[override]  # what a class variable says of all, this says of one
        if self.but_this:
            return _("We hold nothing under this address but your letter")
        return _("We hold nothing under this address")

    def paragraphs(self) -> Sequence[str]:
        return (
            _("We looked for the address that this letter goes to. We hold nothing under it."),
            *self._but_this(),
            _("If you wrote to us or ordered with another address, write to us from that one."),
        )

    def _but_this(self) -> Sequence[str]:
        if not self.but_this:
            return ()
        return (_("From now on we hold what you have just written, so that a person can answer you."),)
