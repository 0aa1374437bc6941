"""What somebody refused to have their data used for, nobody opens them for: no page, no job, no command of ours."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection

from tests.vault.conftest import SYSTEM, Known, known
from upheld import ledger, vault
from upheld.policy import force
from upheld.policy.actors import Actor, Case
from upheld.policy.acts import Act
from upheld.vault import restricting
from upheld.vault.errors import Erased, NotRestrictable, Restricted
from upheld.vault.models import Disclosure, Restriction

pytestmark = pytest.mark.django_db
ORDER = f"order:{UUID(int=7)}"


def test_what_can_be_refused_is_what_uses_something_and_nobody_needs() -> None:
    assert restricting.may_be(force.in_force()) == ("greeting", "fulfilment")


def test_nobody_opens_it_for_what_was_refused(ada: Known) -> None:
    restricting.restrict(ada.row.subject, ["greeting"], by=ada.me)
    clerk = Actor.staff(UUID(int=3), job="support", case=Case("conversation", UUID(int=4), ada.row.subject))
    for by in (SYSTEM, clerk, ada.me):
        with pytest.raises(Restricted, match="refused the use of their data for greeting"):
            vault.open(ada.row, ["email"], by=by, purpose="greeting")
    assert vault.open(ada.row, ["country"], by=SYSTEM, purpose="fulfilment") == {"country": "GB"}
    opened = ledger.Entry.objects.of(ada.row.subject).filter(act=Act.FIELD_OPEN)
    assert {each.facts["purpose"] for each in opened} == {"fulfilment"}


def test_nor_hands_it_over(ada: Known) -> None:
    restricting.restrict(ada.row.subject, ["fulfilment"], by=ada.me)
    with pytest.raises(Restricted):
        vault.disclose(ada.row, ["name", "country"], to="carrier", by=SYSTEM, because=ORDER)
    assert not Disclosure.objects.exists()
    assert not ledger.Entry.objects.filter(act=Act.FIELD_DISCLOSE).exists()


def test_they_themselves_see_correct_and_delete_all_of_it(ada: Known) -> None:
    restricting.restrict(ada.row.subject, ["greeting", "fulfilment"], by=ada.me)
    row = vault.correct(ada.row, {"name": "Countess"}, source="account", by=ada.me)
    assert Known(ada.me, row).values == {"email": "ada@example.org", "name": "Countess", "country": "GB"}
    own = restricting.own_purpose("greeting", subject=ada.row.subject, by=ada.me)
    assert (own, restricting.own_purpose("greeting", subject=ada.row.subject, by=SYSTEM)) == ("access", "greeting")
    vault.remove(ada.row, by=ada.me)


def test_of_many_those_who_did_not_refuse_are_left(ada: Known) -> None:
    eve = known(email="eve@example.org")
    restricting.restrict(ada.row.subject, ["greeting"], by=ada.me)
    rows = [ada.row, eve.row]
    with pytest.raises(Restricted):
        vault.open(rows, ["email"], by=SYSTEM, purpose="greeting")
    left = restricting.without(rows, "greeting")
    assert [each["email"] for each in vault.open(left, ["email"], by=SYSTEM, purpose="greeting")] == ["eve@example.org"]


def test_it_opens_again_once_it_is_lifted(ada: Known) -> None:
    subject = ada.row.subject
    assert restricting.restrict(subject, ["greeting", "fulfilment"], by=ada.me) == {"greeting", "fulfilment"}
    assert restricting.restrict(subject, ["greeting"], by=ada.me) == frozenset()
    assert restricting.lift(subject, ["greeting"], by=ada.me) == {"greeting"}
    assert restricting.lift(subject, ["greeting"], by=ada.me) == frozenset()
    assert restricting.restricted(subject) == {"fulfilment"}
    assert vault.open(ada.row, ["email"], by=SYSTEM, purpose="greeting") == {"email": "ada@example.org"}
    acts = ledger.Entry.objects.of(subject).filter(act__startswith="vault:restriction").order_by("id")
    assert [(each.act, each.facts["purposes"]) for each in acts] == [
        (Act.RESTRICTION_PLACE, ["fulfilment", "greeting"]), (Act.RESTRICTION_LIFT, ["greeting"]),
    ]  # fmt: skip


def test_what_a_person_needs_cannot_be_refused(ada: Known) -> None:
    for purpose in ("access", "correction", "sign_in", "no_such"):
        with pytest.raises(NotRestrictable):
            restricting.restrict(ada.row.subject, [purpose], by=ada.me)
    assert not Restriction.objects.exists()


def test_it_goes_with_the_person(ada: Known) -> None:
    restricting.restrict(ada.row.subject, ["greeting"], by=ada.me)
    vault.shred(ada.row.subject, by=ada.me)
    assert not Restriction.objects.exists()
    with pytest.raises(Erased):
        restricting.restrict(ada.row.subject, ["greeting"], by=ada.me)


def test_asking_costs_one_query_and_none_for_a_right(
    ada: Known, django_assert_num_queries: Callable[..., object]
) -> None:
    rows = [ada.row, *(known(email=f"p{n}@example.org").row for n in range(20))]
    with django_assert_num_queries(1, connection=connection):
        restricting.refuse_restricted([row.subject for row in rows], "greeting")
    with django_assert_num_queries(0, connection=connection):
        restricting.refuse_restricted([row.subject for row in rows], "access")
