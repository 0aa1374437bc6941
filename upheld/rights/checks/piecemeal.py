"""The checks of one thing that is deleted alone, and of an erasure that waits, on the rehearsal's made-up person."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone
from uuid_utils.compat import uuid7

from upheld import vault
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Message
from upheld.orders import numbers
from upheld.orders.models import Order, Step
from upheld.policy import Promise
from upheld.policy.checks import Finding, check
from upheld.rights.checks import rehearsed
from upheld.rights.checks.rehearsal import Nobody
from upheld.rights.erasure import beginning, deleting, keeping, waiting
from upheld.rights.erasure.planning import plan
from upheld.rights.models import ErasureRequest
from upheld.rights.reasons import Reason


@check(
    Promise.DELETE,
    how="A made-up person deletes one conversation. It must be gone from the rows and the files, everything else must "
    "be there still, and a receipt be given.",
)
def alone() -> Finding:
    return rehearsed.shown("alone")


@check(
    Promise.DELETE,
    how="A made-up person with an order that is not delivered asks for everything to be deleted after it is. Nothing "
    "may go meanwhile, and when they take it back, nothing may be left of having asked.",
)
def waits() -> Finding:
    return rehearsed.shown("waits")


def _alone(nobody: Nobody) -> Finding:
    before = {row.pk for row in vault.rows_of(nobody.subject)}
    title, text = nobody.value("message", 7), nobody.value("message", 8)
    begun = conversations.begin(
        nobody.subject, title=title, text=text, reason="rights", by=nobody.by, acknowledged=False
    )
    message = Message.objects.get(subject=nobody.subject, conversation=begun.pk)
    marks = [part for each in message.envelopes() for part in (each.nonce, each.sealed[:16])]
    answer = deleting.delete_item(nobody.subject, label=begun.label(), row=begun.pk, by=nobody.by)
    if not isinstance(answer, deleting.ItemReceipt):
        return Finding(False, "one conversation that could not be deleted", (answer.sentence,))
    wrong = ["something of it was found when it was looked for"] if answer.found else []
    if deleting.receipt(nobody.subject, answer.entry).subject != nobody.subject:
        wrong.append("the receipt is about someone else")
    if {row.pk for row in vault.rows_of(nobody.subject)} != before:
        wrong.append("something else went with it, or something of it stayed")
    left, sure = rehearsed.left_of(marks)
    wrong += [f"it can still be read in {place}" for place in left]
    figure = f"one conversation deleted alone, found again in {len(left)} places"
    return Finding(None if left and not sure and len(wrong) == len(left) else not wrong, figure, tuple(wrong))


def _wait(nobody: Nobody) -> Finding:
    before = {row.pk for row in vault.rows_of(nobody.subject)}
    with _open_order(nobody):
        wait = beginning.start(plan(nobody.subject), settle=waiting.DELIVER, by=nobody.by)
        again = beginning.go_on(nobody.subject)
        wrong = [
            "it was begun before an order had arrived"
            for each in (wait, again)
            if not isinstance(each, waiting.Wait) or each.reason != Reason.AWAITS_DELIVERY
        ]
        if not keeping.keep(nobody.subject, by=nobody.by):
            wrong.append("it could not be taken back")
    if before - {row.pk for row in vault.rows_of(nobody.subject)}:
        wrong.append("something went while it waited")
    if ErasureRequest.objects.filter(subject=nobody.subject).exists():
        wrong.append("it was taken back, and is still to be carried out")
    return Finding(not wrong, "a deletion that waited for an order, and was taken back", tuple(wrong))


@contextmanager
def _open_order(nobody: Nobody) -> Iterator[Order]:
    """Placed, and nothing became of it yet: nothing is sealed in it, and nobody is asked to pay or to send anything."""
    now = timezone.now()
    order = Order(
        subject=nobody.subject, number=numbers.new(), currency="EUR", card=uuid7(), drafted_at=now, placed_at=now
    )
    order.save(force_insert=True)
    Step.objects.create(subject=nobody.subject, order=order.pk, kind="placed", at=now, by="you")
    try:
        yield order
    finally:
        Step.objects.filter(subject=nobody.subject, order=order.pk).delete()
        order.delete()


rehearsed.also("alone", _alone)
rehearsed.also("waits", _wait)
