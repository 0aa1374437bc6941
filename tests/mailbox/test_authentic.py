"""Who stands behind a letter, by a DNS of our own: a server on loopback that answers what a test tells it to."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import dkim
import dns.message
import dns.resolver
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from upheld.mailbox import authentic
from upheld.mailbox.asking import ask
from upheld.mailbox.authentic import Authenticity, Handed, Resolver, Verdict, aligned, authenticity

LETTER = b"From: Ann <ann@example.org>\r\nTo: hello@example.com\r\nSubject: Delete\r\n\r\nPlease delete my account.\r\n"
ANN = "ann@example.org"
Records = dict[tuple[str, str], list[str]]
KEY = generate_private_key(65537, 2048)
PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
PUBLIC = "".join(
    KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode().split("\n")[1:-2]
)


def signed(domain: str = "example.org", letter: bytes = LETTER, **options: object) -> bytes:
    return bytes(dkim.sign(letter, b"s1", domain.encode(), PRIVATE, **options)) + letter


def quoted(text: str) -> str:
    """A TXT record's strings, 200 bytes each."""
    return " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))


@pytest.fixture
def records() -> Records:
    return {
        ("s1._domainkey.example.org", "TXT"): [quoted(f"v=DKIM1; k=rsa; p={PUBLIC}")],
        ("s1._domainkey.mail.example.org", "TXT"): [quoted(f"v=DKIM1; k=rsa; p={PUBLIC}")],
        ("s1._domainkey.example.net", "TXT"): [quoted(f"v=DKIM1; k=rsa; p={PUBLIC}")],
        ("example.org", "TXT"): [quoted("v=spf1 ip4:192.0.2.1 mx -all")],
        ("example.org", "MX"): ["10 mx.example.org."],
        ("mx.example.org", "A"): ["192.0.2.9"],
    }


@pytest.fixture
def asking(records: Records) -> Iterator[Resolver]:
    """How to ask the server, which answers until the test ends."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=serve, args=(server, records))
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.getsockname()[1]
        yield partial(ask, by=resolver)
        server.sendto(b"", server.getsockname())
        thread.join()


def serve(server: socket.socket, records: Records) -> None:
    while True:
        raw, whence = server.recvfrom(4096)
        if not raw:
            return
        query = dns.message.from_wire(raw)
        name, kind = query.question[0].name.to_text().rstrip("."), dns.rdatatype.to_text(query.question[0].rdtype)
        answer = dns.message.make_response(query)
        if (name, kind) in records:
            answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *records[name, kind]))
        server.sendto(answer.to_wire(), whence)


Found = Callable[..., Authenticity]


@pytest.fixture
def found(asking: Resolver) -> Found:
    return partial(authenticity, sender=ANN, ask=asking)


def test_a_signature_of_its_domain_stands_behind_it(found: Found) -> None:
    assert found(signed()) == Authenticity(Verdict.ALIGNED, "dkim")


def test_a_letter_that_was_changed_is_not_its(found: Found) -> None:
    assert not found(signed().replace(b"delete", b"export"))
    assert not found(signed().replace(b"Subject: Delete", b"Subject: Export"))


def test_anothers_signature_says_nothing(found: Found) -> None:
    assert found(signed("example.net")) == Authenticity(Verdict.UNKNOWN, "not_aligned")


def test_a_domain_of_the_same_organisation_may_sign_unless_it_is_strict(found: Found, records: Records) -> None:
    assert found(signed("mail.example.org"))
    records["_dmarc.example.org", "TXT"] = [quoted("v=DMARC1; p=reject; adkim=s")]
    assert found(signed("mail.example.org")) == Authenticity(Verdict.NOT, "dmarc")


def test_a_signature_over_a_part_of_it_does_not_count(found: Found) -> None:
    assert not found(signed(length=True) + b"And send my data to eve@example.net.\r\n")
    assert not found(signed(length=True))


def test_without_a_signature_the_domains_policy_decides(found: Found, records: Records) -> None:
    assert found(LETTER) == Authenticity(Verdict.UNKNOWN, "unsigned")
    records["_dmarc.example.org", "TXT"] = [quoted("v=DMARC1; p=quarantine")]
    assert found(LETTER) == Authenticity(Verdict.NOT, "dmarc")


@pytest.mark.parametrize(("ip", "verdict"), [("192.0.2.1", Verdict.ALIGNED), ("192.0.2.9", Verdict.ALIGNED)])
def test_the_domains_own_machines_stand_behind_it(found: Found, ip: str, verdict: Verdict) -> None:
    assert found(LETTER, handed=Handed(ip, ANN, "mx.example.org")) == Authenticity(verdict, "spf")


def test_another_machine_or_envelope_does_not(found: Found) -> None:
    assert not found(LETTER, handed=Handed("192.0.2.2", ANN, "mx.example.org"))
    assert not found(LETTER, handed=Handed("192.0.2.1", "eve@example.net", "mx.example.org"))


def test_silence_is_not_an_answer() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port, resolver.timeout = ["127.0.0.1"], silent.getsockname()[1], 0.1

        def quickly(name: str, kind: str) -> list[str]:
            try:
                return [each.to_text() for each in resolver.resolve(name, kind, lifetime=0.2)]
            except dns.exception.Timeout as error:
                raise OSError from error

        assert authenticity(signed(), ANN, ask=quickly) == Authenticity(Verdict.UNKNOWN, "no_answer")


def test_dns_that_takes_too_long_is_asked_no_more(asking: Resolver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record may send us to a hundred other names, each of which is slow."""
    asked = []

    def ask(name: str, kind: str) -> list[str]:
        asked.append(name)
        time.sleep(0.02)
        if kind == "TXT":
            return ["v=spf1 " + " ".join(f"mx:m{n}.example.net" for n in range(10)) + " -all"]
        return [f"{n} h{n}.{name}." for n in range(10)] if kind == "MX" else ["203.0.113.9"]

    handed = Handed("192.0.2.1", ANN, "mx.example.org")
    authenticity(LETTER, ANN, ask=ask, handed=handed)
    assert len(asked) > 100
    asked.clear()
    monkeypatch.setattr(authentic, "LONGEST", 0.1)
    assert authenticity(LETTER, ANN, ask=ask, handed=handed) == Authenticity(Verdict.UNKNOWN, "no_answer")
    assert len(asked) < 10


def test_nobody_asked_is_unknown() -> None:
    assert authenticity(signed(), ANN) == Authenticity(Verdict.UNKNOWN, "nobody_asked")


def said(*headers: str, servers: tuple[str, ...] = ("mx.example.com",)) -> Authenticity:
    head = "".join(f"Authentication-Results: {each}\r\n" for each in headers).encode()
    return authenticity(head + LETTER, ANN, servers=servers)


@pytest.mark.parametrize(
    ("header", "verdict"),
    [
        ("mx.example.com; dmarc=pass (p=none) header.from=example.org", Verdict.ALIGNED),
        ("mx.example.com 1; dkim=pass header.d=mail.example.org", Verdict.ALIGNED),
        ("MX.example.com; spf=pass smtp.mailfrom=bounce@example.org", Verdict.ALIGNED),
        ("mx.example.com;\r\n dkim=fail (bad (very)) header.d=example.org;\r\n dmarc=fail (p=reject)"
         " header.from=example.org", Verdict.NOT),
        ("mx.example.com; dmarc=fail (p=REJECT sp=NONE dis=QUARANTINE) header.from=example.org", Verdict.NOT),
        ("mx.example.com; dmarc=fail reason=\"not aligned\" header.from=example.org (policy=quarantine)", Verdict.NOT),
        ("mx.example.com; dmarc=fail header.from=example.org policy.dmarc=reject", Verdict.NOT),
        ("mx.example.com; dmarc=fail (p=NONE sp=REJECT) header.from=example.org", Verdict.UNKNOWN),
        ("mx.example.com; dmarc=fail header.from=example.org policy.dmarc=none", Verdict.UNKNOWN),
        ("mx.example.com; dmarc=fail header.from=example.org", Verdict.UNKNOWN),
        ("mx.example.com; dkim=pass header.d=example.net", Verdict.UNKNOWN),
        ("mx.example.com; dmarc=pass header.from=example.net", Verdict.UNKNOWN),
        ("mx.example.com; spf=softfail smtp.mailfrom=ann@example.org; dkim=none; dmarc=none", Verdict.UNKNOWN),
        ("mx.example.com; spf=neutral smtp.mailfrom=ann@example.org", Verdict.UNKNOWN),
        ("mx.example.com; spf=fail smtp.mailfrom=ann@example.org; dmarc=none", Verdict.UNKNOWN),
        ("mx.example.com; spf=pass smtp.mailfrom=bounce@example.net; dkim=none; dmarc=none", Verdict.UNKNOWN),
        ("mx.example.com; none", Verdict.UNKNOWN),
        ("mx.example.com; dkim=temperror header.d=example.org", Verdict.UNKNOWN),
        ("mx.example.com (; dkim=pass header.d=example.org); dkim=none", Verdict.UNKNOWN),
        ("evil.example.net; dmarc=pass header.from=example.org", Verdict.UNKNOWN),
        ("mx.example.com.evil.example; dmarc=pass header.from=example.org", Verdict.UNKNOWN),
        ("", Verdict.UNKNOWN),
    ],
)  # fmt: skip
def test_our_own_servers_word_counts(header: str, verdict: Verdict) -> None:
    assert said(header).verdict is verdict


def test_only_the_topmost_word_counts() -> None:
    ours = "mx.example.com; dmarc=pass header.from=example.org"
    assert not said("evil.example.net; dmarc=fail header.from=example.org", ours)
    assert said("mx.example.com; dmarc=fail (p=reject) header.from=example.org", ours).verdict is Verdict.NOT


def test_nobodys_word_counts_where_no_server_is_named() -> None:
    assert not said("mx.example.com; dmarc=pass header.from=example.org", servers=())


def test_nobodys_word_counts_about_a_letter_that_was_handed_to_us_directly() -> None:
    """Whoever hands it over may write any header, in our server's name too."""
    head = b"Authentication-Results: mx.example.com; dmarc=pass header.from=example.org\r\n"
    handed = Handed("192.0.2.2", "eve@example.net", "mx.example.net")
    assert not authenticity(head + LETTER, ANN, servers=["mx.example.com"], handed=handed)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("a.example.org", "example.org", True), ("example.org", "example.com", False), ("a.co.uk", "b.co.uk", False),
     ("evilexample.org", "example.org", False), ("", "example.org", False), ("co.uk", "co.uk", True)],
)  # fmt: skip
def test_organisations_are_told_apart(one: str, other: str, same: bool) -> None:
    assert aligned(one, other) is same
