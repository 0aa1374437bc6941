"""Letters that people write, as bytes, and the way in for them."""

from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from upheld.mailbox.answering import Outcome
from upheld.mailbox.receiving import receive

Post = Callable[..., Outcome]
US = "hello@webmr.io"


def written(text: str, *, sender: str, subject: str = "", html: str = "", **headers: str) -> bytes:
    """A letter as a mail program sends it, with a Message-ID and a date of its own."""
    message = EmailMessage()
    message["From"], message["To"] = sender, US
    message["Date"] = format_datetime(timezone.now())
    message["Message-ID"] = make_msgid(domain="mail.example")
    if subject:
        message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def reply(text: str, to: EmailMessage, *, sender: str, **headers: str) -> bytes:
    """As mail programs do it: the subject with Re:, and the whole letter quoted."""
    body = to.get_body(("plain",))
    quoted = "\n".join(f"> {line}" for line in body.get_content().splitlines()) if body else ""
    text = f"{text}\n\nOn Mon, 23 Nov 2026 at 10:12, {US} wrote:\n{quoted}\n"
    answered = {"In_Reply_To": str(to["Message-ID"])} | headers
    return written(text, sender=sender, subject=f"Re: {to['Subject']}", **answered)


def poster(capture: DjangoCaptureOnCommitCallbacks) -> Post:
    """Hands letters in; what we answer leaves at once."""

    def post(raw: bytes, **how: object) -> Outcome:
        with capture(execute=True):
            return receive(raw, way="test", **how)  # type: ignore[arg-type]  # as the tests give it

    return post
