"""What stands before every view: which methods it takes, who may come in, and how a refusal becomes a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from upheld.accounts import presence
from upheld.accounts.errors import NotProven
from upheld.policy import Refused
from upheld.web import errors
from upheld.web.people import account_of, session

View = Callable[..., HttpResponse]


def door(*methods: str, signed_in: bool | None = None, proven: bool = False) -> Callable[[View], View]:
    """Take these methods only; with `signed_in` True, people who are; with False, people who are not yet; with
    `proven`, people who have shown in the last ten minutes that it is still them."""
    allowed = ("GET", "HEAD", *methods) if "GET" in methods else methods

    def wrap(view: View) -> View:
        @wraps(view)
        def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in allowed:
                return errors.page(request, 405, Allow=", ".join(dict.fromkeys(allowed)))
            if signed_in is not None and request.user.is_authenticated != signed_in:
                return _elsewhere("sign_in", request) if signed_in else redirect(onward(request))
            if proven and presence.proof(session(request), account_of(request)) is None:
                return _elsewhere("confirm", request)
            try:
                return view(request, *args, **kwargs)
            except Refused:
                return errors.page(request, 403)
            except NotProven:
                return _elsewhere("confirm", request)

        return enter

    return wrap


def _elsewhere(name: str, request: HttpRequest) -> HttpResponse:
    """To the page called `name`, and from there back to this one."""
    return redirect(f"{reverse(name)}?{urlencode({'next': request.path})}")


def onward(request: HttpRequest) -> str:
    """Where someone was going: a page of their account, or its first one. Never another site's address."""
    wanted = request.GET.get("next", "")
    return wanted if wanted.startswith("/account/") and "\\" not in wanted else reverse("account")
