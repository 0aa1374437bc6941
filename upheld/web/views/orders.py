"""The orders of whoever is there: what each holds, its story, its documents, and who received what for it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld import ledger, vault
from upheld.ledger.errors import NotSequenced
from upheld.orders import addresses, links, verbs
from upheld.orders.answers import Later
from upheld.orders.errors import NotADocument, NothingThere, NotNow
from upheld.orders.issuing import SENT
from upheld.orders.models import Line, Order, Shipment, Trouble
from upheld.orders.refused import refused, uses
from upheld.orders.states import State
from upheld.orders.verbs import Paper
from upheld.policy.actors import Actor
from upheld.vault.restricting import own_purpose
from upheld.web import errors
from upheld.web.cards import shown
from upheld.web.doors import door
from upheld.web.people import account_of, subject_of
from upheld.web.views.order import PURPOSE, email_of

DOCUMENTS = {
    "confirmation": "Order confirmation",
    "invoice": "Invoice",
    "credit_note": "Credit note",
    "correction": "Correction",
}
OVER = (State.CANCELLED, State.EXPIRED, State.REFUNDED)


@door("GET", known=True)
def orders(request: HttpRequest) -> HttpResponse:
    """Nothing is opened for the list."""
    found = list(Order.objects.placed().for_subject(subject_of(request)).order_by("-placed_at", "-id"))
    return render(request, "web/orders/orders.html", {"rows": _rows(found), "apart": _rows(made_apart(request))})


@door("GET", known=True)
def order(request: HttpRequest, row: UUID) -> HttpResponse:
    order = _mine(request, row)
    by = Actor.person(order.subject)
    lines, state = list(Line.objects.of(order)), verbs.state(order)
    where = _where(order, by)
    context = {
        "order": order,
        "state": state,
        "lines": lines,
        "net": sum(line.net for line in lines),
        "tax": sum(line.tax for line in lines),
        "total": sum(line.total for line in lines),
        "label": _label(where, parcel=any(line.kind == "parcel" for line in lines)),
        "email": email_of(order, by=by),
        "card": shown(order, by=by),
        "parcels": _parcels(order, by),
        "story": verbs.story(order),
        "disclosures": verbs.disclosures(order),
        "documents": _documents(order),
        "trouble": _trouble(order, state),
        "waits": _waits(order, state, lines),
        "handed": [] if state in OVER else [line for line in lines if line.kind not in SENT],
        "may_cancel": _may_cancel(state, lines),
    }
    return render(request, "web/orders/order.html", context)


@door("GET", "POST", known=True)
def cancel(request: HttpRequest, row: UUID) -> HttpResponse:
    order = _mine(request, row)
    if request.method != "POST":
        charged = [line.title for line in Line.objects.of(order).exclude(invoice=None)]
        return render(request, "web/orders/cancel.html", {"order": order, "charged": charged})
    try:
        done = verbs.cancel(order, by=Actor.person(order.subject), reason="changed_mind")
    except NotNow as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done.sentence if isinstance(done, Later) else "The order is cancelled.")
    return redirect("order_seen", row)


@door("GET", known=True)
def document(request: HttpRequest, row: UUID, kind: str) -> HttpResponse:
    """Made in memory and sent; no copy is left here."""
    order = _mine(request, row)
    if kind.partition("-")[0] not in DOCUMENTS:
        raise Http404
    try:
        paper = verbs.document(order, kind, by=Actor.person(order.subject))
    except (NothingThere, NotADocument):
        raise Http404 from None
    name = f"{kind.replace('_', '-')}-{order.number}.pdf"
    return HttpResponse(
        paper, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@door("GET", known=True)
def proof(request: HttpRequest, row: UUID, entry: UUID) -> HttpResponse:
    """That the record holds an entry about this person, to take home and check without us."""
    order = _mine(request, row)
    found = ledger.Entry.objects.of(order.subject).filter(pk=entry).first()
    if found is None:
        raise Http404
    ledger.sequence()
    try:
        text = ledger.prove(found)
    except NotSequenced:
        return errors.page(request, 503, Retry_After="5")
    headers = {"Content-Disposition": f'attachment; filename="{entry}.tlog-proof"'}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


def _mine(request: HttpRequest, row: UUID) -> Order:
    """An order of whoever is there, or one made with their address, which is proven to be theirs: it opens as it does
    by the link that goes to that address."""
    found: Order | None = Order.objects.placed().filter(subject=subject_of(request), pk=row).first()
    found = found or next((each for each in made_apart(request) if each.pk == row), None)
    if found is None:
        raise Http404
    return found


def made_apart(request: HttpRequest) -> list[Order]:
    """Orders made with the address of someone signed in, by somebody who was not."""
    return list(verbs.made_apart(account_of(request).subject)) if request.user.is_authenticated else []


def _waits(order: Order, state: State, lines: Sequence[Line]) -> bool:
    """Whether something of it is still to be done, and the person had us stop using their data for it."""
    is_filled = all(line.invoice for line in lines)
    return state not in OVER and not is_filled and refused(order, *uses(order)) is not None


def _rows(orders: Sequence[Order]) -> list[tuple[Order, State, int, str]]:
    """Each with its state, its total and what is in it."""
    states, totals, titles = verbs.states(orders), _totals(orders), _titles(orders)
    return [(order, states[order.pk], totals.get(order.pk, 0), titles.get(order.pk, "")) for order in orders]


def _totals(orders: Sequence[Order]) -> dict[UUID, int]:
    lines = Line.objects.filter(subject__in={each.subject for each in orders}, order__in=[each.pk for each in orders])
    added = lines.values("order").annotate(total=Sum(F("price") * F("quantity") + F("tax")))
    return dict(added.values_list("order", "total"))


def _titles(orders: Sequence[Order]) -> dict[UUID, str]:
    """What is in each, in a few words: the first thing, and how many more."""
    found: dict[UUID, list[str]] = {}
    lines = Line.objects.filter(subject__in={each.subject for each in orders}, order__in=[each.pk for each in orders])
    for order, title in lines.exclude(variant=None).order_by("id").values_list("order", "title"):
        found.setdefault(order, []).append(title)
    return {order: f"{first} and {len(more)} more" if more else first for order, (first, *more) in found.items()}


def _where(order: Order, by: Actor) -> dict[str, str]:
    held = [name for name in order.held() if name != "email"]
    purpose = own_purpose(PURPOSE, subject=order.subject, by=by)
    opened = vault.open(order, held, by=by, purpose=purpose, because=order.reference)
    return {name: value for name, value in opened.items() if value}


def _label(where: dict[str, str], *, parcel: bool) -> list[str]:
    country = where.get("country", "")
    if not country:
        return []
    if not parcel or "address_line1" not in where:
        return [addresses.country_name(country)]
    return addresses.written(where, where.get("name", ""), country, home="")


def _parcels(order: Order, by: Actor) -> list[tuple[Shipment, str]]:
    """Those that have left, with the carrier's number."""
    rows = list(Shipment.objects.of(order).exclude(shipped_at=None))
    purpose = own_purpose(PURPOSE, subject=order.subject, by=by)
    opened = vault.open(rows, ["tracking"], by=by, purpose=purpose, because=order.reference)
    return [(row, values["tracking"] or "") for row, values in zip(rows, opened, strict=True)]


def _documents(order: Order) -> list[tuple[str, Paper]]:
    """Those that are for the person, with the word for each: a packing slip is for whoever packs."""
    return [(DOCUMENTS[paper.kind], paper) for paper in verbs.papers(order) if paper.kind in DOCUMENTS]


def _trouble(order: Order, state: State) -> Any:
    if state != State.TROUBLE:
        return None
    found = Trouble.objects.of(order).filter(ended_at=None).last()
    return found and {"sentence": verbs.sentence(found), "token": links.token(order, links.MEND), "row": found}


def _may_cancel(state: State, lines: Sequence[Line]) -> bool:
    """Whether the button is shown. The verb looks again."""
    parcel = any(line.kind == "parcel" for line in lines)
    return state == State.PLACED or (parcel and state == State.PAID)
