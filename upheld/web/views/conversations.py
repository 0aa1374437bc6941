"""What a person wrote to us and what we answered: read, answered and deleted by them."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld.conversations import verbs
from upheld.conversations.models import Conversation
from upheld.policy import force
from upheld.policy.words import period
from upheld.rights.models import Request
from upheld.web import errors, writing
from upheld.web.doors import door
from upheld.web.people import person, subject_of
from upheld.web.writing import ReplyForm

REASONS: Mapping[str, str] = {
    "support": "A question",
    "order": "An order",
    "product": "A product",
    "press": "Press",
    "rights": "Your rights",
    "concern": "A concern",
    "other": "Something else",
}


@door("GET", known=True)
def conversations(request: HttpRequest) -> HttpResponse:
    """Nothing is opened for the list."""
    found = Conversation.objects.for_subject(subject_of(request)).order_by("-opened_at", "-id")
    rows = [(each, REASONS[each.reason]) for each in found]
    return render(request, "web/conversations/conversations.html", {"rows": rows, "kept": _kept()})


@door("GET", "POST", known=True)
def conversation(request: HttpRequest, row: UUID) -> HttpResponse:
    """Opened for the person themselves, which their record says, as it does of everyone."""
    found, form = _mine(request, row), ReplyForm.of(request)
    if form.is_valid():
        refused = writing.too_many(request, whose=found.subject.bytes)
        if refused is not None:
            return errors.too_many(request, refused.retry_after)
        verbs.add(found, title="", **form.cleaned_data, by=person(request))
        messages.success(request, "Your reply is with us.")
        return redirect("conversation", row)
    context = {
        "conversation": found,
        "reason": REASONS[found.reason],
        "said": verbs.read(found, by=person(request)),
        "requests": Request.objects.filter(subject=found.subject, conversation=found.pk).order_by("id"),
        "form": form,
        "kept": _kept(),
    }
    return render(request, "web/conversations/conversation.html", context)


@door("GET", "POST", known=True)
def remove(request: HttpRequest, row: UUID) -> HttpResponse:
    found = _mine(request, row)
    if request.method == "POST":
        verbs.remove(found, by=person(request))
        messages.success(request, "The conversation is deleted. Nobody can read it here any more.")
        return redirect("conversations")
    asked = Request.objects.standing().filter(subject=found.subject, conversation=found.pk)
    return render(request, "web/conversations/remove.html", {"conversation": found, "asked": asked})


def _mine(request: HttpRequest, row: UUID) -> Conversation:
    found: Conversation | None = Conversation.objects.filter(subject=subject_of(request), pk=row).first()
    if found is None:
        raise Http404
    return found


def _kept() -> str:
    """How long it is kept after it is closed, in words."""
    policy = force.in_force()
    return period(policy.retention[policy.retention_class("message", "message")].keep)
