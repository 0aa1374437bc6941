"""A refund that the person's bank sends back: staff see it and give it back anew, and the books stay right."""

from dataclasses import replace

from django.test import TestCase

from tests.orders.conftest import Shop, billing, fresh, steps
from upheld import ledger
from upheld.orders import charging, verbs
from upheld.orders.issuing import charged
from upheld.orders.models import Order
from upheld.orders.sums import sums_of
from upheld.payments import processors
from upheld.payments.processor import Kind, Moved
from upheld.payments.recording import record
from upheld.policy.actors import Actor
from upheld.policy.acts import Act


def sent_back(order: Order, amount: int) -> None:
    """The processor says that the last refund failed."""
    payment = charging.payments_of(order)[-1]
    charge = processors.current().fetch(payment.processor_id)
    assert charge is not None
    back = Moved("re_1:failed", Kind.REFUND_FAILED, amount, charge.movements[-1].at)
    with TestCase.captureOnCommitCallbacks(execute=True):
        record(payment, replace(charge, movements=(*charge.movements, back)), by=Actor.system("payments"))


def test_staff_see_that_a_refund_came_back_and_make_another(shop: Shop) -> None:
    order = shop.placed("export")
    paid = sums_of(order).captured
    verbs.refund(order, amount=200, by=billing(order), reason="late")
    assert charged(order) == paid - 200
    sent_back(order, 200)
    assert (sums_of(order).refunded, sums_of(order).held) == (0, paid)
    assert steps(order)[-1] == "refund_failed"
    entry = ledger.Entry.objects.of(order.subject).filter(act=Act.ORDER_TROUBLE).get()
    assert (entry.facts["kind"], entry.facts["amount"]) == ("refund_failed", 200)
    assert verbs.refund(order, amount=300, by=billing(order)) == order
    assert sums_of(order).refunded == 300
    assert charged(order) == paid - 300, "what was credited before is not credited twice"
    assert verbs.state(fresh(order)) == "part_refunded"
