"""What stands before every view: which methods it takes, who may come in, and how a refusal becomes a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from upheld.policy import Refused
from upheld.web import errors

View = Callable[..., HttpResponse]


def door(*methods: str, signed_in: bool | None = None) -> Callable[[View], View]:
    """Take these methods only; with `signed_in` True, people who are; with False, people who are not yet."""
    allowed = ("GET", "HEAD", *methods) if "GET" in methods else methods

    def wrap(view: View) -> View:
        @wraps(view)
        def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in allowed:
                return errors.page(request, 405, Allow=", ".join(dict.fromkeys(allowed)))
            if signed_in is not None and request.user.is_authenticated != signed_in:
                return redirect("sign_in" if signed_in else "account")
            try:
                return view(request, *args, **kwargs)
            except Refused:
                return errors.page(request, 403)

        return enter

    return wrap
