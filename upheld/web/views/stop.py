"""The link in a news letter: its reader refuses the topic, or all of them, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from upheld.contact import stopping, verbs
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.web import errors
from upheld.web.doors import door

NO_LINK = errors.Trouble(
    "This link is not one of ours",
    "It may have been cut short. Copy the whole of it from the letter, or sign in and open Choices.",
)


@csrf_exempt  # a mail program posts here for its reader (RFC 8058), and the link says all that a form could
@door("GET", "POST")
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing: programs that look for bad links open every link of a letter."""
    asked = stopping.read(token)
    if asked is None:
        return errors.page(request, 404, NO_LINK)
    everything = "everything" in request.POST
    if request.method == "POST":
        verbs.stop(asked, everything=everything, by=Actor.visitor())
    purpose = force.in_force().purposes.get(asked.topic)
    context = {
        "title": (purpose.title if purpose else "") or asked.topic,
        "stopped": request.method == "POST",
        "everything": everything,
    }
    return render(request, "web/stop.html", context)
