"""DKIM: what a receiver's server finds when it looks."""

import re
import stat
from collections.abc import Callable
from email.message import EmailMessage

import dkim
import pytest
from django.conf import settings as django_settings
from django.test import TestCase

from tests.contact.test_bulletins import OPERATOR, composed, someone
from tests.contact.test_letters import Address, address, files
from tests.contact.test_news import Special
from upheld.contact import bulletins, signing, verbs
from upheld.contact.errors import NoMailKey
from upheld.contact.letters import Farewell, Wording
from upheld.home import Home
from upheld.policy.actors import Actor

pytestmark = pytest.mark.django_db
__all__ = ["address"]


@pytest.fixture
def signed(monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    monkeypatch.setitem(django_settings.HOME.settings, "mail.dkim_selector", "2026")
    signing.make_key(home)


def sent(address: Address, wording: Wording) -> bytes:
    with TestCase.captureOnCommitCallbacks(execute=True):
        verbs.send(wording, to=address, by=Actor.system("news"))
    return files()[0].read_bytes()


def holds(message: bytes) -> bool:
    """As by what `upheld doctor` says to publish."""
    asked = []

    def dns(name: bytes, timeout: float = 5) -> bytes:
        asked.append(name)
        return signing.record(django_settings.HOME).encode()

    good = bool(dkim.verify(message, dnsfunc=dns))
    assert asked == [b"2026._domainkey.webmr.io."]
    return good


def test_the_marks_between_parts_are_no_number_of_a_card(address: Address) -> None:
    found = re.findall(rb'boundary="(.*)"', sent(address, Special(address.subject)))
    assert found
    assert not any(re.search(rb"(?<![0-9A-Za-z])[0-9]{13,19}(?![0-9A-Za-z])", each) for each in found)


def test_a_signed_letter_holds_and_an_altered_one_does_not(signed: None, address: Address) -> None:
    message = sent(address, Special(address.subject))
    assert holds(message)
    assert not holds(message.replace(b"cheaper until", b"dearer until"))
    assert not holds(message.replace(b"/stop/", b"/spot/"))


def test_the_one_click_headers_are_signed(signed: None, address: Address) -> None:
    message = sent(address, Special(address.subject))
    assert not holds(message.replace(b"One-Click", b"Two-Click"))


def test_none_can_be_added_to_a_letter_without(signed: None, address: Address) -> None:
    message = sent(address, Farewell())
    assert holds(message)
    assert not holds(b"List-Unsubscribe: <https://elsewhere.example/>\r\n" + message)


def test_without_a_selector_letters_are_not_signed(address: Address) -> None:
    assert b"DKIM-Signature" not in sent(address, Farewell())


def test_the_key_is_its_owners_alone_and_never_replaced(home: Home) -> None:
    with pytest.raises(NoMailKey, match="upheld letters key"):
        signing.record(home)
    file = signing.make_key(home)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        signing.make_key(home)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("content", [None, b"no key at all"])
def test_a_key_that_is_missing_or_broken_costs_no_letter(
    content: bytes | None, monkeypatch: pytest.MonkeyPatch, home: Home, letters: Callable[[], list[EmailMessage]]
) -> None:
    someone("ann")
    bulletins.send(composed(), by=OPERATOR)
    monkeypatch.setitem(django_settings.HOME.settings, "mail.dkim_selector", "2026")
    if content is not None:
        signing.key_file(home).write_bytes(content)
    with TestCase.captureOnCommitCallbacks(execute=True):
        verbs.send(Farewell(), to=Address.objects.get(), by=Actor.system("news"))  # no page fails for it
    for _ in range(2):
        with pytest.raises(NoMailKey):
            verbs.deliver_due()
    signing.key_file(home).unlink(missing_ok=True)
    signing.make_key(home)
    assert verbs.deliver_due() == 2
    assert all(letter["DKIM-Signature"] for letter in letters())
