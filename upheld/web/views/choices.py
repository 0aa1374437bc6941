"""What we may write about: a choice for each topic of the policy, and one step that stops everything."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld.contact import verbs
from upheld.contact.models import Choice, Interest
from upheld.policy import force
from upheld.web import privacy_control
from upheld.web.doors import door
from upheld.web.people import account_of, actor


@door("GET", "POST", signed_in=True)
def choices(request: HttpRequest) -> HttpResponse:
    subject, policy = account_of(request).subject, force.in_force()
    standing, interests = Choice.objects.standing(subject), Interest.objects.standing(subject)
    if request.method == "POST":
        chosen = set(request.POST.getlist("topic"))
        changed = {topic: topic in chosen for topic, allowed in standing.items() if (topic in chosen) != allowed}
        for topic, allowed in changed.items():
            verbs.record_choice(subject, topic=topic, allowed=allowed, by=actor(request), source="account")
        marked = set(request.POST.getlist("product"))
        other = {product: product in marked for product, said in interests.items() if (product in marked) != said}
        for product, interested in other.items():
            verbs.record_interest(subject, product=product, interested=interested, by=actor(request), source="account")
        messages.success(request, "Your choices are saved." if changed or other else "Nothing was different.")
        return redirect("choices")
    sources = Choice.objects.sources(subject)
    rows = [
        {
            "topic": topic,
            "allowed": allowed,
            "title": p.title or topic,
            "why": p.why,
            "kind": p.choice,
            "source": sources.get(topic),
        }
        for topic, allowed in standing.items()
        for p in [policy.purposes[topic]]
    ]
    context = {"choices": rows, "interests": interests, "signalled": privacy_control.is_sent(request)}
    return render(request, "web/choices.html", context)


@door("POST", signed_in=True)
def stop(request: HttpRequest) -> HttpResponse:
    verbs.refuse_everything(account_of(request).subject, by=actor(request), source="account")
    messages.success(request, "Nothing of this will be sent to you any more.")
    return redirect("choices")
