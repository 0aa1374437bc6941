"""How a letter is written: paragraphs once, from which plain text and HTML are made. Nothing in it is fetched.

A letter says what happened and what the reader can do. It never repeats an address, a name or any other datum: a
letter that goes astray must tell as little as it can.
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext

from upheld.contact import languages, stopping

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Said: TypeAlias = "str | _StrPromise"
"""Words, or those that `gettext_lazy` finds when the letter is written, in its reader's language."""


class Code(str):
    """A line that is a code to type."""

    __slots__ = ()


class Link(str):
    """A line that is an address on our own site, written out."""

    __slots__ = ()


def on_site(path: str) -> Link:
    """A page of ours, such as `/sign-in/`, as a full address."""
    return Link(settings.HOME.site + path)


def samples() -> Mapping[str, Any]:
    """What a letter's fields hold when it is only looked at, by their type."""
    day = datetime(2026, 12, 31, tzinfo=UTC)
    made: Mapping[Any, Any] = {
        bool: True, date: day.date(), datetime: day, int: 3, UUID: UUID(int=0),
        Code: Code("482915"), Link: on_site("/account/"), str: "482915", tuple[str, ...]: ("482915", "R-7K3Q9XMT"),
    }  # fmt: skip
    return {str(kind): value for kind, value in made.items()}


@dataclass(frozen=True)
class Wording:
    """What a kind of letter says; one small class a kind, with what varies as its fields."""

    kind: ClassVar[str]
    purpose: ClassVar[str]  # of the policy: what the address is opened for
    subject: ClassVar[Said]

    def paragraphs(self) -> Sequence[str]:
        raise NotImplementedError(type(self).__name__)

    @classmethod
    def sample(cls) -> "Wording":
        """One with made-up values, to be looked at."""
        return cls(**{field.name: samples()[str(field.type)] for field in fields(cls)})

    def text(self) -> str:
        return plain((*self.paragraphs(), *self.closing()))

    def html(self) -> str:
        return page(str(self.subject), marked((*self.paragraphs(), *self.closing())))

    def closing(self) -> Sequence[str]:
        """The last lines: which site wrote, so that nobody needs to guess from the sender."""
        site = settings.HOME.site
        said = gettext("This letter was sent by %(site)s because of something done there. It is no advertisement.")
        return (said % {"site": site},)


@dataclass(frozen=True)
class Reply(Wording):
    """What answers a letter, in its language: words of such a kind are translated (`upheld/locale`)."""

    purpose = "reply"

    def closing(self) -> Sequence[str]:
        said = gettext("This letter was sent by %(site)s, because somebody wrote to us from or about this address.")
        return (said % {"site": settings.HOME.site},)


@dataclass(frozen=True)
class News(Wording):
    """What nobody asked for by a doing of theirs: its purpose is a topic of the policy, which its reader can refuse."""

    reader: UUID

    def closing(self) -> Sequence[str]:
        return news_closing(self.reader, self.purpose)


def news_closing(reader: UUID, topic: str) -> Sequence[str]:
    """Why this letter came, and the way to get none any more."""
    return (
        f"This is news from {settings.HOME.site}. You get it because you did not refuse it, or because you asked for "
        "it. To stop it, open this page. You need not sign in:",
        on_site(stopping.path(reader, topic)),
    )


def kinds(parent: type[Wording] = Wording) -> Iterator[type[Wording]]:
    """Every kind of letter of the rooms that are loaded."""
    for child in parent.__subclasses__():
        if hasattr(child, "kind"):
            yield child
        yield from kinds(child)


def page(title: str, body: str) -> str:
    """A whole HTML document in the current language; `body` is markup, the title is text."""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title>'
    return f'<!doctype html>\n<html lang="{languages.current()}"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def plain(paragraphs: Sequence[str]) -> str:
    return "\n\n".join(_plain(each) for each in paragraphs) + "\n"


def marked(paragraphs: Sequence[str]) -> str:
    """The same in HTML."""
    return "\n".join(f"<p>{_marked(each)}</p>" for each in paragraphs)


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
