"""What stands before every view: which methods it takes, who may come in, and how a refusal becomes a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from upheld.accounts import presence
from upheld.accounts.errors import NotProven
from upheld.policy import Refused
from upheld.vault.errors import Erased, KeptOnly, OnHold, Restricted
from upheld.web import errors, people
from upheld.web.people import account_of, session

View = Callable[..., HttpResponseBase]


def door(
    *methods: str, signed_in: bool | None = None, proven: bool = False, known: bool = False
) -> Callable[[View], View]:
    """Take these methods only; with `signed_in` True, people who are; with False, people who are not yet; with
    `proven`, people who have shown in the last ten minutes that it is still them; with `known`, people who are signed
    in and guests who came by the link in a letter."""
    allowed = ("GET", "HEAD", *methods) if "GET" in methods else methods

    def wrap(view: View) -> View:
        @wraps(view)
        def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return errors.page(request, 405, Allow=", ".join(dict.fromkeys(allowed)))
            if signed_in is not None and request.user.is_authenticated != signed_in:
                return elsewhere("sign_in", request) if signed_in else redirect(onward(request))
            if known and people.known(request) is None:
                return errors.page(request, 410) if people.was_erased(request) else elsewhere("sign_in", request)
            if proven and presence.proof(session(request), account_of(request)) is None:
                return elsewhere("confirm", request)
            try:
                return view(request, *args, **kwargs)
            except Restricted:
                return errors.page(request, 403, errors.USE_REFUSED)
            except Refused:
                return errors.page(request, 403)
            except OnHold:
                return errors.page(request, 409, errors.ON_HOLD)
            except (Erased, KeptOnly):  # everything was deleted a moment ago
                return errors.page(request, 410)
            except NotProven:
                return elsewhere("confirm", request)

        return enter

    return wrap


def elsewhere(name: str, request: HttpRequest) -> HttpResponse:
    """To the page called `name`, and from there back to this one."""
    return redirect(f"{reverse(name)}?{urlencode({'next': request.path})}")


def sign_in_for(name: str, *args: object) -> HttpResponse:
    """Sign in, and go to the page called `name`."""
    return redirect(f"{reverse('sign_in')}?{urlencode({'next': reverse(name, args=args)})}")


def onward(request: HttpRequest) -> str:
    """Where someone was going: a page of their account, a download, or the account's first page. Never another site's
    address."""
    wanted = request.GET.get("next", "")
    is_ours = wanted.startswith(("/account/", reverse("downloads"))) or wanted == reverse("order")
    return wanted if is_ours and "\\" not in wanted else reverse("account")
