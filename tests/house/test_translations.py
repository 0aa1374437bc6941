"""Letters that answer a letter have their words in every language of the settings, and the compiled are the written."""

import gettext
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from django.utils.module_loading import autodiscover_modules

from upheld.contact import letters
from upheld.contact.letters import Code, Link, Reply
from upheld.policy import force

PROJECT = Path(__file__).parents[2]
LOCALE = PROJECT / "upheld" / "locale"
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != "en"]
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None}
FAMILIAR = {"de": r"\b(?:du|dir|dich|dein\w*|euch|euer|eure\w*)\b", "fr": r"\b(?:tu|te|toi|ton|ta|tes)\b"}
COMPILE = "run pybabel compile -D django -d upheld/locale"


@cache
def used() -> frozenset[str]:
    """Every text of the program that is looked up in a catalog."""
    found = extract_from_dir(PROJECT / "upheld", method_map=[("**.py", "python")], keywords=KEYWORDS)
    return frozenset(str(message) for _, _, message, _, _ in found)


def written(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


def kinds() -> Iterator[type[letters.Wording]]:
    autodiscover_modules("letters")
    return (kind for kind in letters.kinds(Reply) if kind.__module__.startswith("upheld."))


def said(kind: type[letters.Wording], language: str) -> list[str]:
    """Every line of a letter but codes and links, its subject first."""
    with translation.override(language):
        made = kind.sample()
        lines = (*made.paragraphs(), *made.closing())
        return [str(made.subject), *(str(line) for line in lines if not isinstance(line, Code | Link))]


def test_there_is_something_to_translate() -> None:
    assert len(used()) > 50
    assert len(list(kinds())) > 10
    assert sorted(path.name for path in LOCALE.iterdir()) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_lacks_its_translation_and_none_is_left_over(language: str) -> None:
    translated = {str(message.id) for message in written(language) if message.id and message.string}
    assert translated == used()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_put_in_is_put_in_by_the_same_names(language: str) -> None:
    pairs = [(str(message.id), str(message.string)) for message in written(language) if message.id]
    assert not [message for message, string in pairs if names(message) != names(string)]


def names(text: str) -> list[str]:
    return sorted(re.findall(r"%\((\w+)\)s", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_readers_are_addressed_as_one_addresses_strangers(language: str) -> None:
    assert not [m.string for m in written(language) if re.search(FAMILIAR[language], str(m.string), re.IGNORECASE)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    path = LOCALE / language / "LC_MESSAGES" / "django.mo"
    with path.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in written(language):
        if message.id:
            assert compiled.gettext(str(message.id)) == message.string, COMPILE
    assert len(compiled._catalog) == len(written(language)) + 1, COMPILE  # type: ignore[attr-defined]  # and the header


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_letter_that_answers_one_is_in_its_language_throughout(language: str) -> None:
    named = {f"- {purpose.title}" for purpose in force.in_force().purposes.values()}  # as the policy does, in its own
    for kind in kinds():
        english = [line for line in said(kind, "en") if re.search(r"[a-z]{3}", line)]
        same = set(english) & set(said(kind, language)) - named
        assert not same, f"{kind.kind}: {same}"
