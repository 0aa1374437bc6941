"""Who stands at the door: the actor that a verb is told, and where the request comes from."""

import time
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.contrib.auth.middleware import get_user
from django.http import HttpRequest

from upheld import vault
from upheld.accounts.models import Account
from upheld.accounts.models import account_of as account_with
from upheld.accounts.sessions import SessionStore
from upheld.orders.models import Order
from upheld.policy.actors import Actor

GUEST, ORDER = "guest", "order"
GUEST_STAYS = timedelta(hours=1)


def account_of(request: HttpRequest) -> Account:
    """The account of someone signed in; only behind a door that asks for it. `request.user` only stands for it."""
    user = get_user(request)
    assert isinstance(user, Account)
    return user


def actor(request: HttpRequest) -> Actor:
    if request.user.is_authenticated:
        return Actor.person(account_of(request).subject)
    return Actor.visitor()


def known(request: HttpRequest) -> UUID | None:
    """The person who is there: signed in, or a guest who came by the link in a letter."""
    return actor(request).id or guest(request)


def subject_of(request: HttpRequest) -> UUID:
    """The same, behind a door that lets nobody else in."""
    subject = known(request)
    assert subject
    return subject


def person(request: HttpRequest) -> Actor:
    """Whoever is there, acting for themselves; behind such a door too."""
    return Actor.person(subject_of(request))


def welcome_guest(request: HttpRequest, subject: UUID) -> None:
    """Someone without an account has shown that the address is theirs: it counts for an hour, in this browser."""
    session(request)[GUEST] = [str(subject), time.time()]


def guest(request: HttpRequest) -> UUID | None:
    """Nobody, once there is an account, since that is what signing in is for; and nobody who was erased."""
    subject = _welcomed(request)
    return None if subject is None or vault.is_erased(subject) or account_with(subject) else subject


def was_erased(request: HttpRequest) -> bool:
    """Whether a guest was here about whom everything is deleted."""
    subject = _welcomed(request)
    return subject is not None and vault.is_erased(subject)


def _welcomed(request: HttpRequest) -> UUID | None:
    found = session(request).get(GUEST)
    return UUID(found[0]) if found and lasts(found[1]) else None


def lasts(since: float) -> bool:
    """Whether what a letter's link has shown still counts."""
    return 0 <= time.time() - since <= GUEST_STAYS.total_seconds()


def remember_order(request: HttpRequest, order: Order) -> None:
    """This browser made it: until it is placed it may be looked over here, and thanked for afterwards."""
    session(request)[ORDER] = [str(order.subject), str(order.pk)]


def order_here(request: HttpRequest) -> Order | None:
    """The order that this browser made last, unless somebody else has signed in since, or its person was erased."""
    ids = session(request).get(ORDER)
    if not ids:
        return None
    subject = UUID(ids[0])
    if vault.is_erased(subject) or (request.user.is_authenticated and account_of(request).subject != subject):
        return None
    order: Order | None = Order.objects.filter(subject=subject, pk=UUID(ids[1])).first()
    return order


def source(request: HttpRequest) -> str:
    """Where the request comes from, for rate limits, which keep it nowhere. No header is believed: anyone can send
    one, so behind a proxy all requests count as the proxy's."""
    return str(request.META.get("REMOTE_ADDR", ""))


def user_agent(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")


def session(request: HttpRequest) -> SessionStore:
    return cast(SessionStore, request.session)
