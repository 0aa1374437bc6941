"""A person's requests and concerns: how far each is and by when, the rights that have no button, taking one back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld.contact import locking
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.rights import clocks, verbs
from upheld.rights.errors import IsOver
from upheld.rights.models import Request, Right
from upheld.web import errors, progress, writing
from upheld.web.doors import door
from upheld.web.people import person, subject_of
from upheld.web.writing import AskForm


@door("GET", known=True)
def requests(request: HttpRequest) -> HttpResponse:
    """Nothing is opened for the list."""
    subject = subject_of(request)
    rows = progress.rows(Request.objects.for_subject(subject).order_by("-asked_at", "-id"))
    told = set(Conversation.objects.for_subject(subject).values_list("pk", flat=True))
    for row in rows:
        row.conversation = row.asked.conversation if row.asked.conversation in told else None
    deletion = progress.deletion(subject, rows)
    is_moving = bool(deletion) or progress.is_moving(rows)
    context = {"rows": rows, "deletion": deletion, "is_moving": is_moving, "is_theirs": True}
    if progress.is_part(request):
        return render(request, "web/requests/progress.html", context)
    authority = clocks.LAWS[clocks.law()].authority
    return render(request, "web/requests/requests.html", context | {"authority": authority})


@door("GET", "POST", known=True)
def ask(request: HttpRequest) -> HttpResponse:
    """For what takes a person's judgement: what they write goes with the request."""
    form = AskForm.of(request)
    if form.is_valid():
        refused = writing.too_many(request, whose=subject_of(request).bytes)
        if refused is not None:
            return errors.too_many(request, refused.retry_after)
        asked = _ask(request, Right(form.cleaned_data["right"]), form.cleaned_data["text"])
        if asked:
            messages.success(request, "Your request is with us.")
            return redirect("requests")
        form.refuse(asked.sentence)
    return render(request, "web/requests/ask.html", {"form": form, "hints": writing.ASKED})


def _ask(request: HttpRequest, right: Right, text: str) -> Any:
    """Its requests, or why there are none, and then nothing of it is kept."""
    subject, by = subject_of(request), person(request)
    with locking.alone_with(subject), transaction.atomic():
        about = conversations.begin(subject, title="", text=text, reason="rights", acknowledged=False, by=by)
        asked = verbs.ask([subject], [right], way="site", conversation=about.pk, by=by)
        if not asked:
            transaction.set_rollback(True)
    return asked


@door("GET", "POST", known=True)
def withdraw(request: HttpRequest, row: UUID) -> HttpResponse:
    found: Request | None = Request.objects.filter(subject=subject_of(request), pk=row).first()
    if found is None:
        raise Http404
    if request.method != "POST":
        context = {"request_row": found, "words": progress.RIGHTS[Right(found.right)]}
        return render(request, "web/requests/withdraw.html", context)
    try:
        verbs.withdraw(found, by=person(request))
    except IsOver as over:
        messages.error(request, str(over))
    else:
        messages.success(request, f"Request {found.number} is taken back.")
    return redirect("requests")
