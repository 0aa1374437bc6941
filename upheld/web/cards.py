"""How a card comes in: typed here and sent to the processor alone, or typed on the processor's own page.

Either way what reaches us is a token. A number that is typed into a field of ours by mistake is refused, and not kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld.contact.letters import on_site
from upheld.orders.models import Order
from upheld.payments import processors
from upheld.payments.errors import PaymentsError
from upheld.payments.models import Card
from upheld.payments.verbs import Shown, card_page, cards_of, describe
from upheld.policy.actors import Actor
from upheld.web.people import session

SETUP = "card_page"
NEW = "new"
TOKENS = "/sandbox/v1/tokens"  # where the browser sends a card that is typed here
SILENT = "The payment processor does not answer just now. Nothing was charged. Try again in a moment."


@dataclass(frozen=True)
class CardEntry:
    """What a form needs to ask for a card: those on file, the one just typed on the processor's page, or a new one."""

    saved: Sequence[Shown] = ()
    token: str = ""  # of a card that was typed already
    way: str = ""  # the page of ours that leads to the processor's and back
    picked: str = NEW  # the id of one on file, or NEW
    must: bool = False  # whether the form cannot do without one

    @property
    def tokens(self) -> str:
        """Where a card typed here goes; empty when the processor takes cards on its own page only."""
        return TOKENS if processors.current().takes_cards_here else ""


def entry(
    request: HttpRequest, form: BaseForm, *, way: str, saved: Sequence[Shown] = (), must: bool = False,
    failed: UUID | None = None,
) -> CardEntry:  # fmt: skip
    """How the form asks for a card. One that was just typed is kept for the next try, unless it is what is wrong; one
    that `failed` is not proposed again."""
    if "change_card" in request.POST or any(name in form.errors for name in ("card", "card_token")):
        forget_typed(request)
        return CardEntry(saved, way=way, must=must)
    typed = str(form["card_token"].value() or "") if "card_token" in form.fields else ""
    token = typed or typed_there(request)
    first = next((str(each.card.pk) for each in saved if not each.expired and each.card.pk != failed), NEW)
    picked = str(form["card"].value() or "") if "card" in form.fields else ""
    return CardEntry(saved, token=token, way=way, picked=picked or (NEW if token else first), must=must)


def saved(subject: UUID, *, by: Actor) -> list[Shown]:
    """The cards of a person, the default first."""
    return describe(list(cards_of(subject)), by=by)


def shown(order: Order, *, by: Actor) -> Shown | None:
    """The card that an order is charged to; None once it is removed."""
    found = Card.objects.filter(subject=order.subject, pk=order.card)
    return next(iter(describe(list(found), by=by)), None)


def chosen(subject: UUID, id: str) -> Card | None:
    """The person's card with this id; None for another's, and for what is no id."""
    return {str(card.pk): card for card in cards_of(subject)}.get(id)


def to_card_page(request: HttpRequest, *, back: str) -> HttpResponse:
    """To the processor's page. `back` is the path of ours that it leads to when the card is typed."""
    try:
        page = card_page(back=on_site(back))
    except PaymentsError:
        return render(request, "web/said.html", {"heading": "Not just now", "text": SILENT, "to": back, "act": "Back"})
    session(request)[SETUP] = page.setup
    return away(request, page.url)


def typed_there(request: HttpRequest) -> str:
    """The token of the card that was typed on the processor's page since; empty when there is none."""
    setup = session(request).get(SETUP, "")
    if not setup:
        return ""
    try:
        return processors.current().token_of(setup)
    except PaymentsError:
        return ""


def forget_typed(request: HttpRequest) -> None:
    """It has served, or is to be typed again."""
    session(request).pop(SETUP, None)


def away(request: HttpRequest, url: str) -> HttpResponse:
    """To a page of the processor's: at once when it is on this site; else by a link that the person follows, since no
    form of ours may end elsewhere."""
    parts = urlsplit(url)
    if (parts.scheme, parts.netloc) == ("https", request.get_host()):
        return redirect(url)
    return render(request, "web/order/away.html", {"url": url, "host": parts.hostname})
