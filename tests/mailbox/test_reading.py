"""Any bytes are a letter or a refusal, at once."""

import io
import random
import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.mailbox import Letter, Refused, read
from upheld.mailbox.letter import Reason
from upheld.mailbox.reading import LARGEST

SECONDS = 20  # on a busy machine; a quiet one takes less than two


def plain(text: str = "Hello", *headers: str) -> bytes:
    lines = ["From: Ann <ann@example.org>", "To: hello@example.com", *headers, "", text]
    return "\r\n".join(lines).encode()


def letter(raw: bytes) -> Letter:
    found = read(raw)
    assert isinstance(found, Letter), found
    return found


def reason(raw: bytes) -> Reason:
    found = read(raw)
    assert isinstance(found, Refused)
    assert found.sentence.endswith(".")
    return found.reason


def composed(html: str = "", text: str = "") -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = "ann@example.org"
    if text:
        message.set_content(text)
    if html:
        (message.add_alternative if text else message.set_content)(html, subtype="html")
    return message


def test_a_plain_letter_is_read() -> None:
    found = letter(plain("Delete me", "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Message-ID: <1@example.org>"))
    assert (found.sender, found.subject, found.text) == ("ann@example.org", "Grüße", "Delete me")
    assert (found.message_id, found.to, found.automatic) == ("<1@example.org>", ("hello@example.com",), "")


def test_only_from_says_whom_it_is_from() -> None:
    found = letter(plain("x", "Reply-To: eve@example.net", "Sender: eve@example.net", "Cc: eve@example.net"))
    assert found.sender == "ann@example.org"


def test_nothing_of_a_letter_is_in_its_repr() -> None:
    assert "ann" not in repr(letter(plain("secret", "Subject: secret")))
    assert "secret" not in repr(letter(plain("secret", "Subject: secret")))


def test_html_is_cleaned_to_text() -> None:
    raw = composed(html="<style>p{}</style><p>Please <b>delete</b> my account<script>alert(1)</script></p>").as_bytes()
    assert letter(raw).text == "Please delete my account"


def test_a_quotation_in_html_is_set_apart() -> None:
    html = "<div>Yes please</div><div class='gmail_quote'><blockquote>Delete my account</blockquote></div>"
    assert letter(composed(html=html).as_bytes()).text == "Yes please"


def test_plain_text_comes_before_html() -> None:
    assert letter(composed("<p>two</p>", "one").as_bytes()).text == "one"


@pytest.mark.parametrize(
    "quoted",
    [
        "On Mon, 3 May 2026 at 10:11, Shop <shop@example.com> wrote:\n> stop",
        "Am 03.05.2026 um 10:11 schrieb Shop <shop@example.com>:\nstop",
        "Le lun. 3 mai 2026 à 10:11, Shop <shop@example.com> a écrit :\nstop",
        "El lun, 3 may 2026 a las 10:11, Shop (<shop@example.com>) escribió:\nstop",
        "-----Original Message-----\nFrom: Shop\nSent: Monday\nSubject: x\n\nstop",
        "Von: Shop <shop@example.com>\nGesendet: Montag, 3. Mai 2026\nAn: Ann\nBetreff: x\n\nstop",
        "> stop\n> stop",
    ],
)
def test_what_others_wrote_is_set_apart(quoted: str) -> None:
    found = letter(plain(f"My own words.\n\n{quoted}\n"))
    assert found.text == "My own words."
    assert "stop" in found.quoted


@pytest.mark.parametrize("foot", ["-- \nAnn\nHead of Deletion", "Sent from my iPhone", "Von meinem iPhone gesendet"])
def test_a_signature_is_set_apart(foot: str) -> None:
    found = letter(plain(f"My own words.\n\n{foot}"))
    assert (found.text, found.signature) == ("My own words.", foot)


def test_an_attachment_has_a_digest_and_no_name() -> None:
    message = composed(text="See the file")
    message.add_attachment(b"\x01\x02", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    [found] = letter(message.as_bytes()).attachments
    assert (found.size, found.content, len(found.digest)) == (2, b"\x01\x02", 64)
    assert "winmail" not in repr(found)


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("iso-8859-1", "Gr\xfc\xdfe".encode("latin-1"), "Grüße"),
        ("utf-8", "Gr\xfc\xdfe".encode("latin-1"), "Grüße"),
        ("no-such-charset", "Grüße".encode(), "Grüße"),
        ("shift_jis", "こんにちは".encode("shift_jis"), "こんにちは"),
        ("zip", b"Hello", "Hello"),
        ("idna", b"Hello", "Hello"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
    ],
)
def test_a_wrong_charset_is_survived(charset: str, body: bytes, text: str) -> None:
    head = f"From: a@example.org\r\nContent-Type: text/plain; charset={charset}\r\n\r\n".encode()
    assert letter(head + body).text == text


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", Reason.GARBAGE),
        (b"\x00\x01\x02" * 99, Reason.GARBAGE),
        (b"\x89PNG\r\n\x1a\n", Reason.GARBAGE),
        (b"Subject: x\r\n\r\nhello", Reason.NO_FROM),
        (b"From: \r\n\r\nhello", Reason.NO_FROM),
        (b"From: a@example.org\r\nFrom: b@example.org\r\n\r\nx", Reason.SEVERAL_FROM),
        (b"From: a@example.org, b@example.org\r\n\r\nx", Reason.SEVERAL_FROM),
        (b"From: ann@example.org <eve@example.net>\r\n\r\nx", Reason.UNCLEAR_FROM),
        (b"From: <ann@example.org> <eve@example.net>\r\n\r\nx", Reason.UNCLEAR_FROM),
        ("From: \uff41nn@example.org\r\n\r\nx".encode(), Reason.UNCLEAR_FROM),
        ("From: ann@\uff45xample.org\r\n\r\nx".encode(), Reason.UNCLEAR_FROM),
        (b"From: nobody\r\n\r\nx", Reason.UNCLEAR_FROM),
        (b"From: =?utf-8?q?Ann=0D=0ABcc:_x?= <a@example.org>\r\n\r\nx", Reason.HEADER_INJECTION),
        (b"From: a@example.org\r\nSubject: =?utf-8?q?x=0D=0ABcc:_y?=\r\n\r\nx", Reason.HEADER_INJECTION),
        (b"From: a\0@example.org\r\n\r\nx", Reason.HEADER_INJECTION),
        (b"From: a@example.org\r\n" + b"X: y\r\n" * 60_000 + b"\r\nx", Reason.HEADERS_TOO_LONG),
    ],
)
def test_what_cannot_be_trusted_is_refused(raw: bytes, why: Reason) -> None:
    assert reason(raw) is why


def test_a_name_that_is_quoted_may_hold_anything() -> None:
    assert letter(b'From: "ann@example.org" <eve@example.net>\r\n\r\nx').sender == "eve@example.net"


def nested(depth: int) -> bytes:
    lines = [b"From: a@example.org", b"MIME-Version: 1.0"]
    for n in range(depth):
        lines += [b"Content-Type: multipart/mixed; boundary=b%d" % n, b"", b"--b%d" % n]
    return b"\r\n".join([*lines, b"", b"x"])


@pytest.mark.parametrize(
    ("name", "raw", "why"),
    [
        ("nested a thousand deep", nested(1000), Reason.TOO_DEEP),
        ("nested a little too deep", nested(14), Reason.TOO_DEEP),
        (
            "letters in letters",
            b"From: a@example.org\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 999,
            Reason.TOO_DEEP,
        ),
        ("50 MB", b"From: a@example.org\r\n\r\n" + b"x" * (50 * 2**20), Reason.TOO_LARGE),
        ("empty lines", b"From: a@example.org\r\n\r\n" + b"\n" * (20 * 2**20), Reason.TOO_MANY_LINES),
        (
            "parts",
            b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 5000,
            Reason.TOO_MANY_PARTS,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_a_bomb_is_refused_at_once(name: str, raw: bytes, why: Reason) -> None:
    began = time.monotonic()
    assert reason(raw) is why
    assert time.monotonic() - began < SECONDS


@pytest.mark.parametrize(
    "body",
    ["<div>" * 200_000, "<b><i>" * 50_000, "<" * 400_000, "&" * 400_000, "<table><tr><td>" * 30_000],
    ids=["divs", "formats", "brackets", "ampersands", "tables"],
)
def test_html_made_to_be_slow_is_not(body: str) -> None:
    began = time.monotonic()
    read(b"From: a@example.org\r\nContent-Type: text/html\r\n\r\n" + body.encode())
    assert time.monotonic() - began < SECONDS


@pytest.mark.parametrize("line", ["> " * 50_000, "wrote: " * 30_000, "_" * 200_000, "a," * 100_000, "e mail" * 30_000])
def test_text_made_to_be_slow_is_not(line: str) -> None:
    began = time.monotonic()
    read(plain(line))
    read(plain("x", "Subject: " + line))
    assert time.monotonic() - began < SECONDS


def test_a_stream_is_read_no_further_than_it_may_be_long() -> None:
    stream = io.BytesIO(b"From: a@example.org\r\n\r\n" + b"x" * (50 * 2**20))
    assert isinstance(read(stream), Refused)
    assert stream.tell() == LARGEST + 1


@given(st.binary(max_size=2000))
def test_any_bytes_have_an_answer(raw: bytes) -> None:
    assert isinstance(read(raw), Letter | Refused)


@given(st.integers())
def test_any_letter_that_was_damaged_has_an_answer(seed: int) -> None:
    message = composed("<p>Bonjour, <b>é</b></p>", "Grüße =?utf-8?b?w7w=?=")
    message["Subject"] = "Löschung"
    message["Date"] = "Mon, 3 May 2026 10:11:12 +0200"
    message.add_attachment(b"\x01\x02" * 20, maintype="application", subtype="octet-stream", filename="ü.bin")
    raw, chance = bytearray(message.as_bytes()), random.Random(seed)  # noqa: S311 - where to damage it, nothing secret
    for _ in range(chance.randrange(1, 30)):
        at = chance.randrange(len(raw))
        raw[at : at + chance.randrange(3)] = chance.choice(
            [b"\0", b"\r\n", b"=?", b"\xff", b";", b'"', b"<", b"--", b""]
        )
    assert isinstance(read(bytes(raw)), Letter | Refused)
