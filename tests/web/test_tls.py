"""The certificate that the site shows, and the authority behind it."""

import os
import ssl
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from upheld.home import Home
from upheld.web import tls

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Callable[..., Home]:
    """The same folder again and again, with the site of one's choice."""

    def at(site: str = "") -> Home:
        home = Home(tmp_path)
        home.make_folders()
        home.toml.write_text(f'site = "{site}"\n')
        return home

    return at


def test_the_site_is_vouched_for_by_its_own_authority(place: Callable[..., Home]) -> None:
    home = place("https://customers.example")
    files = tls.ensure(home, now=NOW)
    root = tls.read_certificate(home.tls / "root.pem")
    builder = PolicyBuilder().store(Store([root])).time(NOW)
    builder.build_server_verifier(x509.DNSName("customers.example")).verify(files.leaf(), [])
    builder.build_server_verifier(x509.DNSName("localhost")).verify(files.leaf(), [])
    with pytest.raises(VerificationError):
        builder.build_server_verifier(x509.DNSName("other.example")).verify(files.leaf(), [])
    assert files.leaf().not_valid_after_utc - files.leaf().not_valid_before_utc <= timedelta(days=90)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.certificate, files.key)


def test_the_authority_can_vouch_for_nothing_else(place: Callable[..., Home]) -> None:
    home = place()
    tls.ensure(home, now=NOW)
    root = tls.read_certificate(home.tls / "root.pem")
    key = serialization.load_pem_private_key((home.tls / "root.key").read_bytes(), None)
    stolen, _ = tls._make_leaf(root, key, ["bank.example"], NOW)  # type: ignore[arg-type]  # it is ECDSA
    verifier = PolicyBuilder().store(Store([root])).time(NOW).build_server_verifier(x509.DNSName("bank.example"))
    with pytest.raises(VerificationError, match="name"):
        verifier.verify(stolen, [])
    constraints = root.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    basic = root.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (basic.ca, basic.path_length) == (True, 0)


def test_keys_are_their_owners_alone(place: Callable[..., Home]) -> None:
    home = place()
    tls.ensure(home, now=NOW)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.tls.iterdir()}
    assert modes == {"root.pem": 0o644, "root.key": 0o600, "local.pem": 0o600}


@pytest.mark.parametrize(("days", "renewed"), [(0, False), (59, False), (61, True), (400, True)])
def test_it_is_renewed_when_a_third_of_its_life_is_left(place: Callable[..., Home], days: int, renewed: bool) -> None:
    first = tls.ensure(place(), now=NOW)
    state, leaf = first.state(), first.leaf()
    again = tls.ensure(place(), now=NOW + timedelta(days=days))
    assert (again.leaf() != leaf) is renewed
    assert (again.state() != state) is renewed


@pytest.mark.parametrize("gone", [["local.pem"], ["root.pem"], ["root.pem", "local.pem"]])
def test_a_crash_at_any_line_is_mended_by_the_next_start(place: Callable[..., Home], gone: list[str]) -> None:
    tls.ensure(place(), now=NOW)
    for name in gone:
        os.unlink(place().tls / name)
    files = tls.ensure(place(), now=NOW)
    root = tls.read_certificate(place().tls / "root.pem")
    verifier = PolicyBuilder().store(Store([root])).time(NOW).build_server_verifier(x509.DNSName("localhost"))
    verifier.verify(files.leaf(), [])


def test_another_site_needs_another_authority(place: Callable[..., Home]) -> None:
    tls.ensure(place(), now=NOW)
    with pytest.raises(tls.NotPermitted, match=r"may not vouch for customers\.example"):
        tls.ensure(place("https://customers.example"), now=NOW)


def test_the_authoritys_key_may_be_taken_away_until_it_is_needed(place: Callable[..., Home]) -> None:
    first = tls.ensure(place(), now=NOW).leaf()
    (place().tls / "root.key").unlink()
    assert tls.ensure(place(), now=NOW).leaf() == first
    with pytest.raises(tls.RootWithoutKey):
        tls.ensure(place(), now=NOW + timedelta(days=61))


def test_an_owners_certificate_is_used_and_nothing_is_made(place: Callable[..., Home], tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    other.make_folders()
    theirs = tls.ensure(other, now=NOW).certificate.read_bytes()
    home = place()
    (home.tls / "site.pem").write_bytes(theirs)
    (home.tls / "site.key").write_bytes(theirs)
    assert tls.ensure(home, now=NOW) == tls.Files(home.tls / "site.pem", home.tls / "site.key")
    assert {path.name for path in home.tls.iterdir()} == {"site.pem", "site.key"}
    with pytest.raises(tls.Expired, match="expired on 2027-02-21"):
        tls.ensure(home, now=NOW + timedelta(days=91))
    (home.tls / "site.key").write_bytes((other.tls / "root.key").read_bytes())
    with pytest.raises(tls.WrongKey):
        tls.ensure(home, now=NOW)
    (home.tls / "site.key").write_bytes(b"nonsense")
    with pytest.raises(tls.Unreadable):
        tls.ensure(home, now=NOW)


def test_a_site_may_be_an_address_or_a_name_in_any_script(place: Callable[..., Home], tmp_path: Path) -> None:
    assert tls.names_of(place("https://192.0.2.7:8443"))[0] == "192.0.2.7"
    assert tls.names_of(place("https://bücher.example"))[0] == "xn--bcher-kva.example"
    tls.ensure(place("https://bücher.example"), now=NOW)
