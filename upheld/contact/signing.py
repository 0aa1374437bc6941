"""DKIM (RFC 6376): the sender's domain vouches for a letter, and for the headers by which its news is stopped.

The private key rests in the instance's folder; `upheld letters key` makes it, and `upheld doctor` says what to publish.
"""

import base64
import secrets
from email.message import Message
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path

import dkim  # type: ignore[import-untyped]  # it has no types
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from upheld.contact.errors import NoMailKey
from upheld.home import Home, secret_file
from upheld.policy import force

BITS = 2048
HEADERS = (
    b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"in-reply-to", b"references", b"mime-version",
    b"content-type", b"auto-submitted", b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip


class Signed(EmailMultiAlternatives):
    """A letter that is signed as it is written out, when the setting mail.dkim_selector names a selector."""

    def message(self) -> Message:  # type: ignore[override]  # the stubs are of a later Django
        made = super().message()
        if made.is_multipart():
            made.set_boundary(f"=_{secrets.token_hex(16)}")  # Python's is digits, and may read as a card's number
        selector = settings.HOME.text("mail.dkim_selector")
        if selector:
            del made["DKIM-Signature"]
            made["DKIM-Signature"] = _signature(made.as_bytes(linesep="\r\n"), selector)  # type: ignore[call-arg]  # Django's own takes it
        return made


def sender() -> str:
    return settings.HOME.text("mail.sender") or force.in_force().controller.contact


def domain() -> str:
    """The sender's, as DNS writes it."""
    return parseaddr(sender())[1].rpartition("@")[2].encode("idna").decode()


def key_file(home: Home) -> Path:
    return Path(home.text("mail.dkim_key")) if home.text("mail.dkim_key") else home.folder / "dkim.key"


def make_key(home: Home) -> Path:
    """A new RSA key (PKCS #8, PEM, mode 0600). Raises FileExistsError: a key in use is never replaced."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    secret_file(key_file(home), made.private_bytes(*form))
    return key_file(home)


def ready() -> None:
    """Raises NoMailKey when letters are to be signed and cannot be: before one is taken up, so that none is lost."""
    if settings.HOME.text("mail.dkim_selector"):
        _read(_key(settings.HOME))


def record(home: Home) -> str:
    """What DNS says of the key (RFC 6376, section 3.6.1). Raises NoMailKey."""
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    public = _read(_key(home)).public_key().public_bytes(*form)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def _signature(message: bytes, selector: str) -> str:
    """The header's value, unfolded. What is not there is signed as not there, so that nobody can add it."""
    signed = dkim.sign(
        message, selector.encode(), domain().encode(), _key(settings.HOME),
        canonicalize=(b"relaxed", b"relaxed"), include_headers=list(HEADERS),
    )  # fmt: skip
    return " ".join(signed.decode().partition(":")[2].split())


@lru_cache(maxsize=1)
def _read(pem: bytes) -> rsa.RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except ValueError:
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise NoMailKey(key_file(settings.HOME))
    return key


def _key(home: Home) -> bytes:
    try:
        return key_file(home).read_bytes()
    except FileNotFoundError:
        raise NoMailKey(key_file(home)) from None
