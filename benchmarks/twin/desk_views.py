"""The pages of the desk that are compared: the same templates, over the twin's tables, for whoever is signed in."""

from datetime import datetime
from types import SimpleNamespace
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from benchmarks.twin.models import Address, Order, Talk
from upheld.cases.kinds import KINDS
from upheld.desk import clocks
from upheld.desk.case_page import SECONDS, Place, Shown
from upheld.desk.stories import Happened
from upheld.desk.views.finding import FindForm, Row, Way
from upheld.desk.waiting import PAGE, Waiting
from upheld.payments.money import shown

FIELDS = ("name", "address_line1", "city", "region", "postal_code", "country")
FRAME = {"member": {"pseudonym": "S-PLAIN"}, "jobs": ["Shipping"], "queues": [], "places": [], "said": ""}


@login_required
def queue(request: HttpRequest, kind: str) -> HttpResponse:
    rows: QuerySet[Order] | QuerySet[Talk]
    if kind == "shipment":
        rows = Order.objects.filter(state="placed").order_by("placed_at", "id")
        found = [_waiting(kind, each.pk, each.number, each.placed_at) for each in rows[: PAGE + 1]]
    else:
        rows = Talk.objects.filter(waiting_since__isnull=False).order_by("waiting_since", "id")
        found = [_waiting(kind, each.pk, each.number, each.waiting_since) for each in rows[: PAGE + 1]]
    listed = {"kind": KINDS[kind], "rows": found[:PAGE], "number": 1, "before": 0, "after": 2 * (len(found) > PAGE)}
    return render(request, "desk/queues/queue.html", {**FRAME, **listed})


@login_required
def case(request: HttpRequest, about: UUID) -> HttpResponse:
    order = get_object_or_404(Order, pk=about)
    held = [_field(order, name) for name in FIELDS]
    lines = [(line, shown(line.price, order.currency)) for line in order.lines.all()]
    context = {
        "case": {"kind": "shipment", "about": about, "number": order.number},
        "row": _waiting("shipment", about, order.number, order.placed_at),
        "fields": held,
        "story": [Happened(order.placed_at, "The order was placed", "You")] if order.placed_at else [],
        "letters": [],
        "ordered": {"order": order, "state": SimpleNamespace(words="Paid"), "lines": lines, "total": order.total},
        "actions": "",
        "shows": SECONDS,
    }
    return render(request, "desk/case/case.html", {**FRAME, **context})


@login_required
def open_it(request: HttpRequest, about: UUID, row: UUID, name: str) -> HttpResponse:
    order = get_object_or_404(Order, pk=row)
    field = Shown(Place("order", row, name), is_open=True, value=getattr(order, name) if name in FIELDS else None)
    shown_case = {"kind": "shipment", "about": about, "number": order.number}
    return render(request, "desk/case/value.html", {"case": shown_case, "shown": field, "shows": SECONDS})


@login_required
def find(request: HttpRequest) -> HttpResponse:
    form = FindForm.of(request)
    if not form.is_valid():
        return render(request, "desk/finding/find.html", {**FRAME, "form": form}, status=422)
    what = form.cleaned_data["what"]
    people = Address.objects.filter(email=what.lower()).values("subject")
    orders = Order.objects.filter(subject__in=people) if "@" in what else Order.objects.filter(number=what)
    found = [Row("Order", each.number, each.pk, [Way(KINDS["shipment"])]) for each in orders]
    return render(request, "desk/finding/find.html", {**FRAME, "form": FindForm(), "found": found})


def _waiting(kind: str, about: UUID, number: str, since: datetime | None) -> Waiting:
    assert since is not None
    return Waiting(KINDS[kind], about, number, since, clocks.age(since), None, False, "", False)


def _field(order: Order, name: str) -> Shown:
    return Shown(Place("order", order.pk, name), masked="•••", title=name, purpose="fulfilment")
