"""While a hold stands nothing of somebody is let go, whoever asks; it ends by itself, and then everything goes on."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.accounts.test_at_once import at_once
from tests.embedding.shop.models import Customer
from tests.vault.conftest import Known, known
from upheld import ledger, vault
from upheld.policy import Refused
from upheld.policy.actors import Actor, Case
from upheld.policy.acts import Act
from upheld.vault import holding, locking
from upheld.vault.errors import Erased, NoEvidence, OnHold, Past
from upheld.vault.keys.models import DataKey, Erasure
from upheld.vault.models import Hold

pytestmark = pytest.mark.django_db(transaction=True)
LATER = holding.today() + timedelta(days=30)


def officer(subject: UUID) -> Actor:
    return Actor.staff(UUID(int=3), job="support", case=Case("conversation", UUID(int=4), subject))


def placed(someone: Known) -> Hold:
    return holding.place(someone.row.subject, reason="litigation", until=LATER, by=officer(someone.row.subject))


def is_whole(someone: Known) -> bool:
    if vault.is_erased(someone.row.subject):
        return False
    someone.row.refresh_from_db()
    return someone.values == {"email": "ada@example.org", "name": "Ada", "country": "GB"}


def test_nothing_goes_while_it_stands_and_everything_after(ada: Known) -> None:
    subject = ada.row.subject
    hold = placed(ada)
    for let_go in (
        lambda: vault.shred(subject, by=ada.me),
        lambda: vault.shred_if(subject, lambda: True, by=ada.me, because="over"),
        lambda: vault.remove(ada.row, by=ada.me),
    ):
        with pytest.raises(OnHold):
            let_go()
    assert vault.expire_due(today=LATER.replace(year=LATER.year + 20)) == 0
    assert not Erasure.objects.exists()
    assert is_whole(ada)
    holding.release(hold, by=officer(subject))
    vault.shred(subject, by=ada.me)
    assert not DataKey.objects.filter(subject=subject).exclude(retention="books").exists()


def test_retention_goes_on_for_everybody_else(ada: Known) -> None:
    placed(ada)
    eve = known(email="eve@example.org")
    assert vault.expire_due(today=LATER.replace(year=LATER.year + 20)) == 1
    eve.row.refresh_from_db()
    assert eve.values["country"] is None
    assert is_whole(ada)


def test_what_is_held_is_still_seen_and_corrected(ada: Known) -> None:
    placed(ada)
    row = vault.correct(ada.row, {"name": "Countess"}, source="account", by=ada.me)
    assert Known(ada.me, row).values["name"] == "Countess"


def test_what_the_program_tidies_up_is_not_held(ada: Known) -> None:
    placed(ada)
    vault.remove(ada.row, by=Actor.system("orders"))
    assert not Customer.objects.exists()


def test_it_ends_with_its_last_day(ada: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    hold = placed(ada)
    monkeypatch.setattr(holding, "today", lambda: LATER)
    assert (holding.standing(ada.row.subject), holding.release_over()) == (hold, 0)
    monkeypatch.setattr(holding, "today", lambda: LATER + timedelta(days=1))
    assert holding.standing(ada.row.subject) is None
    assert (holding.release_over(), holding.release_over()) == (1, 0)
    vault.shred(ada.row.subject, by=ada.me)


def test_the_one_that_ends_last_counts(ada: Known) -> None:
    first, by = placed(ada), officer(ada.row.subject)
    last = holding.place(ada.row.subject, reason="claim", until=LATER + timedelta(days=1), by=by)
    assert holding.standing(ada.row.subject) == last
    holding.release(last, by=by)
    assert holding.standing(ada.row.subject) == first


def test_the_record_says_all_that_the_row_does(ada: Known) -> None:
    hold, by = placed(ada), officer(ada.row.subject)
    holding.release(hold, by=by)
    holding.release(hold, by=by)  # twice is once
    entries = ledger.Entry.objects.of(ada.row.subject).filter(act__startswith="vault:hold").order_by("id")
    assert [(each.act, dict(each.facts)) for each in entries] == [
        (Act.HOLD_PLACE, {"hold": hold.reference, "reason": "litigation", "until": LATER.isoformat()}),
        (Act.HOLD_RELEASE, {"hold": hold.reference}),
    ]


def test_who_may_place_it_and_for_what(ada: Known) -> None:
    subject = ada.row.subject
    for nobody in (ada.me, Actor.operator(), Actor.system("holds"), officer(UUID(int=9))):
        with pytest.raises(Refused):
            holding.place(subject, reason="claim", until=LATER, by=nobody)
    with pytest.raises(NoEvidence):
        holding.place(subject, reason="curiosity", until=LATER, by=officer(subject))
    with pytest.raises(Past):
        holding.place(subject, reason="claim", until=holding.today() - timedelta(days=1), by=officer(subject))
    vault.shred(subject, by=ada.me)
    with pytest.raises(Erased):
        placed(ada)
    assert not Hold.objects.exists()


@pytest.mark.parametrize("_", range(2))
def test_a_hold_and_an_erasure_at_once_are_never_both_carried_out(ada: Known, _: int) -> None:
    def hold() -> bool:
        try:
            return bool(placed(ada))
        except Erased:
            return False

    def erase() -> bool:
        try:
            vault.shred(ada.row.subject, by=ada.me)
        except OnHold:
            return False
        return True

    held, erased = at_once(hold, erase)
    assert held is not erased
    assert is_whole(ada) is held


@pytest.mark.parametrize("_", range(2))
def test_nor_are_a_hold_and_the_end_of_a_period(ada: Known, _: int) -> None:
    """Whichever is first: what went, went before the hold stood."""
    at_once(lambda: placed(ada), lambda: vault.expire_due(today=LATER.replace(year=LATER.year + 20)))
    [hold] = ledger.Entry.objects.filter(act=Act.HOLD_PLACE)
    ends = list(ledger.Entry.objects.filter(act=Act.RETENTION_END))
    assert all(each.at <= hold.at for each in ends)
    ada.row.refresh_from_db()
    assert (ada.values["country"] is None) == bool(ends)


def test_nobody_lets_go_while_a_hold_is_being_placed(ada: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "may_let_go", lambda _: False)
    with pytest.raises(OnHold):
        vault.remove(ada.row, by=ada.me)
    assert vault.expire_due(today=LATER.replace(year=LATER.year + 20)) == 0
    assert is_whole(ada)
