"""What stands before every page of the desk: a member who is signed in, holds a job for it, and is still there."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse

from upheld.cases import noticing
from upheld.cases.errors import CasesError, NotYourJob, NotYours
from upheld.desk import pages, turns
from upheld.desk.visitors import is_by_itself, member, session, visitor
from upheld.policy import Refused
from upheld.staff import acting, sessions
from upheld.staff.errors import StaffError
from upheld.staff.periods import SESSION_LASTS
from upheld.vault.errors import Erased, KeptOnly, KeyMissing, OnHold, Restricted
from upheld.web import errors
from upheld.web.errors import Trouble

__all__ = ["desk", "elsewhere", "forget", "keep", "member", "onward", "session", "visitor"]

View = Callable[..., HttpResponseBase]
# htmx swaps in what our own pages answer, as text: `js/trusted.js` names the one policy that lets it.
TRUSTED = {"trusted-types": ["default"]}
# What only pages ask for, by themselves: it is refused for what changed meanwhile, and not for what somebody tried.
OF_PAGES = frozenset({"desk_field", "desk_draft", "desk_bulletin_progress"})
NO_JOB = Trouble("No job of yours opens this page", "If it should, ask whoever administers the desk.")
USE_REFUSED = Trouble("The person had us stop using their data for this", "Nothing was opened.")
ON_HOLD = Trouble("A law has us keep this for now", "Nothing was deleted. The privacy officer knows until when.")
GONE = Trouble(
    "There is nothing here any more", "Everything about the person was deleted, or what it was about is over."
)


def desk(*methods: str, kind: str = "", proven: bool = False, anyone: bool = False) -> Callable[[View], View]:
    """Take these methods only, from a member who is signed in; with `kind`, only if a job of theirs works on that kind
    of case; with `proven`, only if they have shown in the last quarter of an hour that it is still them; with
    `anyone`, from whoever comes, for the way in."""
    allowed = ("GET", "HEAD", *methods) if "GET" in methods else methods

    def wrap(view: View) -> View:
        @wraps(view)
        def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return errors.page(request, 405, Allow=", ".join(dict.fromkeys(allowed)))
            found = sessions.found(request.COOKIES.get(sessions.COOKIE, ""), is_sign_of_life=not is_by_itself(request))
            request.desk_session = found  # type: ignore[attr-defined]  # read by the functions below
            if not anyone and (found is None or found.member is None):
                return elsewhere(request, "desk_sign_in", shows="GET" in methods)
            if kind and not acting.works_on(member(request), kind):
                count_refusal(request)
                return _finish(pages.wrong(request, 403, NO_JOB))
            if proven and not sessions.is_proven(session(request)):
                return elsewhere(request, "desk_confirm", shows="GET" in methods)
            return _finish(_answer(view, request, *args, **kwargs))

        return enter

    return wrap


def _answer(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    try:
        return view(request, *args, **kwargs)
    except Http404:
        return pages.wrong(request, 404)
    except Restricted:
        return pages.wrong(request, 403, USE_REFUSED)
    except Refused as error:
        count_refusal(request, error)
        return pages.wrong(request, 403, Trouble("That is not open to you", f"Nothing was opened: {error}."))
    except OnHold:
        return pages.wrong(request, 409, ON_HOLD)
    except (CasesError, StaffError) as error:
        if isinstance(error, turns.EmergencyOver):
            return pages.wrong(request, 410, Trouble("This emergency is over", str(error)))
        if isinstance(error, NotYours | NotYourJob):
            count_refusal(request, error)
        return pages.wrong(request, 409, Trouble("That cannot be done now", str(error)))
    except (Erased, KeptOnly, KeyMissing):
        return pages.wrong(request, 410, GONE)


def count_refusal(request: HttpRequest, error: Exception | None = None) -> None:
    """Many in an hour are for the privacy officer to know of: not those of a page that asks by itself, nor of a case
    that was the member's before."""
    found, match = visitor(request), request.resolver_match
    if found is None or found.member is None or match is None:
        return
    if match.url_name in OF_PAGES or (match.url_name == "desk_queue" and is_by_itself(request)):
        return
    kind, about = match.kwargs.get("kind", ""), match.kwargs.get("about")
    if isinstance(error, NotYours) and about is not None and turns.had(found.member, kind, about):
        return
    noticing.refused(found.member)


def _finish(response: HttpResponseBase) -> HttpResponseBase:
    """Kept by no browser, and swapped in by nobody but our own script."""
    if isinstance(response, HttpResponse):
        response["Cache-Control"] = "no-store"
    replaced = {**TRUSTED, **getattr(response, "_csp_replace", {})}
    response._csp_replace = replaced  # type: ignore[attr-defined]  # read by django-csp
    return response


def keep(response: HttpResponse, begun: sessions.Begun) -> HttpResponse:
    """Have the browser keep a session."""
    response.set_cookie(
        sessions.COOKIE, begun.cookie, max_age=SESSION_LASTS, path=sessions.PATH, secure=True, httponly=True,
        samesite="Strict",
    )  # fmt: skip
    return response


def forget(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(sessions.COOKIE, path=sessions.PATH, samesite="Strict")
    return response


def elsewhere(request: HttpRequest, name: str, *, shows: bool = True) -> HttpResponse:
    """To the page called `name`, and from there back to where they were: this address if it `shows` something, else
    the page that it was sent from. A part of a page has the whole page go there."""
    here = request.path if shows else _above(request.path)
    address = f"{reverse(name)}?{urlencode({'next': request.headers.get('X-Desk-Page', here)})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _above(path: str) -> str:
    """The nearest address above this one, such as the case's above that of something done on it."""
    while path := path.rstrip("/").rpartition("/")[0]:
        try:
            resolve(f"{path}/")
        except Resolver404:
            continue
        return f"{path}/"
    return sessions.PATH


def onward(request: HttpRequest) -> str:
    """Where somebody was going: a page of the desk, or its first one. Never another site's address."""
    wanted = request.GET.get("next", "")
    return wanted if wanted.startswith(sessions.PATH) and "\\" not in wanted and "//" not in wanted else sessions.PATH
