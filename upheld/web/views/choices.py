"""What we may write about: a choice for each topic of the policy, and one step that stops everything."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld.contact import verbs
from upheld.contact.models import Choice
from upheld.policy import force
from upheld.web.doors import door
from upheld.web.people import account_of, actor


@door("GET", "POST", signed_in=True)
def choices(request: HttpRequest) -> HttpResponse:
    subject, policy = account_of(request).subject, force.in_force()
    standing = Choice.objects.standing(subject)
    if request.method == "POST":
        chosen = set(request.POST.getlist("topic"))
        changed = {topic: topic in chosen for topic, allowed in standing.items() if (topic in chosen) != allowed}
        for topic, allowed in changed.items():
            verbs.record_choice(subject, topic=topic, allowed=allowed, by=actor(request), source="account")
        messages.success(request, "Your choices are saved." if changed else "Nothing was different.")
        return redirect("choices")
    rows = [
        {"topic": topic, "allowed": allowed, "title": p.title or topic, "why": p.why, "kind": p.choice}
        for topic, allowed in standing.items()
        for p in [policy.purposes[topic]]
    ]
    return render(request, "web/choices.html", {"choices": rows})


@door("POST", signed_in=True)
def stop(request: HttpRequest) -> HttpResponse:
    verbs.refuse_everything(account_of(request).subject, by=actor(request), source="account")
    messages.success(request, "Nothing of this will be sent to you any more.")
    return redirect("choices")
