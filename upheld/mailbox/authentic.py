"""Whether a letter is from the domain that it says it is from: DKIM, SPF and DMARC's alignment (RFC 6376, 7208, 7489).

Either our own mail server said so, in the topmost Authentication-Results header, or we ask DNS ourselves. Nobody
else's word counts: anyone can write a header.
"""

import re
import time
import warnings
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from enum import StrEnum
from functools import cache
from typing import Any, Protocol

import dkim  # type: ignore[import-untyped]  # it has no types
from publicsuffixlist import PublicSuffixList

from upheld.mailbox.headers import one
from upheld.mailbox.results import Result, refuses, results, server

with warnings.catch_warnings(action="ignore"):  # its text has backslashes that newer Pythons warn of
    import spf  # type: ignore[import-untyped]  # it has no types

MOST_SIGNATURES = 5  # that are looked at; each costs a question and a calculation
LONGEST = 15.0  # seconds that DNS may take for one letter in all, but for the question that is under way
SMALLEST_KEY = 1024  # bits, RFC 8301


class Verdict(StrEnum):
    ALIGNED = "aligned"
    NOT = "not"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Authenticity:
    """Whether the sender's domain stands behind the letter. `reason` is a code, such as dkim or no_answer."""

    verdict: Verdict
    reason: str

    def __bool__(self) -> bool:
        return self.verdict is Verdict.ALIGNED


class Resolver(Protocol):
    def __call__(self, name: str, kind: str) -> Sequence[str]:
        """The records of a name, as text; none when there are none. Raises OSError when DNS does not answer."""


@dataclass(frozen=True, slots=True)
class Handed:
    """How SMTP handed the letter over: who connected, and on behalf of whom."""

    ip: str
    mail_from: str
    helo: str


def authenticity(
    raw: bytes, sender: str, *, servers: Collection[str] = (), ask: Resolver | None = None, handed: Handed | None = None
) -> Authenticity:
    """Whether the letter `raw` is from the domain of `sender`, its From address.

    `servers` are the authserv-ids that our own mail server writes; `ask` is how DNS is asked, None when it is not. Of a
    letter that was handed to us by SMTP no header counts: no server of ours has seen it before.
    """
    domain = _ascii(sender.rpartition("@")[2])
    message = BytesHeaderParser(policy=compat32).parsebytes(raw)
    said = None if handed else _said(message, domain, servers)
    if said is not None:
        return said
    if ask is None:
        return Authenticity(Verdict.UNKNOWN, "nobody_asked")
    try:
        return _computed(raw, domain, _until(time.monotonic() + LONGEST, ask), handed)
    except OSError:
        return Authenticity(Verdict.UNKNOWN, "no_answer")


def _said(message: Message, domain: str, servers: Collection[str]) -> Authenticity | None:
    """What our own server said, if the topmost such header is ours."""
    header = one(message, "Authentication-Results")
    if not header or server(header) not in {each.lower() for each in servers}:
        return None
    found = list(results(header))
    for result in found:
        if result.value == "pass" and _stands_for(result, domain):
            return Authenticity(Verdict.ALIGNED, result.method)
    # Without a policy of the domain it says nothing: lists and forwarders break signatures and SPF of honest letters.
    failed = any(result.method == "dmarc" and result.value == "fail" for result in found)
    if failed and refuses(header, is_subdomain=organisation(domain) != domain):
        return Authenticity(Verdict.NOT, "dmarc")
    tried = any(result.method in ("dkim", "spf", "dmarc") and result.value != "none" for result in found)
    return Authenticity(Verdict.UNKNOWN, "not_aligned" if tried else "unsigned")


def _until(end: float, ask: Resolver) -> Resolver:
    """No questions after `end`: whoever is asked answers as slowly, and sends us to as many others, as they like."""

    def asked(name: str, kind: str) -> Sequence[str]:
        if time.monotonic() > end:
            raise OSError("DNS takes too long.")
        return ask(name, kind)

    return asked


def _stands_for(result: Result, domain: str) -> bool:
    names = {"dmarc": ("header.from",), "dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",)}
    found = result.domain(*names.get(result.method, ()))
    if result.method == "dmarc":
        return found == domain
    return result.method in names and aligned(found, domain)


def _computed(raw: bytes, domain: str, ask: Resolver, handed: Handed | None) -> Authenticity:
    policy = _policy(domain, ask)
    signed = _signers(raw, ask)
    if any(aligned(each, domain, strict=policy.get("adkim") == "s") for each in signed):
        return Authenticity(Verdict.ALIGNED, "dkim")
    if handed and _sent_by(handed, ask):
        envelope = _ascii(handed.mail_from.rpartition("@")[2])
        if aligned(envelope, domain, strict=policy.get("aspf") == "s"):
            return Authenticity(Verdict.ALIGNED, "spf")
    if policy.get("p", "none") in ("quarantine", "reject"):
        return Authenticity(Verdict.NOT, "dmarc")
    return Authenticity(Verdict.UNKNOWN, "not_aligned" if signed else "unsigned")


def _policy(domain: str, ask: Resolver) -> dict[str, str]:
    """The DMARC record of the domain, or of the organisation's it belongs to; empty when there is none."""
    for name in dict.fromkeys((domain, organisation(domain))):
        for record in ask(f"_dmarc.{name}", "TXT"):
            if re.match(r"v\s*=\s*DMARC1\s*(?:;|$)", record):
                tags = (tag.partition("=") for tag in record.split(";"))
                return {key.strip().lower(): value.strip().lower() for key, _, value in tags if value}
    return {}


def _signers(raw: bytes, ask: Resolver) -> list[str]:
    """The domains whose signatures hold. One that leaves part of the text unsigned (l=) or uses SHA-1 does not."""

    def text(name: bytes, timeout: int = 5) -> bytes | None:
        found = ask(name.decode("ascii", "replace").rstrip("."), "TXT")
        return found[0].encode() if found else None

    checker = dkim.DKIM(raw, minkey=SMALLEST_KEY)
    there = [value for name, value in checker.headers if name.lower() == b"dkim-signature"]
    holding = []
    for number, value in enumerate(there[:MOST_SIGNATURES]):
        tags = _tags(value)
        if b"l" not in tags and not tags.get(b"a", b"").endswith(b"sha1") and _holds(checker, number, text):
            holding.append(_ascii(checker.domain.decode("ascii", "replace")))
    return holding


def _tags(value: bytes) -> dict[bytes, bytes]:
    parts = (tag.partition(b"=") for tag in value.split(b";"))
    return {name.strip().lower(): told.strip().lower() for name, _, told in parts}


def _holds(checker: Any, number: int, text: Callable[..., bytes | None]) -> bool:
    try:
        return bool(checker.verify(number, dnsfunc=text))
    except OSError:
        raise
    except Exception:
        # A door: dkimpy raises much, and a signature that cannot be read proves nothing.
        return False


class _Query(spf.query):  # type: ignore[misc]  # the library has no types
    """The library's evaluation, over our way to ask. It counts names that lead nowhere itself (RFC 7208, 4.6.4)."""

    ask: Resolver

    def dns(self, name: str, qtype: str, cnames: object = None, ignore_void: bool = False) -> list[Any]:
        found = list(self.ask(str(name).rstrip(".").lower(), qtype)) if name else []
        if not found and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError("too many names lead nowhere")
        if qtype == "MX":
            return [(int(order), host.rstrip(".")) for order, _, host in (each.partition(" ") for each in found)]
        return [(each.encode(),) for each in found] if qtype in ("TXT", "SPF") else found


def _sent_by(handed: Handed, ask: Resolver) -> bool:
    """Whether SPF lets that machine send for that domain."""
    query = _Query(i=handed.ip, s=handed.mail_from, h=handed.helo, timeout=5)
    query.ask = ask
    try:
        return bool(query.check()[0] == "pass")
    except OSError:
        raise
    except Exception:
        # A door: records of strangers are parsed.
        return False


def aligned(found: str, domain: str, *, strict: bool = False) -> bool:
    """Whether two domains are the same, or of the same organisation."""
    if not found or not domain:
        return False
    return found == domain if strict else organisation(found) == organisation(domain)


def organisation(domain: str) -> str:
    """The domain under which an organisation registered, by the Public Suffix List."""
    return str(_suffixes().privatesuffix(domain) or domain)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _ascii(domain: str) -> str:
    domain = domain.strip("<> .").lower()
    try:
        return domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        return domain
