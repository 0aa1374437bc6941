"""Who is close to a member, by their own declaration: cases about them are for somebody else. What is kept of an
address is a keyed digest; it is read back nowhere."""

from typing import cast
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import ledger
from upheld.cases import noticing
from upheld.cases.errors import ReasonNeeded
from upheld.cases.models import Case, Relation
from upheld.contact.addresses import read
from upheld.orders.models import Order
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.staff import acting, sealing
from upheld.staff.models import Member
from upheld.vault import index
from upheld.vault.models import Lookup

KINDS = {"own": "My own", "colleague": "A colleague's", "relative": "A relative's or friend's"}
DATUM = "email"


@transaction.atomic
def declare(member: Member, *, address: str, kind: str) -> Relation:
    """Whoever is reached at this address is close to the member, whose open cases about them wait again. Safe to
    repeat. Raises NotAnAddress, ReasonNeeded."""
    if kind not in KINDS:
        raise ReasonNeeded(", ".join(KINDS))
    actor = acting.as_staff(member)
    require(Act.RELATION_DECLARE, by=actor)
    relation, is_new = Relation.objects.get_or_create(
        member=member.pk, digest=_digest(address), defaults={"kind": kind, "declared_at": timezone.now()}
    )
    if is_new:
        facts: dict[str, ledger.Fact] = {"kind": kind, "relation": str(relation.pk)}
        ledger.append(Act.RELATION_DECLARE, by=actor, facts=facts)
    _leave_to_others(member)
    return relation


@transaction.atomic
def withdraw(relation: Relation, *, by: Member) -> None:
    """It was declared by mistake, or is over; the privacy officer hears of it. Safe to repeat."""
    actor = acting.as_staff(by)
    require(Act.RELATION_DECLARE, by=actor)
    if Relation.objects.filter(pk=relation.pk, member=by.pk).delete()[0]:
        facts: dict[str, ledger.Fact] = {"relation": str(relation.pk), "withdrawn": True}
        ledger.append(Act.RELATION_DECLARE, by=actor, facts=facts)
        noticing.report("too_close", member=by.pk, figure=f"withdrew a declaration ({relation.kind})")


def is_close(member: Member, subject: UUID) -> bool:
    """Whether an address of this person's is the member's own or one that they declared."""
    return not _near(member).isdisjoint(_addresses(subject))


def are_close(one: Member, other: Member) -> bool:
    """Whether one of two members declared the other."""
    return _own(one) in _declared(other) or _own(other) in _declared(one)


def _leave_to_others(member: Member) -> None:
    from upheld.cases import taking  # which asks here who is close

    near = _near(member)
    for case in Case.objects.open().filter(taken_by=member.pk).order_by("id"):
        if not near.isdisjoint(_addresses(case.subject)):
            taking.take_back(case, ending="handed_back")


def _near(member: Member) -> set[bytes]:
    return _declared(member) | {_own(member)}


def _declared(member: Member) -> set[bytes]:
    return {bytes(each) for each in Relation.objects.filter(member=member.pk).values_list("digest", flat=True)}


def _own(member: Member) -> bytes:
    return _digest(sealing.unseal(bytes(member.named), member=member.pk, what="named")["address"])


def _addresses(subject: UUID) -> set[bytes]:
    """Of the person, and of orders that they made with another one."""
    held = Lookup.objects.filter(subject=subject, field__endswith=f".{DATUM}").values_list("digest", flat=True)
    given = Order.objects.filter(subject=subject, email_digest__isnull=False).values_list("email_digest", flat=True)
    return {bytes(cast(bytes, each)) for each in (*held, *given)}


def _digest(address: str) -> bytes:
    return index.digest(DATUM, read(address))
