"""The letters of this room: that somebody's letter came, and what we answer. None repeats what the person wrote."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from upheld.contact.letters import Reply

if TYPE_CHECKING:
    from upheld.contact.letters import Said

BREAK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)")
"""Between paragraphs of what staff typed: an empty line, or the next point of a list."""


@dataclass(frozen=True)
class AboutConversation(Reply):
    """Its number stands in the subject line, so that a reply finds its way."""

    number: str

    @property
    def subject(self) -> "Said":  # type: ignore[override]  # what a class variable says of all, this says of one
        return _("About your letter [%(number)s]") % {"number": self.number}

    def wherever(self) -> str:
        return _("To add something, reply to this letter and leave the number %(number)s in its subject line.") % {
            "number": self.number
        }


@dataclass(frozen=True)
class ConversationBegun(AboutConversation):
    kind = "conversation_begun"

    def paragraphs(self) -> Sequence[str]:
        return (
            _("We have what you wrote. Its number is %(number)s. A person reads it and answers you.")
            % {"number": self.number},
            self.wherever(),
            _("What you wrote is opened to answer you about this matter, and for nothing else."),
        )


@dataclass(frozen=True)
class AnswerLetter(AboutConversation):
    """`words` are what somebody on our staff wrote to this person."""

    kind = "conversation_answer"
    words: str

    def paragraphs(self) -> Sequence[str]:
        return (*filter(None, (each.strip() for each in BREAK.split(self.words))), self.wherever())
