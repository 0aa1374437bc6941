"""Of people who were erased nothing is made anew by a restore, and a restriction or an erasure that stands is whole."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from tests.backups.restored import copy_data, copy_keys, restore
from tests.rights.conftest import Planted, ann, bob
from tests.rights.test_buyers import bought, paid
from tests.vault.test_holding import officer
from upheld import ledger, vault
from upheld.contact import verbs as contact
from upheld.orders.models import Document, Order
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import verbs
from upheld.rights.models import ErasureRequest
from upheld.vault import holding, restricting
from upheld.vault.models import Hold, Restriction

__all__ = ["ann", "bob"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)
US = Actor.system("rights")
TOPIC = "news.specials"


@pytest.mark.parametrize("both", [False, True])
def test_who_was_erased_leaves_the_books_and_nothing_else(both: bool, ann: Planted, tmp_path: Path) -> None:
    order = bought(ann)
    paid(order)
    one = restricting.may_be(force.in_force())[0]
    data, keys = copy_data(), copy_keys()
    restricting.restrict(ann.subject, [one], by=ann.by)
    contact.record_choice(ann.subject, topic=TOPIC, allowed=False, by=ann.by, source="account")
    until = datetime.now(UTC).date() + timedelta(days=9)
    holding.release(
        holding.place(ann.subject, reason="litigation", until=until, by=officer(ann.subject)), by=officer(ann.subject)
    )
    verbs.erase(ann.subject, by=ann.by)
    for _ in range(2):
        done = restore(tmp_path, data=data, keys=keys if both else None)
        assert done.counts["erased"] == 1
        assert set(Order.objects.get(pk=order.pk).held()) == {"name", "country"}
        assert Document.objects.filter(order=order.pk).exists()
        assert not any(model.objects.exists() for model in (ErasureRequest, Hold, Restriction))
        assert vault.is_erased(ann.subject)


def test_a_restriction_ends_on_the_day_that_was_told(ann: Planted, bob: Planted, tmp_path: Path) -> None:
    one, two, *_ = restricting.may_be(force.in_force())
    at = timezone.now() + timedelta(days=3)
    restricting.restrict(ann.subject, [one], by=ann.by)
    restricting.restrict(bob.subject, [one], by=bob.by)
    restricting.end_on(bob.subject, [one], at=at, by=officer(bob.subject))
    data = copy_data()
    restricting.restrict(ann.subject, [two], by=ann.by)
    placed = Restriction.objects.get(subject=ann.subject, purpose=two).placed_at
    restricting.end_on(ann.subject, [one, two], at=at, by=officer(ann.subject))
    restore(tmp_path, data=data)
    assert set(Restriction.objects.values_list("subject", "purpose", "lifts_at")) == {
        (ann.subject, one, at), (ann.subject, two, at), (bob.subject, one, at),
    }  # fmt: skip
    again = Restriction.objects.get(subject=ann.subject, purpose=two).placed_at
    assert abs(again - placed) < timedelta(seconds=1)


def test_an_erasure_knows_again_what_it_stopped_itself(ann: Planted, tmp_path: Path) -> None:
    """And not what the worker stopped because the person asked for that."""
    one, two, *_ = restricting.may_be(force.in_force())
    data = copy_data()
    restricting.restrict(ann.subject, [one], by=US)
    with transaction.atomic():
        facts: dict[str, ledger.Fact] = {"request": f"request:{vault.new_subject()}", "right": "restriction"}
        ledger.append(Act.REQUEST_STEP, by=US, subject=ann.subject, facts=facts | {"state": "fulfilled"})
    with transaction.atomic():
        restricting.restrict(ann.subject, [one, two], by=US)
        facts = {"rows": 3, "kept": 0, "settle": "cancel", "undo": 3}
        ledger.append(Act.SUBJECT_ERASE, by=ann.by, subject=ann.subject, facts=facts)
    restore(tmp_path, data=data)
    assert ErasureRequest.objects.get().restricted == [two]
    assert restricting.restricted(ann.subject) == {one, two}
