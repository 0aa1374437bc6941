"""What the plain twin does, turn by turn, under the names that `benchmarks.upheld` has for it."""

from collections.abc import Callable, Iterator
from itertools import count
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import transaction
from django.test.utils import setup_test_environment
from django.utils import timezone
from uuid_utils.compat import uuid7

from benchmarks.twin.models import Account, Address, forget
from benchmarks.twin.views import held_about
from benchmarks.visitor import PASSWORD, Visitor, address, known, someone, visitor

Turns = Iterator[Callable[[], object]]
BATCH = 1_000
_numbers = count()


def begin() -> None:
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    setup_test_environment()
    settings.EMAIL_BACKEND = "upheld.contact.outbox.Outbox"  # letters are files here too


def populate(size: int) -> Turns:
    encoded = make_password(PASSWORD)
    while Address.objects.count() < size:
        many = min(BATCH, size - Address.objects.count())
        yield lambda many=many: _come(many, encoded)


@transaction.atomic
def _come(many: int, encoded: str) -> None:
    subjects, now = [uuid7() for _ in range(many)], timezone.now()
    Address.objects.bulk_create(
        [Address(subject=s, email=address(next(_numbers)), verified_at=now) for s in subjects], batch_size=500
    )
    Account.objects.bulk_create([Account(id=s, password=encoded, created_at=now) for s in subjects], batch_size=500)
    known.extend(subjects)


def people(times: int) -> list[float]:
    """How many people there are."""
    return [float(Address.objects.count())] * times


def _email(subject: UUID) -> str:
    return Address.objects.get(subject=subject).email


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
        yield lambda: [row.email for row in Address.objects.order_by("id")[:1000]]


def correct(times: int) -> Turns:
    for _ in range(times):
        row = Address.objects.get(subject=someone())
        row.email = address(next(_numbers))
        yield row.save


def see(times: int) -> Turns:
    for _ in range(times):
        subject = someone()
        yield lambda s=subject: held_about(s)


def erase(times: int) -> Turns:
    for _ in range(times):
        subject = someone()
        yield lambda s=subject: transaction.atomic(forget)(s)
