"""How a letter is written: paragraphs once, from which plain text and HTML are made. Nothing in it is fetched.

A letter says what happened and what the reader can do. It never repeats an address, a name or any other datum: a
letter that goes astray must tell as little as it can.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import ClassVar

from django.conf import settings


class Code(str):
    """A line that is a code to type."""

    __slots__ = ()


class Link(str):
    """A line that is an address on our own site, written out."""

    __slots__ = ()


def on_site(path: str) -> Link:
    """A page of ours, such as `/sign-in/`, as a full address."""
    return Link(settings.HOME.site + path)


@dataclass(frozen=True)
class Wording:
    """What a kind of letter says; one small class a kind, with what varies as its fields."""

    kind: ClassVar[str]
    purpose: ClassVar[str]  # of the policy: what the address is opened for
    subject: ClassVar[str]

    def paragraphs(self) -> Sequence[str]:
        raise NotImplementedError(type(self).__name__)

    def text(self) -> str:
        return "\n\n".join(_plain(each) for each in (*self.paragraphs(), closing())) + "\n"

    def html(self) -> str:
        body = "\n".join(f"<p>{_marked(each)}</p>" for each in (*self.paragraphs(), closing()))
        head = f'<meta charset="utf-8"><title>{escape(self.subject)}</title>'
        return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def closing() -> str:
    """The last line: which site wrote, so that nobody needs to guess from the sender."""
    return f"This letter was sent by {settings.HOME.site} because of something done there. It is no advertisement."


def _plain(paragraph: str) -> str:
    if isinstance(paragraph, Code | Link):
        return f"    {paragraph}"
    return textwrap.fill(paragraph, 72, break_long_words=False, break_on_hyphens=False)


def _marked(paragraph: str) -> str:
    text = escape(paragraph)
    if isinstance(paragraph, Link):
        return f'<a href="{text}">{text}</a>'
    return f"<strong>{text}</strong>" if isinstance(paragraph, Code) else text


class Farewell(Wording):
    """Goes out just before an erasure, while there is still an address."""

    kind = "farewell"
    purpose = "security"
    subject = "Your data are being deleted"

    def paragraphs(self) -> Sequence[str]:
        return (
            "As you asked, we are deleting your account and what we hold about you. This is the last letter you get.",
            "Your receipt was shown on the page where you asked; it can be checked by anyone, without us.",
            "If it was not you who asked, write to us at once: someone knew how to sign in as you.",
        )
