"""Members of staff for tests: one is made with their jobs, signed in at the desk, and put on a case."""

from uuid import UUID

from django.test import Client
from django.utils import timezone

from upheld import crockford
from upheld.cases import taking
from upheld.cases.models import Case
from upheld.policy.actors import Actor
from upheld.staff import sealing, sessions
from upheld.staff.models import Member
from upheld.vault import new_subject


def member(*jobs: str, address: str = "") -> Member:
    """Someone who works here and has enrolled."""
    id, now = new_subject(), timezone.now()
    address = address or f"{id}@staff.example.org"
    return Member.objects.create(
        id=id,
        pseudonym=f"S-{crockford.new(5)}",
        named=sealing.seal({"name": "Staff Canary", "address": address}, member=id, what="named"),
        address_digest=sealing.digest("address", address),
        jobs=list(jobs),
        invited_at=now,
        enrolled_at=now,
    )


def at_the_desk(someone: Member, client: Client | None = None) -> Client:
    """A browser in which they have just signed in."""
    client = client or Client()
    client.cookies[sessions.COOKIE] = sessions.begin(someone, way="passkey").cookie
    return client


def on_case(someone: Member, kind: str, about: UUID) -> tuple[Case, Actor]:
    """They take the case, and act on it."""
    case = taking.take(kind, about, by=someone)
    return case, taking.acts_as(someone, case)
