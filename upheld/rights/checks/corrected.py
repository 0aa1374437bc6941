"""The checks of what is proposed, and of invoices that stay as issued, on the rehearsal's made-up person."""

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from upheld import vault
from upheld.orders import issuing, numbers, papers
from upheld.orders.documents import Content
from upheld.orders.models import SERVICE, Document, Line, Order
from upheld.policy import Promise, force
from upheld.policy.checks import Finding, check
from upheld.rights.checks import rehearsed
from upheld.rights.checks.rehearsal import Nobody, NotToday, staff
from upheld.rights.checks.search import Needle, files_showing
from upheld.rights.corrections import proposing
from upheld.rights.corrections.correcting import correct
from upheld.rights.models import ENDED, Proposal, Request, Right
from upheld.rights.requests import requesting
from upheld.rights.requests.ending import case_of
from upheld.rights.seen.tables import tables_showing


@check(
    Promise.CORRECTIONS,
    how="Staff propose a correction to a made-up person. Nothing may change before the person says yes, what is "
    "proposed be in clear in no file and no table, and after the yes it must be held, and nothing be left of the "
    "proposal.",
)
def proposed() -> Finding:
    return rehearsed.shown("proposed")


@check(
    Promise.CORRECT,
    how="The name in an order of a made-up person is corrected after its invoice was issued. The invoice must say what "
    "it said, and a correction with both names stand beside it. All of it is rolled back: no number is used up.",
)
def restated() -> Finding:
    return rehearsed.shown("restated")


def _propose(nobody: Nobody) -> Finding:
    row, old = next((row, value) for (label, row, _), value in nobody.sown.items() if label == "session")
    asked = requesting.ask([nobody.subject], [Right.RECTIFICATION], way="site", by=nobody.by)
    if not isinstance(asked, list):
        raise NotToday(asked.sentence)
    value = nobody.value("device", 200)
    officer = staff(case_of(asked[0])[0], case_of(asked[0])[1], nobody.subject)
    made = proposing.propose(asked[0], label="session", row=row, field="device", value=value, by=officer)
    wrong = [] if _held(nobody, row) == old else ["it changed before the person said yes"]
    needle = Needle.of(nobody.token)
    shown = [*files_showing(needle, rehearsed.files()), *tables_showing(needle, nobody.subject)]
    wrong += [f"what is proposed is in clear in {place}" for place in shown]
    proposing.decide(made, True, by=nobody.by)
    nobody.sown["session", row, "device"] = value
    wrong += list(_unanswered(nobody, asked[0], made, row, value))
    return Finding(not wrong, f"a correction proposed and accepted, in clear in {len(shown)} places", tuple(wrong))


def _unanswered(nobody: Nobody, asked: Request, made: Proposal, row: UUID, value: str) -> Iterator[str]:
    """What a yes should have done, and did not."""
    if _held(nobody, row) != value:
        yield "the person said yes, and it is not corrected"
    if Proposal.objects.filter(subject=nobody.subject, pk=made.pk).exists():
        yield "what was proposed is still kept"
    if not Request.objects.filter(subject=nobody.subject, pk=asked.pk, state__in=ENDED).exists():
        yield "the request is still open"


def _held(nobody: Nobody, row: UUID) -> str | None:
    model = vault.by_label("session")
    assert model is not None  # it was sown there
    found = model._default_manager.get(subject=nobody.subject, pk=row)
    return vault.open(found, ["device"], by=nobody.by, purpose="access")["device"]


def _restate(nobody: Nobody) -> Finding:
    with transaction.atomic():
        wrong = tuple(_wrong_beside(nobody))
        transaction.set_rollback(True)
    return Finding(not wrong, "an invoice that stayed as issued, and a correction beside it", wrong)


def _wrong_beside(nobody: Nobody) -> Iterator[str]:
    old, new = nobody.value("name", 201), nobody.value("name", 202)
    order = _charged(nobody, old)
    beside = correct(nobody.subject, label="order", row=order.pk, field="name", value=new, by=nobody.by)
    order = Order.objects.get(subject=nobody.subject, pk=order.pk)
    made = {paper.name: _content(order, paper, nobody) for paper in papers.papers(order)}
    if old not in made["invoice"].person or new in made["invoice"].person:
        yield "the invoice does not say any more what it said when it was issued"
    correction = made.get("correction")
    if correction is None or [(each.was, each.now) for each in correction.changes] != [(old, new)]:
        yield "no correction stands beside it that says what was wrong and what is right"
    if [each.corrects for each in beside] != [Document.objects.of(order).get(kind="invoice").pk]:
        yield "the correction does not name the invoice"
    policy = force.in_force()
    if policy.retention_class("as_issued", "name") != policy.retention_class("order", "name"):
        yield "the policy keeps what an invoice said for another time than the order"


def _content(order: Order, paper: papers.Paper, nobody: Nobody) -> Content:
    return papers.content(order, paper, by=staff("payment_trouble", order.pk, nobody.subject))


def _charged(nobody: Nobody, name: str) -> Order:
    """An order with an invoice for one service."""
    now = timezone.now()
    order = Order(
        subject=nobody.subject, number=numbers.new(), currency="EUR", card=uuid7(), drafted_at=now, placed_at=now
    )
    order = vault.collect(order, {"name": name, "country": "DE"}, source="order", by=nobody.by)
    Line.objects.create(
        subject=nobody.subject, order=order.pk, sku="rehearsal", title="Made up by a check", kind=SERVICE, quantity=1,
        price=100, tax_rate=0, tax=0,
    )  # fmt: skip
    issuing.invoice(order, 100)
    return order


rehearsed.also("proposed", _propose)
rehearsed.also("restated", _restate)
