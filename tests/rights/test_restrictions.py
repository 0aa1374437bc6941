"""Somebody has us keep their data and not use them: from the worker on nothing opens them, and nobody else is kept
waiting by it."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone

from tests.orders.conftest import Shop, fresh, processor, shop, staff, started, steps, typed
from tests.people import Person
from tests.rights.conftest import Planted
from tests.rights.requesting import CONFIRM, ask, last, officer, secret
from tests.rights.requesting import fresh as fresh_request
from upheld import ledger, vault
from upheld.contact import delivering
from upheld.contact import verbs as contact
from upheld.contact.models import Address, Letter
from upheld.orders import sweeping
from upheld.orders import verbs as orders
from upheld.orders.errors import NotNow
from upheld.orders.models import Order, Step
from upheld.orders.sums import sums_of
from upheld.payments import verbs as payments
from upheld.payments.cards import describe
from upheld.payments.models import Card, Movement
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import verbs
from upheld.rights.models import Right, State
from upheld.rights.reasons import Reason
from upheld.rights.restricting import NOTICE
from upheld.rights.seen.seeing import see
from upheld.vault import restricting
from upheld.vault.errors import Restricted
from upheld.vault.models import Restriction

__all__ = ["processor", "shop", "started", "typed"]

Letters = Callable[[], list[EmailMessage]]
alone = pytest.mark.django_db(transaction=True)
ALL = ("billing", "fulfilment", "order_trouble", "news.specials", "news.products", "news.policy")


def opens(someone: Planted, purpose: str) -> bool:
    try:
        return bool(vault.open(Address.objects.get(subject=someone.subject), ["email"], by=SYSTEM, purpose=purpose))
    except Restricted:
        return False


SYSTEM = Actor.system("letters")


@alone
def test_what_was_confirmed_is_done_at_once_and_lifted_by_the_person(ann: Planted, letters: Letters) -> None:
    assert restricting.may_be(force.in_force()) == ALL
    ask([Right.RESTRICTION])
    [request] = verbs.confirm(secret(CONFIRM, last(letters)), by=Actor.visitor()) or []
    assert (verbs.carry_out_due(), verbs.carry_out_due()) == (1, 0)
    found = fresh_request(request)
    assert (found.state, found.reason) == (State.FULFILLED, Reason.RESTRICTED)
    assert request.number in last(letters)
    assert "an order is not sent" in " ".join(last(letters).split())
    assert not any(opens(ann, purpose) for purpose in ALL)
    assert opens(ann, "security")
    assert see(ann.subject, by=ann.by).items
    assert verbs.lift(ann.subject, ["billing"], by=ann.by) == {"billing"}
    assert "again for" in last(letters)
    assert opens(ann, "billing")


@alone
def test_staff_lift_one_only_after_the_person_was_told(ann: Planted, letters: Letters) -> None:
    [request] = verbs.ask([ann.subject], [Right.RESTRICTION], way="site", by=ann.by) or []
    verbs.carry_out_due()
    by = officer(fresh_request(request))
    assert verbs.lift(ann.subject, ["billing", "fulfilment"], by=by) == {"billing", "fulfilment"}
    assert verbs.lift(ann.subject, ["billing"], by=by) == frozenset(), "once"
    assert "The reason for that has ended" in last(letters)
    assert (verbs.lift_due(), opens(ann, "billing")) == (0, False)
    verbs.restrict(ann.subject, ["fulfilment"], by=ann.by)  # she does not agree
    Restriction.objects.exclude(lifts_at=None).update(lifts_at=timezone.now() - NOTICE)
    assert (verbs.lift_due(), verbs.lift_due()) == (1, 0)
    assert (opens(ann, "billing"), opens(ann, "fulfilment")) == (True, False)
    lifted = ledger.Entry.objects.of(ann.subject).filter(act=Act.RESTRICTION_LIFT)
    assert [each.facts["purposes"] for each in lifted] == [["billing", "fulfilment"], ["billing"]]
    assert ["at" in each.facts for each in lifted] == [True, False], "announced, then done"


@alone
def test_a_letter_that_waits_is_not_sent_for_it(ann: Planted, bob: Planted, letters: Letters) -> None:
    verbs.restrict(ann.subject, ["order_trouble"], by=ann.by)
    before = len(letters())
    for each in (ann, bob):
        row = Address.objects.get(subject=each.subject)
        contact.send(_trouble(), to=row, by=SYSTEM)
    contact.deliver_due()
    endings = {each.subject: each.ending for each in Letter.objects.filter(purpose="order_trouble")}
    assert endings == {ann.subject: delivering.REFUSED, bob.subject: delivering.SENT}
    assert len(letters()) == before + 1


def _trouble() -> object:
    from upheld.orders.letters import OrderInTrouble

    return OrderInTrouble.sample()


def test_an_order_waits_and_says_so_to_staff_and_to_the_person(shop: Shop, person: Person) -> None:
    order = shop.placed("guide", who=person)
    verbs.restrict(person.subject, ["fulfilment"], by=person.me)
    with pytest.raises(NotNow, match="has us hand their data to nobody"):
        orders.pack(order, by=staff(order))
    with pytest.raises(NotNow, match="has us hand their data to nobody"):
        orders.ship(order, by=staff(order), tracking="CANARY123")
    refused = shop.place(shop.drafted("guide", who=person), by=person.me)
    assert "You had us stop using your data" in refused.sentence
    verbs.lift(person.subject, ["fulfilment"], by=person.me)
    orders.pack(order, by=staff(order))


def test_no_card_is_charged_and_nobody_else_waits(shop: Shop, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "SOMEBODY_IS_THERE", timedelta(0))
    mine = shop.placed("guide", who=person)
    verbs.restrict(person.subject, ["billing"], by=person.me)
    _as_never_paid(mine)
    theirs = shop.placed("guide")
    _as_never_paid(theirs)
    assert orders.sweep() >= 1
    assert (sums_of(mine).reserved, sums_of(theirs).reserved > 0) == (0, True)
    with pytest.raises(NotNow, match="no payment"):
        orders.ship(mine, by=staff(mine), tracking="CANARY123")
    with pytest.raises(Restricted):
        shop.draft("export", who=person)


def test_an_order_that_waited_long_goes_on_when_its_use_is_allowed_again(shop: Shop, person: Person) -> None:
    order = shop.placed("guide", who=person)
    verbs.restrict(person.subject, ["billing"], by=person.me)
    long_ago = timezone.now() - timedelta(days=90)
    Order.objects.filter(pk=order.pk).update(placed_at=long_ago)
    Movement.objects.filter(pays_for=order.pk).update(at=long_ago)
    assert sweeping.renew_reservations() == 0
    verbs.lift(person.subject, ["billing"], by=person.me)
    assert sweeping.renew_reservations() == 1
    assert Movement.objects.filter(pays_for=order.pk, at__gt=long_ago + timedelta(days=1)).exists()


def _as_never_paid(order: Order) -> None:
    """As a worker finds it that died between the order and the card."""
    from upheld.payments.models import Instruction, Payment

    for model in (Movement, Instruction, Payment):
        model.objects.filter(subject=order.subject).delete()
    Step.objects.filter(subject=order.subject).exclude(kind="placed").delete()


def test_the_person_sees_the_order_all_the_same_and_can_have_it_erased(shop: Shop, person: Person) -> None:
    order = shop.placed("guide", who=person)
    verbs.restrict(person.subject, ALL, by=person.me)
    cards = list(Card.objects.filter(subject=person.subject))
    assert describe(cards, by=person.me)[0].last4 == "4242"
    with pytest.raises(Restricted):
        describe(cards, by=Actor.system("cards"))
    assert orders.document(order, "confirmation", by=person.me).startswith(b"%PDF-")
    orders.cancel(order, by=person.me)
    assert "cancelled" in steps(fresh(order))


def test_cards_of_everybody_else_are_looked_at(shop: Shop, person: Person) -> None:
    shop.placed("guide", who=person)
    verbs.restrict(person.subject, ["billing"], by=person.me)
    Card.objects.update(looked_at=timezone.now() - timedelta(days=90))
    assert payments.tell_expiring() == 0
    assert not Card.objects.filter(looked_at__lt=timezone.now() - timedelta(days=1)).exists()
