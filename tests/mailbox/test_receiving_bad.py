"""Whatever comes in gets an outcome, and what is not a plain letter changes nothing."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from django import conf
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from tests.canaries import Canaries, scan
from tests.mailbox.post import Post, reply, written
from tests.people import Person
from upheld import ledger
from upheld.contact.models import Address
from upheld.conversations.models import Conversation
from upheld.home import Home
from upheld.mailbox import receiving
from upheld.mailbox.answering import CONVERSATION, IGNORED, REFUSED, REQUESTED, Outcome
from upheld.mailbox.authentic import Handed
from upheld.mailbox.models import Taken
from upheld.policy.acts import Act
from upheld.rights.models import Request

Sent = Callable[[], list[EmailMessage]]
DELETE = b"Please delete all my data.\n"
HEAD = b"From: ann@example.org\nTo: hello@webmr.io\nSubject: Hello\n"


def nested(depth: int) -> bytes:
    raw = HEAD + b"MIME-Version: 1.0\n"
    for n in range(depth):
        raw += b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n)
    return raw + b"Content-Type: text/plain\n\n" + DELETE


BAD = {
    "garbage": b"hello",
    "too_large": HEAD + b"\n" + b"x" * (50 * 2**20),
    "too_many_lines": HEAD + b"\n" + b"\n" * 1_200_000,
    "headers_too_long": HEAD + b"X: " + b"y" * 400_000 + b"\n\n" + DELETE,
    "too_deep": nested(60),
    "too_deep_report": nested(3000).replace(b"multipart/mixed", b"multipart/report"),
    "no_from": b"To: hello@webmr.io\n\n" + DELETE,
    "several_from": b"From: ann@example.org, eve@example.net\n\n" + DELETE,
    "unclear_from": b"From: ann@ex\xd0\xb0mple.org <eve@example.net>\n\n" + DELETE,
    "header_injection": b"From: =?utf-8?q?Ann=0D=0ABcc=3A_eve=40example=2Enet?= <ann@example.org>\n\n" + DELETE,
}


@pytest.mark.parametrize("reason", BAD)
def test_what_is_no_letter_is_refused_and_changes_nothing(letters: Sent, post: Post, reason: str) -> None:
    entries = ledger.Entry.objects.count()
    outcome = post(BAD[reason])
    assert (outcome.outcome, outcome.reason) == (REFUSED, reason.removesuffix("_report"))
    assert ledger.Entry.objects.count() == entries + 1
    assert (Request.objects.count(), Conversation.objects.count(), Address.objects.count()) == (0, 0, 0)
    assert letters() == []


def test_a_line_break_in_a_subject_is_refused(letters: Sent, post: Post) -> None:
    raw = b"From: ann@example.org\nSubject: =?utf-8?q?Hello=0ABcc=3A_eve=40example=2Enet?=\n\n" + DELETE
    assert post(raw).reason == "header_injection"


def test_an_odd_message_id_is_not_answered_to(person: Person, letters: Sent, post: Post) -> None:
    raw = b"From: %s\nMessage-ID: <a\xc3\xa9 b@c>\n\n%s" % (person.email.encode(), DELETE)
    assert post(raw).outcome == REQUESTED
    assert letters()[-1]["In-Reply-To"] is None


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str | int], None]:
    """Set one of the instance's settings: `setting("mail.dns", 1)`."""
    return lambda name, value: monkeypatch.setitem(conf.settings.HOME.settings, name, value)


def test_a_domain_that_does_not_stand_behind_a_letter_gets_nothing(
    person: Person, letters: Sent, post: Post, setting: Callable[[str, str], None]
) -> None:
    setting("mail.authserv", "mx.other.example mx.webmr.io")
    sent = len(letters())
    said = "mx.webmr.io; dmarc={} (p=reject) header.from=example.org"
    raw = written("Please delete all my data.", sender=person.email, Authentication_Results=said.format("fail"))
    assert (post(raw).outcome, post(raw).reason) == (REFUSED, "forged")
    assert len(letters()) == sent
    raw = written("Please delete all my data.", sender=person.email, Authentication_Results=said.format("pass"))
    assert post(raw).outcome == REQUESTED


def test_dns_is_asked_when_the_settings_say_so_and_never_in_a_transaction(
    person: Person, post: Post, setting: Callable[[str, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, outside = [], len(connection.savepoint_ids)

    def ask(name: str, kind: str) -> list[str]:
        assert len(connection.savepoint_ids) == outside
        asked.append(name)
        return ["v=DMARC1; p=reject"] if name.startswith("_dmarc.") else []

    monkeypatch.setattr(receiving, "ask", ask)
    handed = Handed("192.0.2.1", "eve@example.net", "mail.example.net")
    assert post(written("unsubscribe", sender=person.email), handed=handed).outcome == REQUESTED
    assert asked == []
    setting("mail.dns", 1)
    assert post(written("unsubscribe", sender=person.email), handed=handed).reason == "forged"
    assert "_dmarc.example.org" in asked


def test_a_letter_full_of_codes_costs_no_more_than_another(
    letters: Sent, post: Post, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    codes = "".join(f"> [{number:010}]\n" for number in range(20_000))
    with django_assert_max_num_queries(150):
        assert post(written(f"Hello\n\n{codes}", sender="ann@example.org")).outcome == CONVERSATION


@pytest.mark.parametrize("header", ["List_Id", "List_Unsubscribe"])
def test_a_list_is_ignored(letters: Sent, post: Post, header: str) -> None:
    raw = written("Please delete all my data.", sender="ann@example.org", **{header: "<https://list.example>"})
    assert (post(raw).outcome, post(raw).reason) == (IGNORED, "list")
    assert letters() == []


PARTS = st.sampled_from(
    [
        HEAD, DELETE, b"From: ", b"Subject: ", b"Message-ID: <a@b>\n", b"References: <x@y>\n", b"\n\n", b"\r\n", b"\0",
        b"Content-Type: multipart/mixed; boundary=b\n", b"--b\n", b"--b--\n", b"Content-Transfer-Encoding: base64\n",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n", b"charset=utf-7", b"\xff\xfe",
        b"=?utf-8?b?/w==?=", b"\xed\xa0\x80", b"Auto-Submitted: auto-replied\n", b"Re: [C-7K3Q9XMT]\n", b"[K7QF2M9X4T]",
        b"> yes\n", b"yes\n", "löschen Sie alles\n".encode(),
    ]
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=300), st.lists(PARTS, max_size=14).map(b"".join)))
@example(b"")
@example(HEAD + b"\n" + "\ud800".encode("utf-8", "surrogatepass"))
def test_any_bytes_get_an_outcome(post: Post, raw: bytes) -> None:
    with rolled_back():
        outcome = post(raw)
        assert isinstance(outcome, Outcome)
        assert outcome.outcome in (CONVERSATION, IGNORED, REFUSED, REQUESTED)
        assert Taken.objects.count() == 1
        assert post(raw) == outcome


class rolled_back:  # noqa: N801 - reads as a word
    """Each example begins where the one before it began."""

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *error: object) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)


@pytest.fixture
def canary_letters(transactional_db: None, person: Person, letters: Sent, post: Post, canaries: Canaries) -> Canaries:
    """Every kind of letter once, each with words that occur nowhere else."""
    sender = f"{canaries['name']} <{person.email}>"
    for wish in ("Please delete all my data.", "unsubscribe", "Please correct my name.", "You sold my address!", "Hi."):
        post(written(f"{wish}\n\n{canaries['message']}", sender=sender, subject=canaries["title"]))
    post(reply(canaries["message"], letters()[-1], sender=sender))
    post(written(canaries["message"], sender=canaries["email"].replace("canary", "canary.two")))
    post(written(canaries["message"], sender=canaries["email"], Auto_Submitted="auto-replied"))
    return canaries


def test_nothing_of_a_letter_is_in_clear_anywhere(
    home: Home, canary_letters: Canaries, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    told = [value for name, value in canary_letters.values.items() if name != "email"]
    assert scan(home.folder, told) == []
    assert scan(home.folder, [canary_letters["email"]], skip=[home.letters]) == []
    for value in canary_letters.values.values():
        assert value not in caplog.text + "".join(capfd.readouterr())
    entries = ledger.Entry.objects.filter(act=Act.MAIL_TAKE)
    assert not any(value.encode() in bytes(e.body) for e in entries for value in canary_letters.values.values())
