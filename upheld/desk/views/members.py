"""Who works here, in which jobs; for whoever administers the desk. Members are their pseudonyms here too."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone

from upheld.desk.doors import desk, member, session
from upheld.desk.forms import InviteForm, JobsForm
from upheld.desk.pages import page
from upheld.desk.views.entrance import status
from upheld.policy.actors import Actor
from upheld.policy.standing import MEMBERS
from upheld.staff import acting, changing, inviting, jobs, leaving, resolving, sessions
from upheld.staff.errors import IsHere, LastAdministrator, NoSuchMember, OwnJobs
from upheld.staff.models import Invitation, Member


@desk("GET", kind=MEMBERS)
def members(request: HttpRequest) -> HttpResponse:
    here = Member.objects.filter(left_at=None).order_by("id")
    out = Invitation.objects.filter(used_at=None, expires_at__gt=timezone.now())
    waiting = set(out.values_list("member", flat=True))
    rows = [(each, jobs.titles(each), each.pk in waiting) for each in here]
    return page(request, "desk/members/members.html", {"rows": rows})


@desk("GET", "POST", kind=MEMBERS, proven=True)
def invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm.of(request)
    if form.is_valid():
        try:
            made = inviting.invite(**form.cleaned_data, by=_actor(request))
        except IsHere as error:
            form.refuse(str(error), "address")
        else:
            return _done(request, f"{made.member} is invited. The letter is on its way; its link serves three days.")
    return page(request, "desk/members/invite.html", {"form": form}, status=status(request))


@desk("GET", "POST", kind=MEMBERS, proven=True)
def change(request: HttpRequest, pseudonym: str) -> HttpResponse:
    someone = _called(pseudonym)
    form = JobsForm.of(request) if request.method == "POST" else JobsForm(initial={"jobs": someone.jobs})
    if form.is_valid():
        try:
            changing.change_jobs(someone, jobs=form.cleaned_data["jobs"], by=_actor(request))
        except (LastAdministrator, OwnJobs) as error:
            form.refuse(str(error), "jobs")
        else:
            return _done(request, f"The jobs of {someone} are changed. That holds from now on.")
    context = {"form": form, "someone": someone, "sessions": sessions.of(someone)}
    return page(request, "desk/members/member.html", context, status=status(request))


@desk("POST", kind=MEMBERS, proven=True)
def end_sessions(request: HttpRequest, pseudonym: str) -> HttpResponse:
    someone = _called(pseudonym)
    sessions.end_all(someone, by=_actor(request))
    if someone == member(request):
        return redirect("desk_sign_in")
    return _done(request, f"{someone} is signed out everywhere.")


@desk("GET", "POST", kind=MEMBERS, proven=True)
def leave(request: HttpRequest, pseudonym: str) -> HttpResponse:
    someone = _called(pseudonym)
    if request.method == "POST":
        leaving.leave(someone, by=_actor(request))
        if someone == member(request):
            return redirect("desk_sign_in")
        return _done(request, f"{someone} works here no more: signed out everywhere, with no way in.")
    context = {
        "heading": f"{someone} leaves?",
        "lead": "They are signed out everywhere at once, and cannot sign in again. Their cases go back to the queues.",
        "act": "They leave",
        "back": reverse("desk_member", args=[someone.pseudonym]),
        "back_name": someone.pseudonym,
    }
    return page(request, "desk/own/ask.html", context)


def _called(pseudonym: str) -> Member:
    """Somebody here, or invited."""
    try:
        found = resolving.called(pseudonym)
    except NoSuchMember:
        raise Http404 from None
    if found.left_at is not None:
        raise Http404
    return found


def _actor(request: HttpRequest) -> Actor:
    return acting.as_staff(member(request), MEMBERS)


def _done(request: HttpRequest, sentence: str) -> HttpResponse:
    sessions.say(session(request), sentence)
    return redirect("desk_members")


urlpatterns = [
    path("staff/", members, name="desk_members"),
    path("staff/invite/", invite, name="desk_invite"),
    path("staff/<slug:pseudonym>/", change, name="desk_member"),
    path("staff/<slug:pseudonym>/sessions/end/", end_sessions, name="desk_end_sessions"),
    path("staff/<slug:pseudonym>/leave/", leave, name="desk_leave"),
]
