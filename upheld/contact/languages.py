"""In which language a letter speaks: the reader's where we have its words, else English."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from babel.dates import format_date
from django.conf import settings
from django.utils import translation

ENGLISH = "en"
LOCALES = {ENGLISH: "en_GB"}  # whose dates are written as the rest of the program writes them: 31 December 2026


def nearest(language: str) -> str:
    """One of the setting LANGUAGES for an RFC 5646 tag: `de` for `de-AT`, `en` for one of which we have no words."""
    known = dict(settings.LANGUAGES)
    wanted = language.lower().replace("_", "-")
    return next((each for each in (wanted, wanted.partition("-")[0]) if each in known), ENGLISH)


def current() -> str:
    """Of what is written now. Code that activated none writes English."""
    return nearest(translation.get_language() or ENGLISH)


@contextmanager
def in_words_of(language: str) -> Iterator[None]:
    """What is written inside is in this language, or in English."""
    with translation.override(nearest(language)):
        yield


def day(moment: date) -> str:
    """A date in words, as the current language writes it: 31 December 2026, 31. Dezember 2026."""
    return format_date(moment, "long", locale=LOCALES.get(current(), current()))
