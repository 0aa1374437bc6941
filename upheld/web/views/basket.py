"""The basket: put in, change, take out."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld.orders.models import Variant
from upheld.web.basket import Basket, TooMuch
from upheld.web.doors import door
from upheld.web.forms import BasketForm


@door("GET", "POST")
def basket(request: HttpRequest) -> HttpResponse:
    """The basket as it is; a POST puts something in, or changes how many there are of it."""
    held = Basket.of(request)
    if request.method != "POST":
        return _show(request, held)
    form = BasketForm.of(request)
    if not form.is_valid():
        return _show(request, held, form.sentence)
    variant = _sold(form.cleaned_data["variant"])
    if variant is None:
        return _show(request, held, "This is no longer sold. Nothing was put into your basket.")
    changed = _changed(held, variant, form.cleaned_data)
    if isinstance(changed, TooMuch):
        return _show(request, held, changed.sentence)
    messages.success(request, _said(changed, variant, form.cleaned_data))
    return changed.keep(redirect("basket"))


def _sold(variant: Any) -> Variant | None:
    return Variant.objects.filter(pk=variant).select_related("product").first()


def _changed(held: Basket, variant: Variant, given: dict[str, Any]) -> Basket | TooMuch:
    quantity = given["quantity"]
    if given["change"]:
        return held.with_just(variant.id, quantity)
    if variant.withdrawn_at or variant.product.withdrawn_at:
        return TooMuch("This is no longer sold. Nothing was put into your basket.")
    if variant.stock == 0:
        return TooMuch("This is sold out. Nothing was put into your basket.")
    return held.with_more(variant.id, quantity)


def _said(changed: Basket, variant: Variant, given: dict[str, Any]) -> str:
    title = variant.product.title
    if variant.id not in changed.quantities:
        return f"{title} is out of your basket."
    if given["change"]:
        return f"There are now {changed.quantities[variant.id]} of {title} in your basket."
    return f"{title} is in your basket."


def _show(request: HttpRequest, held: Basket, refused: str = "") -> HttpResponse:
    totals: dict[str, int] = {}
    for line in held.lines:
        totals[line.variant.currency] = totals.get(line.variant.currency, 0) + line.total
    context = {"basket": held, "totals": totals.items(), "mixed": len(totals) > 1, "refused": refused}
    return render(request, "web/shop/basket.html", context)
