"""A person made up for the checks: signs up by the real verbs, and is always erased again.

Every value of theirs holds one token that occurs nowhere else, and their address is in `.invalid`, a domain that
reaches nobody (RFC 2606). One that a crash left behind is swept by the next rehearsal.
"""

import base64
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from upheld import vault
from upheld.accounts import codes
from upheld.accounts import verbs as accounts
from upheld.accounts.models import Account, SignUp
from upheld.accounts.sessions import SessionStore
from upheld.contact import suppressing
from upheld.contact.models import Choice
from upheld.payments.keeping import PROCESSOR
from upheld.policy import force
from upheld.policy.actors import Actor, Case
from upheld.rights.erasure.erasing import erase
from upheld.rights.errors import StillThere
from upheld.rights.models import MadeUp
from upheld.vault import holding
from upheld.vault.keys import ring
from upheld.vault.models import Notice

BY = Actor.system("rehearsal")
PLACE = "rehearsal"  # where its requests come from, for the limits
LEFT_BEHIND = timedelta(minutes=10)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Firefox/1"
NOBODY_OF_US = UUID(int=0)  # no member of staff: the check itself
COUNTRIES = ("DE", "FR", "GB", "JP")  # nothing to recognise anyone by
Sown = dict[tuple[str, UUID, str], str]  # (label, row, field) to value


class NotToday(Exception):
    """The made-up person could not do as people do: {0}."""

    def __init__(self, why: object) -> None:
        super().__init__((self.__doc__ or "").format(why))


@dataclass
class Nobody:
    """The made-up person, and every value that is held about them."""

    subject: UUID
    token: str
    sown: Sown = field(default_factory=dict)

    @property
    def by(self) -> Actor:
        return Actor.person(self.subject)

    def value(self, datum: str, n: int = 0) -> str:
        """A value that holds the token."""
        return f"{self.token}.{n}@{PLACE}.invalid" if datum == "email" else f"{self.token} {datum} {n}"

    def shaped(self, label: str, name: str, datum: str, n: int) -> str:
        """A value in the form that its room reads it in; most rooms read any text."""
        if datum == "country":
            return COUNTRIES[n % len(COUNTRIES)]
        if (label, name) == ("passkey", "credential"):
            return json.dumps({"name": self.value(datum, n), "public_key": self.token, "transports": []})
        if (label, name) == ("attachment", "content"):
            return base64.b64encode(self.value(datum, n).encode()).decode()
        return f"{self.token}{n:04x}" if (label, name) == ("passkey", "credential_id") else self.value(datum, n)


@contextmanager
def somebody_made_up() -> Iterator[Nobody]:
    """Someone who signed up, signed in, and of whom every table that can hold something holds something.

    Raises NotToday when they cannot sign up. Erased at the end, come what may.
    """
    sweep()
    nobody = _sign_up(secrets.token_hex(12))
    try:
        for model in vault.registry():
            _sow(nobody, model)
        yield nobody
    finally:
        with suppress(StillThere):  # the check of erasure says so, and the next rehearsal sweeps
            forget(nobody.subject)
        suppressing.forget(value for (label, _, _), value in nobody.sown.items() if label == "address")


def sweep() -> int:
    """Erase those whom a crash left behind. Returns how many."""
    left = MadeUp.objects.filter(gone_at=None, made_at__lt=timezone.now() - LEFT_BEHIND)
    subjects = list(left.values_list("id", flat=True))
    for subject in subjects:
        forget(subject)
    return len(subjects)


def forget(subject: UUID) -> None:
    for left in holding.standing_ones().filter(subject=subject):  # by a check that was killed
        holding.release(left, by=BY)
    Choice.objects.for_subject(subject).delete()  # nobody's no need not outlive them
    erase(subject, by=Actor.person(subject))
    _take_out_of_the_books(subject)
    MadeUp.objects.filter(id=subject, gone_at=None).update(gone_at=timezone.now())


def _take_out_of_the_books(subject: UUID) -> None:
    """What a law has us keep of people, nobody has us keep of someone who never was."""
    ring.destroy(subject, vault.kept_classes())
    Notice.objects.filter(subject=subject).exclude(recipient=PROCESSOR).delete()  # no carrier was handed anything
    for model in vault.people():
        model._base_manager.filter(subject=subject).delete()


def subjects() -> frozenset[UUID]:
    """Everyone who was ever made up: not to be counted."""
    return frozenset(MadeUp.objects.values_list("id", flat=True))


def _sign_up(token: str) -> Nobody:
    nobody = Nobody(UUID(int=0), token)
    row = accounts.begin_sign_up(
        email=nobody.value("email"), password=nobody.value("password"), by=Actor.visitor(), source=PLACE
    )
    if not isinstance(row, SignUp):
        raise NotToday(row)
    nobody.subject = row.subject
    MadeUp.objects.create(id=row.subject, made_at=timezone.now())
    account = accounts.confirm_sign_up(row, code=_code(row), by=Actor.visitor())
    if not isinstance(account, Account):
        raise NotToday(account)
    session = accounts.start_session(SessionStore(), account, ways=["password"], user_agent=BROWSER)
    nobody.sown[session.label(), session.id, "device"] = "Firefox on Linux"
    address = next(row for row in vault.rows_of(row.subject) if row.label() == "address")
    nobody.sown[address.label(), address.id, "email"] = nobody.value("email")
    nobody.sown[account.label(), account.id, "password"] = ""  # a hash, which is never shown
    return nobody


@transaction.atomic
def _code(row: SignUp) -> str:
    """What the letter would have told: nobody reads the mailbox, so another code is issued here."""
    row = SignUp.objects.select_for_update().get(subject=row.subject, pk=row.pk)
    code = codes.issue(row)
    row.save(update_fields=codes.COLUMNS)
    return code


def _sow(nobody: Nobody, model: type[vault.Personal]) -> None:
    """A row of a model that signing up left empty, with a value in each of its fields."""
    if model._base_manager.filter(subject=nobody.subject).exists():
        return
    row = model(subject=nobody.subject, **{c.name: _filler(c) for c in _columns(model)})
    values = {}
    for n, (name, declared) in enumerate(model.sealed_fields().items(), len(nobody.sown)):
        values[name] = nobody.shaped(model.label(), name, declared.datum, n)
    for source, names in _by_source(model, values).items():
        vault.collect(row, {name: values[name] for name in names}, source=source, by=nobody.by)
    nobody.sown |= {(row.label(), row.id, name): value for name, value in values.items()}


def _by_source(model: type[vault.Personal], values: dict[str, str]) -> dict[str, list[str]]:
    """The fields by the first source that the policy names for each."""
    found: dict[str, list[str]] = {}
    for name in values:
        found.setdefault(force.in_force().data[model.field(name).datum].sources[0], []).append(name)
    return found


def _columns(model: type[vault.Personal]) -> list["models.Field[object, object]"]:
    own = ("id", "subject", "sealed")
    return [c for c in model._meta.concrete_fields if c.name not in own and not c.null and not c.has_default()]


def _filler(column: "models.Field[object, object]") -> object:
    """Something harmless for a column that must have a value."""
    if isinstance(column, models.DateTimeField):
        return timezone.now()
    if isinstance(column, models.BinaryField):
        return secrets.token_bytes(column.max_length or 32)
    if isinstance(column, models.IntegerField):
        return int(time.time())
    if isinstance(column, models.UUIDField):
        return uuid7()
    return ""


def staff(kind: str, id: UUID, subject: UUID) -> Actor:
    """The check itself, in the job that the policy gives such cases to, on this one."""
    return Actor.staff(NOBODY_OF_US, job=force.in_force().job_on(kind) or "", case=Case(kind, id, subject))
