"""An invitation is taken up: the page that its link leads to, and what somebody will sign in with."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse

from upheld.accounts.answers import TooMany
from upheld.accounts.errors import PasswordUnfit
from upheld.desk.doors import desk
from upheld.desk.forms import ChooseForm
from upheld.desk.views.entrance import begun, challenge, come_in, status
from upheld.staff import codes, enrolling, jobs
from upheld.staff.errors import InvitationOver
from upheld.staff.inviting import invitation
from upheld.staff.models import Member
from upheld.web import errors
from upheld.web.errors import Trouble
from upheld.web.forms import CodeForm, PasskeyForm
from upheld.web.views.second_factor import drawn, grouped

JOINED = "You have joined. From here on, sign in with what you have just set up."

View = Callable[[HttpRequest, str], HttpResponse]


def _while_it_serves(view: View) -> View:
    @wraps(view)
    def enter(request: HttpRequest, secret: str) -> HttpResponse:
        try:
            return view(request, secret)
        except InvitationOver as error:
            return errors.page(request, 410, Trouble("This link leads nowhere any more", str(error)))

    return enter


@desk("GET", "POST", anyone=True)
@_while_it_serves
def join(request: HttpRequest, secret: str) -> HttpResponse:
    found, form = invitation(secret), PasskeyForm.of(request)
    if form.is_valid():
        member = enrolling.by_passkey(secret, **form.cleaned_data, challenge=challenge(request))
        if isinstance(member, Member):
            return come_in(request, member, way="passkey", said=JOINED)
        form.refuse(member.sentence)
    context = {"form": form, "secret": secret, "codes": codes.are_declared()}
    context |= {"invited": found.member, "titles": jobs.titles(found.member)}
    return _page(request, "desk/entrance/join.html", context)


@desk("POST", anyone=True)
@_while_it_serves
def options(request: HttpRequest, secret: str) -> HttpResponse:
    return begun(request, enrolling.begin_passkey(secret))


@desk("GET", "POST", anyone=True)
@_while_it_serves
def choose(request: HttpRequest, secret: str) -> HttpResponse:
    """A password first; the code follows."""
    codes.declared()
    invitation(secret)
    form = ChooseForm.of(request)
    if form.is_valid():
        try:
            enrolling.begin_codes(secret, password=form.cleaned_data["password"])
            return redirect(reverse("desk_join_code", args=[secret]))
        except PasswordUnfit as error:
            for sentence in error.sentences:
                form.refuse(sentence, "password")
    return _page(request, "desk/entrance/choose.html", {"form": form, "secret": secret})


@desk("GET", "POST", anyone=True)
@_while_it_serves
def code(request: HttpRequest, secret: str) -> HttpResponse:
    setup, form = codes.begun(invitation(secret).member), CodeForm.of(request)
    if setup is None:
        return redirect(reverse("desk_join_choose", args=[secret]))
    if form.is_valid():
        member = enrolling.by_code(secret, code=form.cleaned_data["code"])
        if isinstance(member, Member):
            return come_in(request, member, way="totp", said=JOINED)
        if isinstance(member, TooMany):
            return errors.too_many(request, member.retry_after)
        form.refuse(member.sentence, "code")
    context = {"form": form, "qr": drawn(setup.uri), "key": grouped(setup.secret), "secret": secret}
    return _page(request, "desk/entrance/code.html", context)


def _page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    return render(request, template, context, status=status(request))


urlpatterns = [
    path("join/<str:secret>/", join, name="desk_join"),
    path("join/<str:secret>/options/", options, name="desk_join_options"),
    path("join/<str:secret>/password/", choose, name="desk_join_choose"),
    path("join/<str:secret>/code/", code, name="desk_join_code"),
]
