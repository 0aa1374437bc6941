"""What staff do with the order that a case is about: the same verbs as the command line's."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path

from upheld.cases import kinds, taking
from upheld.cases.models import Case
from upheld.desk import actions, case_page, order_actions, printing
from upheld.desk.cases_at import case_of, onward
from upheld.desk.doors import View, desk, member
from upheld.desk.order_forms import (
    AnswerForm,
    CancelForm,
    OutOfStockForm,
    RefundForm,
    ShipForm,
    UndeliverableForm,
)
from upheld.home import HomeError
from upheld.orders import verbs
from upheld.orders.answers import InTrouble, Later, Refusal
from upheld.orders.carriers import CarrierError
from upheld.orders.errors import NotADocument, NothingThere, OrdersError, TrackingMissing
from upheld.orders.models import Order, Trouble
from upheld.payments.money import shown
from upheld.policy.actors import Actor
from upheld.vault.models import Notice
from upheld.web.forms import Form

TROUBLED = "{} is in trouble, and the person is written to."


def act(name: str) -> Callable[[View], View]:
    """Something that is done to the order of a case whose kind has it; what its verb will not do is told beside it."""

    def wrap(view: View) -> View:
        @desk("POST", proven=True)
        @wraps(view)
        def enter(request: HttpRequest, kind: str, about: UUID, **more: Any) -> HttpResponseBase:
            case = case_of(request, kind, about)
            order = order_actions.order_of(case) if name in order_actions.ACTS.get(kind, ()) else None
            if order is None:
                raise Http404
            try:
                return view(request, case, order, taking.acts_as(member(request), case), **more)
            except (NotADocument, NothingThere):
                raise Http404 from None
            except OrdersError as error:
                return _refused(request, case, str(error))

        return enter

    return wrap


@act("pack")
def pack(request: HttpRequest, case: Case, order: Order, by: Actor) -> HttpResponse:
    verbs.pack(order, by=by)
    return onward(request, case, f"{order.number} is packed.")


@act("ship")
def ship(request: HttpRequest, case: Case, order: Order, by: Actor) -> HttpResponse:
    form = ShipForm(request.POST)
    if not form.is_valid():
        return _again(request, case, ship=form)
    given = {"carrier": form.cleaned_data["carrier"], "tracking": form.cleaned_data["tracking"]}
    try:
        done = verbs.ship(order, by=by, **given)
    except TrackingMissing as error:
        form.refuse(str(error), "tracking")
        return _again(request, case, ship=form)
    except (HomeError, CarrierError) as error:
        form.refuse(str(error), "carrier")
        return _again(request, case, ship=form)
    if isinstance(done, Refusal):
        form.refuse(done.sentence, done.field or None)
        return _again(request, case, ship=form)
    return onward(
        request, case, done.sentence if isinstance(done, InTrouble | Later) else f"{order.number} is shipped."
    )


@act("deliver")
def deliver(request: HttpRequest, case: Case, order: Order, by: Actor) -> HttpResponse:
    verbs.deliver(order, by=by)
    return onward(request, case, f"{order.number} is delivered.")


@act("undeliverable")
def undeliverable(request: HttpRequest, case: Case, order: Order, by: Actor) -> HttpResponse:
    form = UndeliverableForm(request.POST, auto_id="undeliverable-%s")
    if not form.is_valid():
        return _again(request, case, undeliverable=form)
    verbs.trouble(order, kind="undeliverable", reason=form.cleaned_data["reason"], by=by)
    return onward(request, case, TROUBLED.format(order.number))


@act("out_of_stock")
def out_of_stock(request: HttpRequest, case: Case, order: Order, by: Actor) -> HttpResponse:
    form = OutOfStockForm(request.POST, goods=order_actions.missing_goods(order))
    if not form.is_valid():
        return _again(request, case, out_of_stock=form)
    verbs.trouble(order, kind="out_of_stock", reason=form.cleaned_data["sku"], by=by)
    return onward(request, case, TROUBLED.format(order.number))


@act("remind")
def remind(request: HttpRequest, case: Case, order: Order, by: Actor) -> HttpResponse:
    done = verbs.write_again(order, by=by)
    if not isinstance(done, Trouble):
        return _refused(request, case, done.sentence)
    return onward(request, case, f"The person is written to again, with the link that mends {order.number}.")


@act("refund")
def refund(request: HttpRequest, case: Case, order: Order, by: Actor) -> HttpResponse:
    form = RefundForm(request.POST, order=order, left=verbs.left(order))
    if not form.is_valid():
        return _again(request, case, refund=form)
    given = form.cleaned_data
    done = verbs.refund(order, amount=given["amount"], seen=given["seen"], reason=given["reason"], by=by)
    if isinstance(done, Refusal):
        form.data = {**request.POST.dict(), "seen": verbs.left(order)}
        form.refuse(done.sentence, "amount")
        return _again(request, case, refund=form)
    said = f"{order.number}: {shown(given['amount'], order.currency)} is given back."
    return onward(request, case, done.sentence if isinstance(done, Later) else said)


@act("cancel")
def cancel(request: HttpRequest, case: Case, order: Order, by: Actor) -> HttpResponse:
    form = CancelForm(request.POST, auto_id="cancel-%s")
    if not form.is_valid():
        return _again(request, case, cancel=form)
    done = verbs.cancel(order, reason=form.cleaned_data["reason"], by=by)
    return onward(request, case, done.sentence if isinstance(done, Later) else f"{order.number} is cancelled.")


@act("notices")
def told(request: HttpRequest, case: Case, order: Order, by: Actor, *, notice: UUID) -> HttpResponse:
    verbs.tell_carrier(_notice(order, notice), by=by)
    return onward(request, case, f"It is recorded that the carrier of {order.number} was told.")


@act("notices")
def answered(request: HttpRequest, case: Case, order: Order, by: Actor, *, notice: UUID) -> HttpResponse:
    found, form = _notice(order, notice), AnswerForm(request.POST, auto_id=f"answer-{notice}-%s")
    if not form.is_valid():
        return _again(request, case, answered=form, answered_of=notice)
    verbs.carrier_answered(found, answer=form.cleaned_data["answer"], by=by)
    return onward(request, case, f"What the carrier of {order.number} answered is recorded.")


@act("document")
def document(request: HttpRequest, case: Case, order: Order, by: Actor, *, name: str) -> HttpResponse:
    """To be printed: opened and made for it, on record."""
    if all(paper.name != name for _, paper in order_actions.papers_of(case, order)):
        raise Http404
    return printing.sent(printing.printed(order, name, by=by), name=name, number=order.number)


def _notice(order: Order, id: UUID) -> Notice:
    found = next((each for each in order_actions.notices_of(order) if each.pk == id), None)
    if found is None:
        raise Http404
    return found


def _again(request: HttpRequest, case: Case, **given: Any) -> HttpResponse:
    """The case's page, with what was typed and what is wrong with it."""
    wrong: Form = next(iter(given.values()))
    if not kinds.is_open(case):
        return onward(request, case, " ".join(str(each) for errors in wrong.errors.values() for each in errors))
    return case_page.shown(request, case, status=422, wrong=wrong, **given)


def _refused(request: HttpRequest, case: Case, sentence: str) -> HttpResponse:
    if not kinds.is_open(case):
        return onward(request, case, sentence)
    return case_page.shown(request, case, status=409, refusal=sentence)


for _kind in order_actions.ACTS:
    actions.register(_kind, order_actions.TEMPLATE, order_actions.context)

AT = "case/<slug:kind>/<uuid:about>/"
urlpatterns = [
    path(f"{AT}pack/", pack, name="desk_pack"),
    path(f"{AT}ship/", ship, name="desk_ship"),
    path(f"{AT}deliver/", deliver, name="desk_deliver"),
    path(f"{AT}undeliverable/", undeliverable, name="desk_undeliverable"),
    path(f"{AT}out-of-stock/", out_of_stock, name="desk_out_of_stock"),
    path(f"{AT}remind/", remind, name="desk_remind"),
    path(f"{AT}refund/", refund, name="desk_refund"),
    path(f"{AT}cancel/", cancel, name="desk_cancel"),
    path(f"{AT}notices/<uuid:notice>/told/", told, name="desk_carrier_told"),
    path(f"{AT}notices/<uuid:notice>/answered/", answered, name="desk_carrier_answered"),
    path(f"{AT}documents/<slug:name>/", document, name="desk_document"),
]
