"""What the site answers to someone outside: real connections to the address that it is served on."""

import http.client
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import product

from cryptography import x509
from django.conf import settings
from django.http import HttpResponse

from upheld.policy import Promise
from upheld.policy.checks import Finding, check
from upheld.web.basket import Basket

SECONDS = 5.0
SOON = timedelta(days=7)
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what to ask of a server that listens on these
NOT_SERVED = Finding(None, "the site is not being served, so there is nothing to look at: upheld serve")
OLD = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2)
FORMS = ("/sign-up/", "/order/", "/sandbox/v1/tokens")  # where an address, a card or a password is typed
COOKIE = ("secure", "httponly", "path=/", "samesite=")


@check(
    Promise.SEALED_IN_TRANSIT,
    how="The served site is spoken to: TLS 1.3 must answer and TLS 1.2 be refused; plain http must answer nothing but "
    "a redirect, at the forms and where a card's number is sent; HSTS must be set, and every cookie be __Host-, "
    "Secure, HttpOnly and SameSite.",
)
def sealed_in_transit() -> Finding:
    if not _answers():
        return NOT_SERVED
    wrong = [*_old_versions(), *_plain_http(), *_cookies_and_hsts()]
    return Finding(not wrong, "TLS 1.3 only, plain http redirected, cookies sealed to this host", tuple(wrong))


@check(
    Promise.LOCK_ICON,
    how="The certificate of the served site is checked as a browser would, against the local authority in tls/root.pem "
    "or the system's, and must hold for another week. That a browser shows a secure context is tested at each release.",
)
def lock_icon() -> Finding:
    if not _answers():
        return NOT_SERVED
    try:
        with _connected(_trusting()) as secure:
            leaf = x509.load_der_x509_certificate(secure.getpeercert(binary_form=True) or b"")
    except ssl.SSLError as error:
        return Finding(False, "the certificate is not trusted", (error.reason or "handshake failed",))
    last = leaf.not_valid_after_utc
    left = last - datetime.now(UTC)
    return Finding(left > SOON, f"the certificate holds until {last:%Y-%m-%d}")


def _address() -> tuple[str, int]:
    host = settings.HOME.text("host")
    return ANYWHERE.get(host, host), settings.HOME.number("port")


def _answers() -> bool:
    try:
        socket.create_connection(_address(), timeout=SECONDS).close()
    except OSError:
        return False
    return True


def _trusting() -> ssl.SSLContext:
    """As a browser that imported the local authority, if there is one."""
    context = ssl.create_default_context()
    root = settings.HOME.tls / "root.pem"
    if root.exists():
        context.load_verify_locations(root)
    return context


def _blind(newest: ssl.TLSVersion) -> ssl.SSLContext:
    """Whoever is there: to see which version they would speak."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, newest
    return context


@contextmanager
def _connected(context: ssl.SSLContext) -> Iterator[ssl.SSLSocket]:
    with (
        socket.create_connection(_address(), timeout=SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=settings.HOME.host) as secure,
    ):
        yield secure


def _old_versions() -> Iterator[str]:
    try:
        with _connected(_blind(OLD[-1])) as secure:
            yield f"{secure.version()} is spoken"
    except OSError:  # refused, as it should be; ssl's errors are OSErrors
        return


def _plain_http() -> Iterator[str]:
    for method, path in product(("GET", "POST"), FORMS):
        plain = http.client.HTTPConnection(_address()[0], settings.HOME.redirect_port, timeout=SECONDS)
        try:
            plain.request(method, path, headers={"Host": settings.HOME.host})
            answer = plain.getresponse()
        except ConnectionRefusedError:
            return  # the port was taken when the site was started: then plain http has no answer at all
        finally:
            plain.close()
        location = answer.headers.get("Location", "")
        if answer.status != http.HTTPStatus.PERMANENT_REDIRECT or not location.startswith(settings.HOME.site):
            yield f"plain http answers {method} {path} with {answer.status}"


def _cookies_and_hsts() -> Iterator[str]:
    secure = http.client.HTTPSConnection(*_address(), timeout=SECONDS, context=_blind(ssl.TLSVersion.TLSv1_3))
    try:
        secure.request("GET", "/sign-up/", headers={"Host": settings.HOME.host})
        answer = secure.getresponse()
    finally:
        secure.close()
    if "max-age=" not in answer.headers.get("Strict-Transport-Security", ""):
        yield "Strict-Transport-Security is not set"
    cookies = answer.headers.get_all("Set-Cookie") or []
    if not cookies:
        yield "the form at /sign-up/ sets no cookie against forgery"
    for cookie in (*cookies, *_basket()):
        name, lower = cookie.partition("=")[0], cookie.lower()
        if not name.startswith("__Host-") or not all(part in lower for part in COOKIE):
            yield f"the cookie {name} is not sealed to this host"


def _basket() -> list[str]:
    """The one that is set once something is put into the basket."""
    return [cookie.OutputString() for cookie in Basket.new().keep(HttpResponse()).cookies.values()]
