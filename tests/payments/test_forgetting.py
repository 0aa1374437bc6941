"""Whoever is erased here is forgotten at the processor too, cards and charges, until it says so."""

import pytest

from tests.payments.conftest import Typed
from tests.payments.line import Line
from tests.payments.people import buyer
from upheld import vault
from upheld.payments import forgetting, processors, verbs
from upheld.payments.models import Card, Instruction, Movement, Payment
from upheld.payments.sandbox.client import Sandbox
from upheld.vault.models import Notice

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_erasure_reaches_the_processor(processor: Sandbox, typed: Typed) -> None:
    ada = buyer(typed)
    payment = ada.paid()
    opened = vault.open(ada.card, ["token"], by=ada.me, purpose="billing")["token"] or ""
    vault.shred(ada.subject, by=ada.me)
    for model in (Card, Payment, Instruction, Movement):  # nothing keeps them: no row of the books has this id
        assert not model.objects.for_subject(ada.subject).exists()
    assert verbs.tell_processor() == 2
    told = {notice.because: notice.answer for notice in Notice.objects.all()}
    assert told == {ada.card.reference: "done", payment.reference: "done"}
    assert opened not in str([processor.fetch(charge.id) for charge in processor.charges()])
    assert verbs.reconcile().differences == []


def test_nothing_is_left_to_tell_afterwards(processor: Sandbox, typed: Typed) -> None:
    ada = buyer(typed)
    vault.shred(ada.subject, by=ada.me)
    assert (verbs.tell_processor(), verbs.tell_processor()) == (1, 0)


def test_what_cannot_be_forgotten_keeps_no_other_waiting(
    processor: Sandbox, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(processor)
    monkeypatch.setattr(processors, "_sandbox", lambda _: line)
    monkeypatch.setattr(forgetting, "MOST", 1)
    ada, bob = buyer(typed), buyer(typed)
    line.hides = {ada.card.reference}
    for each in (ada, bob):
        vault.shred(each.subject, by=each.me)
    assert [verbs.tell_processor() for _ in range(3)] == [0, 1, 0]
    line.hides = set()
    assert verbs.tell_processor() == 1


def test_the_processors_are_looked_up_once_a_run(
    processor: Sandbox, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[bool] = []
    monkeypatch.setattr(forgetting, "used", lambda: looked.append(True) or [processor])
    for each in (buyer(typed), buyer(typed)):
        vault.shred(each.subject, by=each.me)
    assert (verbs.tell_processor(), len(looked)) == (2, 1)
