"""The check upholds what holds, and sees trouble that nobody was told of."""

from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from upheld import ledger, vault
from upheld.orders import promises
from upheld.orders.models import Trouble
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = Actor.system("orders")


@pytest.fixture
def subject() -> UUID:
    return vault.new_subject()


def in_trouble(subject: UUID) -> Trouble:
    now = timezone.now()
    return Trouble.objects.create(subject=subject, order=uuid7(), kind="declined", found_at=now, ends_at=now)


def note(trouble: Trouble) -> None:
    with transaction.atomic():
        facts: dict[str, ledger.Fact] = {"row": trouble.reference, "kind": trouble.kind}
        ledger.append(Act.ORDER_TROUBLE, by=SHOP, subject=trouble.subject, facts=facts)


def write(subject: UUID, *, kind: str = "order_in_trouble", purpose: str = "order_trouble") -> None:
    with transaction.atomic():
        facts: dict[str, ledger.Fact] = {"kind": kind, "purpose": purpose, "letter": f"letter:{uuid7()}"}
        ledger.append(Act.LETTER_SEND, by=SHOP, subject=subject, facts=facts)


def test_trouble_that_was_written_of_upholds_it(subject: UUID) -> None:
    assert promises.told().upheld
    for _ in range(2):
        note(in_trouble(subject))
        write(subject)
    finding = promises.told()
    assert finding.upheld
    assert finding.figure == "2 troubles with orders, each written of"


def test_trouble_without_an_entry_breaks_it(subject: UUID) -> None:
    trouble = in_trouble(subject)
    write(subject)
    assert promises.told().details == (f"{trouble.reference} has no entry in the ledger",)


def test_trouble_of_which_nobody_heard_breaks_it(subject: UUID) -> None:
    write(subject)  # of something before
    trouble = in_trouble(subject)
    note(trouble)
    write(vault.new_subject())
    write(subject, kind="order_placed", purpose="billing")
    finding = promises.told()
    assert finding.upheld is False
    assert finding.details == (f"{trouble.reference} was written of to nobody",)


def test_a_dispute_is_written_of_in_words_of_its_own(subject: UUID) -> None:
    trouble = in_trouble(subject)
    Trouble.objects.update(kind="dispute")
    trouble.refresh_from_db()
    note(trouble)
    write(subject, kind="order_in_trouble")
    assert promises.told().upheld is False  # a letter of a declined card says nothing of it
    write(subject, kind="order_disputed")
    assert promises.told().upheld
