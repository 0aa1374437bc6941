"""What comes back about letters."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from tests.contact.test_bulletins import OPERATOR, composed, someone
from upheld import ledger
from upheld.contact import bulletins, returning, verbs
from upheld.contact.models import Address, Choice, Letter
from upheld.contact.returning import BOUNCE, COMPLAINT, Report
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

ID = UUID("019206ac-55ee-7466-b546-c5b83fbcd757")
HEAD = (
    "From: MAILER-DAEMON@mail.example\nTo: hello@webmr.io\nSubject: Returned\nMIME-Version: 1.0\n"
    'Content-Type: multipart/report; report-type={kind}; boundary="b"\n\n'
    "--b\nContent-Type: text/plain\n\nSomething came back about {id}.\n\n"
)
STATUS = (
    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mail.example\n\n"
    "Final-Recipient: rfc822; ada@example.org\nAction: {action}\nStatus: {status}\n\n"
)
FEEDBACK = "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: Some/1.0\nVersion: 1\n\n"
HEADERS = "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{id}@localhost>\nSubject: Hello\n\n--b--\n"
WHOLE = "--b\nContent-Type: message/rfc822\n\nSubject: Hello\nMessage-ID:\n <{id}@localhost>\n\nHello.\n\n--b--\n"


def bounce(id: UUID = ID, status: str = "5.1.1", action: str = "failed", returned: str = WHOLE) -> bytes:
    text = (HEAD + STATUS + returned).format(kind="delivery-status", id=id, status=status, action=action)
    return text.encode()


def complaint(id: UUID = ID) -> bytes:
    return (HEAD + FEEDBACK + HEADERS).format(kind="feedback-report", id=id).encode()


@pytest.mark.parametrize("returned", [WHOLE, HEADERS])
def test_a_bounce_is_read(returned: str) -> None:
    assert returning.read(bounce(returned=returned)) == Report(BOUNCE, ID, "5.1.1")
    assert returning.read(bounce(returned=returned).replace(b"\n", b"\r\n")) == Report(BOUNCE, ID, "5.1.1")


def test_a_complaint_is_read() -> None:
    assert returning.read(complaint()) == Report(COMPLAINT, ID)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: Returned mail\n\n5.1.1 no such user",
        bounce(action="delayed", status="4.4.1"),
        bounce(action="delivered", status="2.0.0"),
        bounce(action="failed", status="nonsense"),
        bounce().replace(b"multipart/report", b"multipart/mixed"),
        bounce().replace(str(ID).encode(), b"somebody-elses"),
        bounce().replace(b"message/delivery-status\n", b"text/plain\n"),
        HEAD.format(kind="delivery-status", id=ID).encode(),
        complaint().replace(b"Message-ID", b"X-Message-ID"),
    ],
)
def test_anything_else_is_no_report(raw: bytes) -> None:
    assert returning.read(raw) is None


@pytest.mark.parametrize(
    ("status", "for_good"), [("5.1.1", True), ("5.1.10", True), ("5.2.1", True), ("5.2.2", False), ("5.7.1", False)]
)
def test_only_an_address_where_nobody_is_is_given_up(status: str, for_good: bool) -> None:
    assert Report(BOUNCE, ID, status).is_for_good is for_good


def take(raw: bytes) -> bool:
    report = returning.read(raw)
    assert report
    return returning.take(report)


@pytest.mark.django_db(transaction=True)
def test_where_nobody_is_no_news_goes_until_the_address_is_shown_to_work() -> None:
    ann = someone("ann")
    letter = Letter.objects.get(bulletin=bulletins.send(composed(), by=OPERATOR).pk)
    assert not take(bounce(letter.pk, status="5.2.2"))
    assert take(bounce(letter.pk))
    assert not take(bounce(letter.pk)), "told twice, it changes nothing"
    assert verbs.deliver_due() == 0
    assert Letter.objects.get().ending == "refused"
    assert bulletins.send(composed(), by=OPERATOR).queued == 0
    entry = ledger.Entry.objects.of(ann).filter(act=Act.ADDRESS_BOUNCE).get()
    assert entry.facts["status"] == "5.1.1"
    verbs.verify_address(Address.objects.get(), by=Actor.person(ann))
    assert bulletins.send(composed(), by=OPERATOR).queued == 1
    assert all(Choice.objects.standing(ann).values()), "a bounce is nobody's choice"


@pytest.mark.django_db(transaction=True)
def test_an_old_letters_bounce_says_nothing_about_an_address_shown_to_work_since() -> None:
    someone("ann")
    letter = Letter.objects.get(bulletin=bulletins.send(composed(), by=OPERATOR).pk)
    Letter.objects.update(at=timezone.now() - timedelta(days=1))
    assert not take(bounce(letter.pk))


@pytest.mark.django_db(transaction=True)
def test_whoever_complains_has_refused_everything() -> None:
    ann, bob = someone("ann"), someone("bob")
    bulletins.send(composed(), by=OPERATOR)
    assert take(complaint(Letter.objects.get(subject=ann).pk))
    assert not any(Choice.objects.standing(ann).values())
    assert set(Choice.objects.sources(ann).values()) == {"complaint"}
    assert all(Choice.objects.standing(bob).values())


@pytest.mark.django_db(transaction=True)
def test_a_report_about_no_letter_of_ours_changes_nothing() -> None:
    someone("ann")
    assert not take(complaint())
    assert not take(bounce())
    assert not Choice.objects.exists()
