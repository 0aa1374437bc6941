"""Ordering as a guest, and webhooks: the same forms and templates, over the twin's tables."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from uuid_utils.compat import uuid7

from benchmarks.buying import sandbox
from benchmarks.twin import shop
from benchmarks.twin.models import Address, Order, Payment
from upheld.orders import addresses, catalogue
from upheld.orders.pricing import Totals
from upheld.policy import force
from upheld.web.basket import Basket
from upheld.web.forms import TotalForm
from upheld.web.order_form import first_country, order_form
from upheld.web.views.review import _given, _receives


def order(request: HttpRequest) -> HttpResponse:
    basket = Basket.of(request)
    country = first_country(request.POST)
    form = order_form(force.in_force(), parcel=basket.needs_address, country=country)(request.POST)
    totals = catalogue.quote(basket.items, country=country)
    assert form.is_valid(), form.errors
    assert isinstance(totals, Totals)
    given = form.cleaned_data
    subject = _subject(given["email"])
    made = shop.draft(basket.id, subject, totals, form.details, token=given["card_token"])
    request.session["order"] = str(made.pk)
    return redirect("order_review")


def review(request: HttpRequest) -> HttpResponse:
    order = Order.objects.select_related("card").get(pk=UUID(request.session["order"]))
    if request.method == "POST" and TotalForm.of(request).is_valid():
        shop.place(order)
        return Basket.new().keep(redirect("order_thanks"))
    totals = shop.quote(order)
    where = {each: getattr(order, each) for each in ("address_line1", "city", "region", "postal_code", "country")}
    context = {
        "order": order,
        "totals": totals,
        "lines": [line for line in totals.lines if line.variant],
        "taxes": [(name, rate, tax) for (name, rate), tax in totals.taxes.items()],
        "label": addresses.written(where, order.name, order.country, home=""),
        "email": Address.objects.get(subject=order.subject).email,
        "card": order.card,
        "given": _given(totals),
        "receives": _receives(totals),
        "refused": "",
    }
    return render(request, "web/order/review.html", context)


def _subject(email: str) -> UUID:
    found = Address.objects.filter(email=email.lower()).first()
    return (found or Address.objects.create(subject=uuid7(), email=email.lower(), source="order")).subject


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """The signature checked, the charge fetched, what is new written down."""
    event = sandbox().event(request.body, request.headers)
    charge = sandbox().fetch(event.charge) if event else None
    payment = Payment.objects.select_related("order").filter(charge=charge.id).first() if charge else None
    if payment is not None and charge is not None:
        shop.hear(payment, charge)
    return HttpResponse()
