"""The certificate that the site shows: the owner's own, or one from a local authority made on first run.

In `UPHELD_HOME/tls/`:

    site.pem, site.key   the owner's certificate (with its chain) and key; when both are there, nothing else is used
    root.pem             the local authority's certificate, which a browser imports to trust this site
    root.key             its key, mode 0600
    local.pem            the site's certificate from the local authority, and its key, mode 0600

The authority can vouch for this site and loopback only: its certificate says so in critical name constraints
(RFC 5280, section 4.2.1.10), so whoever imports it trusts it for nothing else, even after a theft of `root.key`.
"""

import ipaddress
import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from upheld.home import Home, secret_file

ROOT_LIFE = timedelta(days=3652)
LEAF_LIFE = timedelta(days=90)
EARLY = timedelta(hours=1)  # a certificate holds from a little before now, for clocks that are behind
LOOPBACK = ("localhost", "127.0.0.1", "::1")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class TlsError(Exception):
    """The site has no certificate that it could show."""

    def __init__(self, *parts: object) -> None:
        super().__init__((self.__doc__ or "").format(*parts))


class Expired(TlsError):
    """The certificate in {0} expired on {1:%Y-%m-%d}: put a new one there, then run upheld serve."""


class NotPermitted(TlsError):
    """The authority in {0} may not vouch for {1}: put a certificate of your own in tls/site.pem and tls/site.key, \
or remove tls/root.pem and tls/root.key to have a new authority made."""


class RootWithoutKey(TlsError):
    """{0} is there without root.key, so the site's certificate cannot be renewed: put the key back, or remove \
root.pem to have a new authority made."""


class Unreadable(TlsError):
    """{0} cannot be read as a certificate or key: put it back, or remove it."""


class WrongKey(TlsError):
    """{0} is not the key of the certificate in {1}."""


@dataclass(frozen=True, slots=True)
class Files:
    """The certificate (with its chain) and the key, as a server takes them: they may be one file."""

    certificate: Path
    key: Path

    def leaf(self) -> x509.Certificate:
        return read_certificate(self.certificate)

    def state(self) -> tuple[tuple[int, int], ...]:
        """Changes when either file is replaced."""
        return tuple((stat.st_ino, stat.st_mtime_ns) for stat in (self.certificate.stat(), self.key.stat()))


def ensure(home: Home, *, now: datetime | None = None) -> Files:
    """The files to serve with, made or renewed when that is due. Safe to repeat, and after a crash at any line.

    Raises TlsError, whose text says what to do.
    """
    now = now or datetime.now(UTC)
    own = Files(home.tls / "site.pem", home.tls / "site.key")
    if own.certificate.exists() and own.key.exists():
        _check_own(own, now)
        return own
    names = names_of(home)
    local = home.tls / "local.pem"
    root, root_key = _root(home.tls, names, now)
    if not _is_good(local, root, names, now):
        if root_key is None:
            raise RootWithoutKey(home.tls / "root.pem")
        _permit(home.tls / "root.pem", root, names)
        _write(local, *_make_leaf(root, root_key, names, now))
    return Files(local, local)


def context(home: Home) -> ssl.SSLContext:
    """What a server of ours shows, other than the site's own: TLS 1.2 or newer. Raises TlsError."""
    files = ensure(home)
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(files.certificate, files.key)
    return made


def names_of(home: Home) -> tuple[str, ...]:
    """Every name under which the site answers: loopback's, and the host of its public address."""
    return tuple(dict.fromkeys((home.host, *LOOPBACK)))


def read_certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        raise Unreadable(path) from None


def _check_own(files: Files, now: datetime) -> None:
    leaf = files.leaf()
    if leaf.not_valid_after_utc <= now:
        raise Expired(files.certificate, leaf.not_valid_after_utc)
    if leaf.public_key() != _read_key(files.key).public_key():
        raise WrongKey(files.key, files.certificate)


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The root's key is ECDSA; an owner's may be of any kind, which only needs comparing."""
    try:
        return serialization.load_pem_private_key(path.read_bytes(), None)  # type: ignore[return-value]  # see above
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        raise Unreadable(path) from None


def _root(
    folder: Path, names: Sequence[str], now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey | None]:
    """The authority. The key is written first: a crash in between leaves a key for which a certificate is made."""
    certificate, key = folder / "root.pem", folder / "root.key"
    if not key.exists():
        if certificate.exists():
            return read_certificate(certificate), None
        secret_file(key, _pem(ec.generate_private_key(ec.SECP256R1())))
    private = _read_key(key)
    if not certificate.exists():
        _write(certificate, _make_root(private, names, now), mode=0o644)
    root = read_certificate(certificate)
    if root.public_key() != private.public_key():
        raise WrongKey(key, certificate)
    return root, private


def _make_root(key: ec.EllipticCurvePrivateKey, names: Sequence[str], now: datetime) -> x509.Certificate:
    mark = x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest.hex()[:8]  # tells instances apart
    title = f"{names[0][:40]} local authority {mark}"
    name = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Upheld"), x509.NameAttribute(NameOID.COMMON_NAME, title)]
    )
    return (
        _builder(name, name, key.public_key(), now, ROOT_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.NameConstraints([_subtree(each) for each in names], None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _make_leaf(
    root: x509.Certificate, root_key: ec.EllipticCurvePrivateKey, names: Sequence[str], now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Upheld")])
    leaf = (
        _builder(name, root.subject, key.public_key(), now, LEAF_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general(each) for each in names]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    return leaf, key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLY)
        .not_valid_after(now - EARLY + life)
    )


def _is_good(local: Path, root: x509.Certificate, names: Sequence[str], now: datetime) -> bool:
    """Whether the certificate is there, this authority's, for these names, with a third of its life left."""
    if not local.exists():
        return False
    leaf = read_certificate(local)
    given = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    if set(given) != {_general(each) for each in names}:
        return False
    if leaf.not_valid_after_utc - now < LEAF_LIFE / 3:
        return False
    verifier = PolicyBuilder().store(Store([root])).time(now).build_server_verifier(x509.DNSName("localhost"))
    try:
        verifier.verify(leaf, [])
    except VerificationError:
        return False
    return True


def _permit(path: Path, root: x509.Certificate, names: Sequence[str]) -> None:
    permitted = root.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    for name in names:
        if _subtree(name) not in permitted:
            raise NotPermitted(path, name)


def _address(name: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _general(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.IPAddress(address) if address else x509.DNSName(name)


def _subtree(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.IPAddress(ipaddress.ip_network(address)) if address else x509.DNSName(name)


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(
    path: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey | None = None, *, mode: int = 0o600
) -> None:
    """Certificate and key in one step, so that no crash leaves one without the other."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    secret_file(fresh, certificate.public_bytes(serialization.Encoding.PEM) + (_pem(key) if key else b""))
    os.chmod(fresh, mode)
    fresh.replace(path)
