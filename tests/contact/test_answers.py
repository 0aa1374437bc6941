"""Letters that answer a letter: in its thread, in its language, and to whom we do not know, too."""

from collections.abc import Callable
from datetime import date
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import TestCase

from upheld import ledger, vault
from upheld.contact import languages, returning, verbs
from upheld.contact.errors import NewsToStranger, NotAnAddress
from upheld.contact.letters import News, Reply
from upheld.contact.models import Address, Choice, Letter
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.vault.inventory import people
from upheld.vault.keys.models import DataKey
from upheld.vault.models import Lookup

pytestmark = pytest.mark.django_db
Sent = Callable[[], list[EmailMessage]]
MAILBOX = Actor.system("mailbox")
ASKED = "<CAF7+x=3@mail.example.org>"


class Thanks(Reply):
    kind = "thanks"
    purpose = "reply"
    subject = "Thank you"

    def paragraphs(self) -> tuple[str, ...]:
        return (f"It is {languages.day(date(2026, 12, 31))}.",)


class Offer(News):
    kind = "offer"
    purpose = "news.specials"
    subject = "Something is cheaper"

    def paragraphs(self) -> tuple[str, ...]:
        return ("It is cheaper until Friday.",)


def answer(email: str, **said: Any) -> Letter:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return verbs.answer(Thanks(), email=email, by=MAILBOX, **said)


def someone(email: str) -> Address:
    subject = vault.new_subject()
    return verbs.add_address(subject, email=email, source="letter", by=Actor.person(subject))


def test_an_address_that_nobody_has_is_answered_and_not_kept(letters: Sent, canaries: Any) -> None:
    letter = answer(canaries["email"], answers=ASKED)
    [message] = letters()
    assert message["To"] == canaries["email"]
    letter.refresh_from_db()
    assert (letter.ending, bytes(letter.words), letter.goes_to) == ("sent", b"", "")
    held = {model.label(): model._base_manager.filter(subject=letter.subject).count() for model in people()}
    assert {label for label, count in held.items() if count} == {"letter"}
    assert not Lookup.objects.filter(subject=letter.subject).exists()
    assert not DataKey.objects.filter(subject=letter.subject).exists()
    assert vault.find(Address, "email", canaries["email"]) is None


def test_the_record_grows_alike_for_strangers_and_others(letters: Sent) -> None:
    ada = someone("ada@example.org")
    before = ledger.Entry.objects.count()
    with TestCase.captureOnCommitCallbacks(execute=True):
        verbs.send(Thanks(), to=ada, by=MAILBOX, answers=ASKED)
    between = ledger.Entry.objects.count()
    answer("bob@example.org", answers=ASKED)
    assert ledger.Entry.objects.count() - between == between - before == 3


def test_an_answer_is_in_its_letters_thread(letters: Sent) -> None:
    answer("ada@example.org", answers=ASKED)
    [message] = letters()
    assert (message["In-Reply-To"], message["References"]) == (ASKED, ASKED)
    assert message["Auto-Submitted"] == "auto-replied"


@pytest.mark.parametrize(
    "odd", ["", "no brackets", "<a@b>\r\nBcc: eve@example.net", "<a b@c>", f"<{'a' * 400}>", "<ä@b>"]
)
def test_what_is_no_message_id_is_not_repeated(odd: str, letters: Sent) -> None:
    answer("ada@example.org", answers=odd)
    [message] = letters()
    assert message["In-Reply-To"] is message["References"] is message["Bcc"] is None
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("tag", "lang", "day"),
    [("en", "en", "31 December 2026"), ("de", "de", "31. Dezember 2026"), ("fr-CA", "fr", "31 décembre 2026"),
     ("DE_at", "de", "31. Dezember 2026"), ("nl", "en", "31 December 2026"), ("", "en", "31 December 2026")],
)  # fmt: skip
def test_it_speaks_the_writers_language_or_english(tag: str, lang: str, day: str, letters: Sent) -> None:
    answer("ada@example.org", language=tag)
    [message] = letters()
    html = message.get_body(("html",)).get_content()  # type: ignore[union-attr]  # it has one
    assert f'<html lang="{lang}">' in html
    assert day in html
    assert languages.current() == "en"


def test_replies_reach_the_contact_address(letters: Sent, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    answer("ada@example.org")
    monkeypatch.setitem(settings.HOME.settings, "mail.sender", "Exokit <post@exokit.example>")
    answer("ada@example.org")
    assert [message["Reply-To"] for message in letters()] == [None, "hello@webmr.io"]


@pytest.mark.parametrize("email", ["nobody", "ada@example.org\r\nBcc: eve@example.net", "a@b@c", ""])
def test_what_is_no_address_is_not_answered(email: str, letters: Sent) -> None:
    with pytest.raises(NotAnAddress):
        answer(email)
    assert not letters()
    assert not Letter.objects.exists()


def test_news_answers_nobody(letters: Sent) -> None:
    with pytest.raises(NewsToStranger):
        verbs.answer(Offer(vault.new_subject()), email="ada@example.org", by=MAILBOX)


@pytest.mark.parametrize("kind", [returning.BOUNCE, returning.COMPLAINT])
def test_a_report_about_a_letter_to_a_stranger_says_nothing_about_anyone(kind: str, letters: Sent) -> None:
    letter = answer("ada@example.org")
    assert not returning.take(returning.Report(kind, letter.pk, "5.1.1"))
    assert not Choice.objects.exists()
    assert not ledger.Entry.objects.filter(act=Act.ADDRESS_BOUNCE).exists()
