"""One spelling for values that mean the same, so that one person has one account."""

import unicodedata
from contextlib import suppress

import idna


def text(value: str) -> str:
    """Unicode NFKC, case folded (Unicode 3.13, default caseless matching), spaces trimmed and folded."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
    return " ".join(folded.split())


def email(value: str) -> str:
    """The local part as `text`, the domain as its IDNA 2008 A-label (UTS 46 mapping), lower case.

    Stricter than RFC 5321, which lets a host tell upper from lower case in the local part; no host in use does.
    A domain that IDNA refuses is kept as folded text: it can be looked up, and is never found.
    """
    local, at, domain = text(value).rpartition("@")
    with suppress(idna.IDNAError):
        domain = idna.encode(domain, uts46=True).decode()
    return local + at + domain


def normal(datum: str, value: str) -> str:
    return email(value) if datum == "email" else text(value)
