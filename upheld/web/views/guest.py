"""Guests: the link in a letter shows that the address is theirs, and gives them what an account gives."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld import vault
from upheld.accounts.models import account_of as account_with
from upheld.orders import links
from upheld.orders.models import Order
from upheld.rights import verbs
from upheld.web.doors import door, sign_in_for
from upheld.web.people import guest, known, welcome_guest
from upheld.web.views.delete import erased, told
from upheld.web.views.orders import made_apart

GONE = {
    "heading": "This link serves no more",
    "text": "It is too old, or everything about the order was deleted.",
    "to": "/",
    "act": "First page",
}
SOMEONE_ELSE = {
    "heading": "Someone else is signed in",
    "text": "This link belongs to another person than the one who is signed in here. Sign out, then open it again.",
    "to": "/account/",
    "act": "Your account",
}


@door("GET")
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """From a letter to the order. Someone who has an account by now signs in for it."""
    ids = links.read(token, links.MINE)
    order = Order.objects.placed().filter(subject=ids[0], pk=ids[1]).first() if ids else None
    if order is None or vault.is_erased(order.subject):
        return render(request, "web/said.html", GONE, status=410)
    there = known(request)
    if there == order.subject or order in made_apart(request):
        return redirect("order_seen", order.pk)
    if request.user.is_authenticated:
        return render(request, "web/said.html", SOMEONE_ELSE, status=409)
    if account_with(order.subject):
        return sign_in_for("order_seen", order.pk)
    welcome_guest(request, order.subject)
    return redirect("order_seen", order.pk)


@door("GET", "POST", known=True)
def delete(request: HttpRequest) -> HttpResponse:
    """Everything, at once: the link has shown who they are."""
    subject = guest(request)
    if subject is None:
        return redirect("delete")
    if request.method == "POST":
        return erased(request, subject)
    return render(request, "web/orders/delete.html", told(verbs.plan(subject)))
