"""What the policy keeps for a reason stays through an erasure with the rows that belong to it; nothing else does."""

from uuid import UUID

import pytest

from tests.embedding.shop.models import Customer, Purchase
from tests.vault.conftest import SYSTEM, Known, known
from upheld import ledger, vault
from upheld.policy.actors import Actor, Case
from upheld.vault.errors import Erased, KeptOnly, KeyMissing

pytestmark = pytest.mark.django_db(transaction=True)


def buys(someone: Known) -> Purchase:
    return Purchase.objects.create(subject=someone.row.subject, customer=someone.row.id)


def test_a_row_stays_while_the_one_that_it_belongs_to_does(ada: Known) -> None:
    bought = buys(ada)
    vault.shred(ada.row.subject, by=ada.me)
    assert Purchase.objects.get() == bought
    assert list(Customer.objects.get(id=ada.row.id).held()) == ["country"]


def test_a_row_of_nothing_that_is_kept_goes(ada: Known) -> None:
    Purchase.objects.create(subject=ada.row.subject, customer=vault.new_subject())
    vault.shred(ada.row.subject, by=ada.me)
    assert not Purchase.objects.exists()


def test_what_belongs_to_someone_else_is_untouched(ada: Known) -> None:
    eve = known(email="eve@example.org")
    theirs = buys(eve)
    vault.shred(ada.row.subject, by=ada.me)
    assert Purchase.objects.get() == theirs


def test_a_row_goes_with_one_that_held_nothing_kept() -> None:
    bea = vault.new_subject()
    me = Actor.person(bea)
    row = vault.collect(Customer(subject=bea), {"email": "bea@example.org"}, source="sign_up", by=me)
    Purchase.objects.create(subject=bea, customer=row.id)
    vault.shred(bea, by=me)
    assert not Purchase.objects.filter(subject=bea).exists()


def clerk(someone: Known) -> Actor:
    return Actor.staff(UUID(int=9), job="shipping", case=Case("audit", UUID(int=3), someone.row.subject))


def test_the_key_of_a_kept_class_goes_when_nothing_of_it_is_held(ada: Known) -> None:
    vault.remove(ada.row, by=ada.me)
    vault.shred(ada.row.subject, by=ada.me)
    with pytest.raises(KeyMissing):
        vault.open(ada.row, ["country"], by=clerk(ada), purpose="fulfilment")


def test_what_is_kept_opens_for_staff_on_a_case_and_for_nobody_else(ada: Known) -> None:
    eve = known(email="eve@example.org")
    vault.shred(ada.row.subject, by=ada.me)
    ada.row.refresh_from_db()
    for by, purpose in ((SYSTEM, "fulfilment"), (ada.me, "access")):
        with pytest.raises(KeptOnly):
            vault.open(ada.row, ["country"], by=by, purpose=purpose)
        with pytest.raises(KeptOnly):
            vault.open([eve.row, ada.row], ["country"], by=SYSTEM, purpose="fulfilment")
    assert not ledger.Entry.objects.of(ada.row.subject).filter(act="vault:field:open").exists()
    assert vault.open(ada.row, ["country"], by=clerk(ada), purpose="fulfilment") == {"country": "GB"}


def test_what_is_kept_is_handed_to_nobody(ada: Known) -> None:
    vault.shred(ada.row.subject, by=ada.me)
    ada.row.refresh_from_db()
    with pytest.raises(Erased):
        vault.disclose(ada.row, ["country"], to="carrier", by=clerk(ada), because=f"order:{UUID(int=7)}")


def test_what_would_stay_is_known_before(ada: Known) -> None:
    bought, other = buys(ada), Purchase.objects.create(subject=ada.row.subject, customer=vault.new_subject())
    staying = vault.staying(ada.row.subject)
    assert staying == {ada.row.id}
    assert list(vault.going(Purchase, ada.row.subject, staying)) == [other]
    assert not vault.going(Customer, ada.row.subject, staying)
    assert bought.pk
