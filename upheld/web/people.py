"""Who stands at the door: the actor that a verb is told, and where the request comes from."""

from typing import cast

from django.contrib.auth.middleware import get_user
from django.http import HttpRequest

from upheld.accounts.models import Account
from upheld.accounts.sessions import SessionStore
from upheld.policy.actors import Actor


def account_of(request: HttpRequest) -> Account:
    """The account of someone signed in; only behind a door that asks for it. `request.user` only stands for it."""
    user = get_user(request)
    assert isinstance(user, Account)
    return user


def actor(request: HttpRequest) -> Actor:
    if request.user.is_authenticated:
        return Actor.person(account_of(request).subject)
    return Actor.visitor()


def source(request: HttpRequest) -> str:
    """Where the request comes from, for rate limits, which keep it nowhere. No header is believed: anyone can send
    one, so behind a proxy all requests count as the proxy's."""
    return str(request.META.get("REMOTE_ADDR", ""))


def user_agent(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")


def session(request: HttpRequest) -> SessionStore:
    return cast(SessionStore, request.session)
