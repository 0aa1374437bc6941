"""Which addresses letters are taken for."""

from email.utils import parseaddr

from upheld.contact import signing
from upheld.contact.addresses import read
from upheld.contact.errors import NotAnAddress
from upheld.policy import force


def is_ours(address: str) -> bool:
    """Whether it is the policy's contact address, or the one that our letters are from, to which they come back; or
    either with a + and anything behind its name (RFC 5233)."""
    plain = _plain(address)
    return bool(plain) and plain in (
        _plain(force.in_force().controller.contact),
        _plain(parseaddr(signing.sender())[1]),
    )


def _plain(address: str) -> str:
    """The address in its normal form, without what follows a +. Empty for what is none."""
    try:
        name, _, domain = read(address).rpartition("@")
    except NotAnAddress:
        return ""
    return f"{name.partition('+')[0]}@{domain}".casefold()
