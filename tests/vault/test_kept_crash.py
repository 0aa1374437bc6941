"""Placing a hold and refusing a use are killed before each step: each is on record and in force, or neither is."""

import pytest

from tests.crash import kill_at_each_step
from tests.embedding.shop.models import Customer
from tests.vault.conftest import SYSTEM
from tests.vault.test_crash import known, told
from tests.vault.test_holding import LATER, officer
from upheld import ledger, vault
from upheld.policy.acts import Act
from upheld.vault import holding, restricting
from upheld.vault.errors import OnHold, Restricted
from upheld.vault.models import Hold, Restriction


def hold_her() -> None:
    subject, _ = told()
    holding.place(subject, reason="claim", until=LATER, by=officer(subject))


def it_stands_or_was_never_placed() -> None:
    subject, me = told()
    entries = ledger.Entry.objects.of(subject).filter(act=Act.HOLD_PLACE).count()
    assert Hold.objects.count() == entries <= 1
    if not entries:
        hold_her()
    with pytest.raises(OnHold):
        vault.shred(subject, by=me)


def test_placing_survives_a_crash_anywhere() -> None:
    assert kill_at_each_step(hold_her, before=known, check=it_stands_or_was_never_placed) > 1


def refuse_it() -> None:
    subject, me = told()
    restricting.restrict(subject, ["billing"], by=me)


def it_is_refused_or_nothing_was_said() -> None:
    subject, _ = told()
    said = ledger.Entry.objects.of(subject).filter(act=Act.RESTRICTION_PLACE)
    assert said.count() == Restriction.objects.count() <= 1
    refuse_it()
    with pytest.raises(Restricted):
        vault.open(Customer.objects.get(subject=subject), ["email"], by=SYSTEM, purpose="billing")
    assert said.count() == 1


def test_refusing_survives_a_crash_anywhere() -> None:
    assert kill_at_each_step(refuse_it, before=known, check=it_is_refused_or_nothing_was_said) > 1
