"""`/builds/`: whoever has a build's number, or the file, sees what it reported, stops it and deletes it.

No account and no cookie. A number stands in what is posted and in the page, and in no address.
"""

import json

from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from upheld.accounts import limits
from upheld.api import forgetting
from upheld.builds import numbers, possession
from upheld.builds.errors import BuildsError, NotANumber, TooManyReports, UnknownNumber
from upheld.builds.possession import Reported
from upheld.policy.actors import Actor
from upheld.web import build_tokens, errors
from upheld.web.build_files import NO_FILE, NoFile, One, number_in
from upheld.web.doors import door
from upheld.web.people import source

SHOWN = limits.Limit("builds.shown", 120, limits.HOUR)
ANYONE = Actor.visitor()
TOO_OLD = errors.Trouble(
    "This page is too old", "Nothing was changed. Give the number once more, and the page is made anew."
)
WITH_A_FILE = errors.Trouble("That was too much", NO_FILE)
NO_STAMP = "There is no number of ours in this file. Type the number, or choose the file that lay beside it."
NOT_OURS = "There is no build of this number. Compare it with yours, sign by sign."
NOTHING = "Type the number of a build, or choose its file."


@csrf_exempt  # the number is the authority, and nobody else's page knows it (upheld.web.build_tokens)
@door("GET", "POST")
def builds(request: HttpRequest) -> HttpResponse:
    _as_anyone(request)
    if request.method != "POST":
        return render(request, "web/builds/ask.html", {})
    upload = One(request)
    request.upload_handlers = [upload]
    if refused := _too_many(request):
        return refused
    try:
        return _shown(request, possession.see(_asked(request, upload)))
    except NotANumber as error:
        return _ask(request, str(error))
    except UnknownNumber:
        return _ask(request, NOT_OURS)
    except BuildsError:
        return _ask(request, NO_STAMP)


@csrf_exempt  # as above: the token in the form was made for whoever showed the number
@door("POST")
def copy(request: HttpRequest) -> HttpResponse:
    """What it reported, to take along."""
    if refused := _unfit(request):
        return refused
    signs = build_tokens.read(request.POST.get("token", ""))
    if not signs:
        return errors.page(request, 410, TOO_OLD)
    text = json.dumps(possession.see(signs).as_json(), indent=2) + "\n"
    headers = {"Content-Disposition": 'attachment; filename="my-build.json"'}
    return HttpResponse(text, content_type="application/json", headers=headers)


@csrf_exempt  # as above
@door("POST")
def stop(request: HttpRequest) -> HttpResponse:
    return _done(request, "stop", "This build is stopped. Nothing that it sends is taken any more.")


@csrf_exempt  # as above
@door("POST")
def delete(request: HttpRequest) -> HttpResponse:
    return _done(request, "delete", "All that this build reported is deleted.")


def _done(request: HttpRequest, what: str, said: str) -> HttpResponse:
    """Asks first; the form of that page says that they are sure."""
    if refused := _unfit(request):
        return refused
    signs = build_tokens.read(request.POST.get("token", ""))
    if not signs:
        return errors.page(request, 410, TOO_OLD)
    if "sure" not in request.POST:
        return render(request, "web/builds/sure.html", {"token": build_tokens.make(signs), "what": what})
    verb = possession.stop if what == "stop" else possession.forget
    try:
        forgetting.once_more(signs)
    except TooManyReports as error:
        return errors.too_many(request, error.retry_after)
    verb(signs, by=ANYONE)
    return _shown(request, possession.see(signs), said)


def _unfit(request: HttpRequest) -> HttpResponse | None:
    """One of too many, or with a file, of which nothing is written anywhere."""
    _as_anyone(request)
    upload = NoFile(request)
    request.upload_handlers = [upload]
    if refused := _too_many(request):
        return refused
    return errors.page(request, 413, WITH_A_FILE) if len(request.FILES) or upload.wrong else None


def _asked(request: HttpRequest, upload: One) -> str:
    """The signs that were typed, or those in the file. Raises BuildsError."""
    typed = request.POST.get("number", "").strip()
    given = request.FILES.get("file")
    if upload.wrong:
        raise NotANumber(upload.wrong)
    if typed:
        return numbers.read(typed)
    if not isinstance(given, TemporaryUploadedFile):
        raise NotANumber(NOTHING)
    return numbers.read(number_in(given))


def _ask(request: HttpRequest, wrong: str) -> HttpResponse:
    """What was typed is not shown again: it may be anything."""
    return render(request, "web/builds/ask.html", {"wrong": wrong}, status=400)


def _shown(request: HttpRequest, seen: Reported, said: str = "") -> HttpResponse:
    token = build_tokens.make(numbers.read(seen.number))
    return render(request, "web/builds/seen.html", {"seen": seen, "token": token, "said": said})


def _too_many(request: HttpRequest) -> HttpResponse | None:
    refused = limits.take([(SHOWN, limits.whereabouts(source(request)))])
    return errors.too_many(request, refused.retry_after) if refused is not None else None


def _as_anyone(request: HttpRequest) -> None:
    """The same page for everybody, and no form in it that needs a cookie: who is signed in plays no part here."""
    request.user = AnonymousUser()
