"""The first page of an account, and the question whether it is still the same person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld.accounts import presence, verbs
from upheld.accounts.answers import TooMany
from upheld.accounts.models import Passkey, Session
from upheld.contact.models import Choice
from upheld.orders.models import Order
from upheld.payments.models import Card
from upheld.policy import force
from upheld.rights.seen import story
from upheld.rights.verbs import outline
from upheld.web import errors, proving
from upheld.web.doors import door, onward
from upheld.web.people import account_of, actor, session
from upheld.web.views.sign_in import JSON

AT_A_GLANCE = 100  # rows of each kind that are looked at for what kinds of data there are


@door("GET", signed_in=True)
def account(request: HttpRequest) -> HttpResponse:
    """What there is at a glance. Nothing is opened for it."""
    mine = account_of(request)
    held, purposes = outline(mine.subject, most=AT_A_GLANCE), force.in_force().purposes
    context = {
        "held": held,
        "kinds": list(dict.fromkeys(item.title for item in held.items)),
        "staff": story.by_staff(mine.subject, held.policy),
        "choices": [(purposes[t].title or t, allowed) for t, allowed in Choice.objects.standing(mine.subject).items()],
        "orders": Order.objects.placed().for_subject(mine.subject).count(),
        "cards": Card.objects.for_subject(mine.subject).count(),
        "passkeys": Passkey.objects.for_subject(mine.subject).count(),
        "totp": verbs.has_second_factor(mine),
        "sessions": Session.objects.for_subject(mine.subject).count(),
    }
    return render(request, "web/account.html", context)


@door("GET", "POST", signed_in=True)
def confirm(request: HttpRequest) -> HttpResponse:
    form, proof = proving.prove(request)
    if isinstance(proof, TooMany):
        return errors.too_many(request, proof.retry_after)
    if proof:
        return redirect(onward(request))
    context = {"form": form, "next": onward(request), **proving.ways(account_of(request))}
    return render(request, "web/confirm.html", context)


@door("POST", signed_in=True)
def passkey_options(request: HttpRequest) -> HttpResponse:
    ceremony = verbs.begin_passkey_sign_in(account_of(request), by=actor(request))
    presence.open_ceremony(session(request), ceremony.challenge)
    return HttpResponse(ceremony.options, content_type=JSON)
