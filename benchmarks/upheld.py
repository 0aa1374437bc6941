"""What Upheld does, turn by turn. Each function yields what is timed; preparing it is not."""

from collections.abc import Callable, Iterator
from itertools import count
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from django.test.utils import setup_test_environment
from django.utils import timezone

from benchmarks.mailing import choose as choose
from benchmarks.mailing import deliver as deliver
from benchmarks.mailing import deliver_unchecked as deliver_unchecked
from benchmarks.visitor import PASSWORD, Visitor, address, known, someone, visitor
from upheld import ledger, vault
from upheld.accounts import passwords
from upheld.accounts.models import Account
from upheld.contact.models import Address
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import verbs as rights
from upheld.vault import envelope
from upheld.vault.envelope import Origin, Place

Turns = Iterator[Callable[[], object]]
BATCH = 1_000
SYSTEM = Actor.system("benchmark")
KEY = AESGCM(AESGCM.generate_key(256))
PLACE = Place("address", vault.new_subject(), vault.new_subject())
_numbers = count()


def begin() -> None:
    setup_test_environment()
    settings.EMAIL_BACKEND = "upheld.contact.outbox.Outbox"
    known.extend(Address.objects.order_by("id").values_list("subject", flat=True))


def populate(size: int) -> Turns:
    """Grow to `size` people, through the vault's own way for many at once."""
    encoded = passwords.hashed(PASSWORD)
    while Address.objects.count() < size:
        many = min(BATCH, size - Address.objects.count())
        yield lambda many=many: _come(many, encoded)
    yield ledger.sequence


def _come(many: int, encoded: str) -> None:
    subjects, now = [vault.new_subject() for _ in range(many)], timezone.now()
    numbers = [next(_numbers) for _ in subjects]
    with transaction.atomic():
        vault.collect_many(
            [
                (Address(subject=s, verified_at=now), {"email": address(n)})
                for s, n in zip(subjects, numbers, strict=True)
            ],
            source="sign_up",
            by=SYSTEM,
        )
        vault.collect_many(
            [(Account(id=s, subject=s, created_at=now), {"password": encoded}) for s in subjects],
            source="sign_up",
            by=SYSTEM,
        )
    known.extend(subjects)


def _email(subject: UUID) -> str:
    row = Address.objects.get(subject=subject)
    return vault.open(row, ["email"], by=Actor.person(subject), purpose="access")["email"] or ""


def _signed_in(subject: UUID) -> Visitor:
    client = visitor()
    client.send("/sign-in/", {"email": _email(subject), "password": PASSWORD}, expect=302)
    return client


def sign_in_page(times: int) -> Turns:
    for _ in range(times):
        client, email = visitor(), _email(someone())
        yield lambda c=client, e=email: c.send("/sign-in/", {"email": e, "password": PASSWORD}, expect=302)


def account_page(times: int) -> Turns:
    client = _signed_in(someone())
    for _ in range(times):
        yield lambda: client.fetch("/account/")


def data_page(times: int) -> Turns:
    for _ in range(times):
        client = _signed_in(someone())
        yield lambda c=client: c.fetch("/account/data/")


def erase_page(times: int) -> Turns:
    for _ in range(times):
        client = _signed_in(someone())
        yield lambda c=client: c.send("/account/delete/", {"password": PASSWORD}, expect=200)


def open_one(times: int) -> Turns:
    for _ in range(times):
        subject = someone()
        yield lambda s=subject: _email(s)


def open_thousand(times: int) -> Turns:
    for _ in range(times):
        yield lambda: vault.open(list(Address.objects.order_by("id")[:1000]), ["email"], by=SYSTEM, purpose="security")


def correct(times: int) -> Turns:
    for _ in range(times):
        subject = someone()
        row = Address.objects.get(subject=subject)
        values = {"email": address(next(_numbers))}
        yield lambda r=row, v=values: vault.correct(r, v, source="account", by=Actor.person(r.subject))


def see(times: int) -> Turns:
    for _ in range(times):
        subject = someone()
        yield lambda s=subject: rights.see(s, by=Actor.person(s))


def erase(times: int) -> Turns:
    for _ in range(times):
        subject = someone()
        yield lambda s=subject: rights.erase(s, by=Actor.person(s))


def seal(times: int) -> Turns:
    for _ in range(times):
        yield _seal


def unseal(times: int) -> Turns:
    sealed = _seal()
    for _ in range(times):
        yield lambda: envelope.unseal(sealed, place=PLACE, key=KEY)


def _seal() -> envelope.Envelope:
    origins = {"email": Origin("sign_up", 1_700_000_000)}
    return envelope.seal({"email": address(0)}, origins, place=PLACE, retention="account", key=KEY)


def append(times: int) -> Turns:
    for _ in range(times):
        yield _append


@transaction.atomic
def _append() -> None:
    ledger.append(Act.KEYS_ROTATE, by=SYSTEM, facts={"version": 1})


def skip(times: int) -> list[float]:
    """Leave so many people to other processes."""
    for _ in range(times):
        someone()
    return []


def sequence(times: int) -> Turns:
    for _ in range(times):
        yield ledger.sequence


def people(times: int) -> list[float]:
    """How many people there are."""
    return [float(Address.objects.count())] * times


def entries(times: int) -> list[float]:
    """How many entries are in the log, once it is in order."""
    ledger.sequence()
    return [float(ledger.Entry.objects.count())] * times


def verify(times: int) -> Turns:
    for _ in range(times):
        yield _verify


def _verify() -> None:
    found = ledger.verify()
    assert found.ok, found.problem
