"""A person with something in every store, planted through the vault."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from django.utils import timezone

from upheld import vault
from upheld.accounts.models import Account, Session
from upheld.contact import verbs as contact
from upheld.contact.models import Address
from upheld.policy.actors import Actor


@dataclass(frozen=True)
class Planted:
    subject: UUID
    values: dict[str, str]

    @property
    def by(self) -> Actor:
        return Actor.person(self.subject)


def plant(values: dict[str, str], *, topic: str = "news.specials") -> Planted:
    subject = vault.new_subject()
    by, now = Actor.person(subject), timezone.now()
    address = contact.add_address(subject, email=values["email"], source="sign_up", by=by)
    contact.verify_address(address, by=by)
    vault.collect(
        Account(id=subject, subject=subject, created_at=now), {"password": values["password"]}, source="sign_up", by=by
    )
    session = Session(subject=subject, digest=subject.bytes * 2, data="{}", created_at=now, expires_at=now)
    vault.collect(session, {"device": values["device"]}, source="account", by=by)
    contact.record_choice(subject, topic=topic, allowed=False, by=by, source="account")
    return Planted(subject, values)


@pytest.fixture
def ann(transactional_db: None) -> Planted:
    return plant({"email": "ann.canary@example.org", "password": "canary-hash-of-ann", "device": "Canary on Ann"})


@pytest.fixture
def bob(transactional_db: None) -> Planted:
    return plant({"email": "bob.canary@example.org", "password": "canary-hash-of-bob", "device": "Canary on Bob"})


@pytest.fixture
def address(ann: Planted) -> Address:
    return Address.objects.get(subject=ann.subject)
