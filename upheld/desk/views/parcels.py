"""`/desk/parcels/`: what waits to be packed and sent, several at once. Names and addresses stand on the slips alone."""

from collections.abc import Collection, Mapping, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from upheld.desk import parcels, printing
from upheld.desk.doors import desk, member, session
from upheld.desk.pages import page
from upheld.desk.parcels import KIND, Verb
from upheld.orders import carriers, verbs
from upheld.orders.models import Order
from upheld.payments.verbs import looks_like_card_number
from upheld.policy.actors import Actor
from upheld.staff import sessions
from upheld.web.forms import CARD_NUMBER

TRACKING = "tracking-"
NONE_CHOSEN = "Choose at least one parcel."
NO_NUMBER = "Type at least one tracking number."
NOT_THERE = "One of those is no order that waits here. Look at the list again."
Sentences = Mapping[Order, str]


@desk("GET", kind=KIND)
def listed(request: HttpRequest) -> HttpResponse:
    return _shown(request)


@desk("POST", kind=KIND, proven=True)
def take(request: HttpRequest) -> HttpResponse:
    return _each(request, lambda order, by: None, "taken")


@desk("POST", kind=KIND, proven=True)
def pack(request: HttpRequest) -> HttpResponse:
    return _each(request, lambda order, by: verbs.pack(order, by=by), "packed")


@desk("POST", kind=KIND, proven=True)
def slips(request: HttpRequest) -> HttpResponse:
    """The slips of those chosen. What could not be made is told in the archive; when there is none, on the page."""
    chosen = _chosen(request.POST.getlist("order"))
    if isinstance(chosen, str):
        return _shown(request, wrong=chosen)
    made: list[tuple[str, bytes]] = []

    def make(order: Order, by: Actor) -> None:
        made.append((order.number, printing.printed(order, printing.SLIP, by=by)))

    sentences = _done(request, chosen, make)
    return printing.sent_together(made, _problems(sentences)) if made else _shown(request, sentences)


@desk("POST", kind=KIND, proven=True)
def ship(request: HttpRequest) -> HttpResponse:
    """Those with a tracking number beside them; where the carrier gives the numbers, those chosen."""
    if carriers.current().needs_address_by_api:
        return _each(request, lambda order, by: verbs.ship(order, by=by), "shipped")
    typed = _typed(request)
    chosen = _chosen(typed, none=NO_NUMBER)
    if isinstance(chosen, str):
        return _shown(request, wrong=chosen)

    def send(order: Order, by: Actor) -> object:
        return verbs.ship(order, tracking=typed.get(str(order.pk), ""), by=by)

    misplaced = {each: CARD_NUMBER for each in chosen if looks_like_card_number(typed.get(str(each.pk), ""))}
    done = _done(request, [each for each in chosen if each not in misplaced], send)
    return _told(request, misplaced | done, "shipped")


def _each(request: HttpRequest, verb: Verb, said: str) -> HttpResponse:
    chosen = _chosen(request.POST.getlist("order"))
    if isinstance(chosen, str):
        return _shown(request, wrong=chosen)
    return _told(request, _done(request, chosen, verb), said)


def _chosen(ids: Collection[str], *, none: str = NONE_CHOSEN) -> list[Order] | str:
    """The orders of these ids, or what is wrong with them."""
    if not ids:
        return none
    return parcels.named(ids) or NOT_THERE


def _done(request: HttpRequest, chosen: Sequence[Order], verb: Verb) -> dict[Order, str]:
    """The verb on each; why it was not done, empty where it was."""
    return {each: parcels.attempt(each, verb, by=member(request)) for each in chosen}


def _told(request: HttpRequest, sentences: Sentences, said: str) -> HttpResponse:
    if any(sentences.values()):
        return _shown(request, sentences, done=_counted(sentences, said))
    sessions.say(session(request), _counted(sentences, said))
    return redirect("desk_parcels")


def _counted(sentences: Sentences, said: str) -> str:
    count = list(sentences.values()).count("")
    return f"{count} parcel{' is' if count == 1 else 's are'} {said}." if count else ""


def _problems(sentences: Sentences) -> list[str]:
    return [f"{order.number}: {sentence}" for order, sentence in sentences.items() if sentence]


def _typed(request: HttpRequest) -> dict[str, str]:
    """The tracking numbers that were typed, by the order's id as our own pages write it."""
    names = [name for name in request.POST if name.startswith(TRACKING)]
    given = {name.removeprefix(TRACKING).lower(): request.POST.get(name, "").strip() for name in names}
    return {id: text for id, text in given.items() if text}


def _shown(
    request: HttpRequest, sentences: Sentences | None = None, *, wrong: str = "", done: str = ""
) -> HttpResponse:
    """The page; after something was not done, with why beside each, and what was typed and chosen for those."""
    rows, more = parcels.waiting(member(request))
    told = {order.pk: sentence for order, sentence in (sentences or {}).items()}
    chosen, typed = set(request.POST.getlist("order")), _typed(request)
    for row in rows:
        row.sentence = told.get(row.id, "")
        if row.id not in told or row.sentence:
            row.is_chosen = str(row.id) in chosen
            tracking = typed.get(str(row.id), "")
            row.tracking = "" if looks_like_card_number(tracking) else tracking
    shown = {
        "rows": rows,
        "more": more,
        "wrong": wrong,
        "done": done,
        "problems": _problems(sentences or {}),
        "by_api": carriers.current().needs_address_by_api,
        "carrier": carriers.current().title,
    }
    return page(request, "desk/parcels/parcels.html", shown, status=422 if wrong or shown["problems"] else 200)


urlpatterns = [
    path("parcels/", listed, name="desk_parcels"),
    path("parcels/take/", take, name="desk_parcels_take"),
    path("parcels/pack/", pack, name="desk_parcels_pack"),
    path("parcels/slips/", slips, name="desk_parcels_slips"),
    path("parcels/ship/", ship, name="desk_parcels_ship"),
]
