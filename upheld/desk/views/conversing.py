"""A conversation at the desk: read, answered and closed by whoever has its case. What is not sent is kept sealed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from upheld.cases import drafts, fields, taking
from upheld.cases.errors import MovedOn, NoSuchCase, NoteHoldsCard, NoteTooLong
from upheld.cases.models import Case
from upheld.conversations import verbs as conversations
from upheld.conversations.errors import ConversationsError
from upheld.conversations.models import Conversation, Message
from upheld.desk import actions, case_page
from upheld.desk.cases_at import case_of, onward
from upheld.desk.doors import desk, elsewhere, member, session
from upheld.desk.pages import is_part, part
from upheld.staff import sessions
from upheld.staff.models import Member
from upheld.web.fields import MessageField
from upheld.web.forms import Form

KIND = "conversation"
KINDS = (KIND, "rights_request", "concern")  # what people write about, all of it
READS = 15 * 60  # seconds until a page hides what was said: long enough to read it and to write an answer


class DraftForm(Form):
    text = MessageField(label="Your answer", missing="", required=False)
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)  # the id of what was said last


class AnswerForm(DraftForm):
    text = MessageField(
        label="Your answer",
        missing="Write an answer first.",
        widget=forms.Textarea({"rows": 10, "data-reply": ""}),
    )
    close = forms.BooleanField(required=False)


def context(request: HttpRequest, case: Case, member: Member) -> Mapping[str, Any]:
    """Nothing is opened for the page; what was said is, once it is asked for."""
    found = _conversation(case)
    return {"conversation": found, "said": None, "form": None, "reads": READS}


@desk("POST")
@case_page.gives_back
def read(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    """What was said, and what the member has written so far; each opening on record. No browser leaves the page by
    itself: the script hides what was said, and what is being written stays."""
    case, typed = case_of(request, kind, about), DraftForm.of(request).data.get("text", "")
    if not sessions.is_proven(session(request)):
        return _prove_first(request, case, typed)
    shown = _opened(case, member(request), typed)
    if is_part(request):
        return part(request, "desk/conversing/open.html", {"case": case, **shown})
    return case_page.shown(request, case, **shown)


@desk("POST")
@case_page.gives_back
def draft(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    """Kept while it is being written; what is wrong with it is said beside it."""
    case, form = case_of(request, kind, about), DraftForm.of(request)
    sentence = f"Draft kept at {timezone.now():%H:%M} UTC"
    if form.is_valid():
        try:
            drafts.keep(case, text=form.cleaned_data["text"], by=member(request))
        except (NoteTooLong, NoteHoldsCard) as error:
            form.refuse(str(error), "text")
    status = 422 if form.errors else 200
    if is_part(request):
        return part(request, "desk/conversing/draft.html", {"form": form, "sentence": sentence}, status)
    return onward(request, case, sentence) if form.is_valid() else _again(request, case, form)


@desk("POST")
@case_page.gives_back
def answer(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    """Sent, and the draft is gone; with `close`, the conversation is over as well."""
    case, form = case_of(request, kind, about), AnswerForm.of(request)
    if not sessions.is_proven(session(request)):
        return _prove_first(request, case, form.data.get("text", ""))
    if not form.is_valid():
        return _again(request, case, form)
    text, seen = form.cleaned_data["text"], form.cleaned_data["seen"]
    closes = form.cleaned_data["close"] and kind == KIND  # of a request, its end closes it
    try:
        _send(case, text, seen=seen, closes=closes, by=member(request))
    except (ConversationsError, MovedOn) as error:
        form.refuse(str(error), "text")
        return _again(request, case, form)
    return onward(request, case, f"{case.number} is answered{' and closed' if closes else ''}.")


@desk("POST", kind=KIND, proven=True)
def close(request: HttpRequest, about: UUID) -> HttpResponse:
    case = case_of(request, KIND, about)
    with transaction.atomic():
        _close(case, by=member(request))
    return onward(request, case, f"{case.number} is closed.")


@transaction.atomic
def _send(case: Case, text: str, *, seen: str, closes: bool, by: Member) -> None:
    conversation = Conversation.objects.lock(_conversation(case))
    if seen and seen != _last(conversation):
        raise MovedOn
    conversations.answer(conversation, text=text, by=taking.acts_as(by, case))
    drafts.drop(case, by=by)
    if closes:
        _close(case, by=by)


def _close(case: Case, *, by: Member) -> None:
    """The conversation, and with it the case."""
    actor = taking.acts_as(by, case)
    conversations.close(_conversation(case), by=actor)
    taking.end(case, by=actor)


def _conversation(case: Case) -> Conversation:
    found: Conversation | None = Conversation.objects.filter(subject=case.subject, pk=case.about).first()
    if found is None:
        raise NoSuchCase
    return found


def _last(conversation: Conversation) -> str:
    """The id of what was said last."""
    said = Message.objects.filter(subject=conversation.subject, conversation=conversation.id)
    return str(said.order_by("at", "id").values_list("pk", flat=True).last() or "")


def _opened(case: Case, by: Member, typed: str) -> dict[str, Any]:
    conversation = _conversation(case)
    seen = _last(conversation)  # before it is read, so that nothing comes in between unseen
    said = fields.read_conversation(case, by=by)
    form = AnswerForm(initial={"text": typed or drafts.draft_of(case, by=by), "seen": seen})
    return {"conversation": conversation, "said": said, "form": form, "reads": READS}


def _prove_first(request: HttpRequest, case: Case, text: str) -> HttpResponse:
    """They show that it is still them, and find what they typed in its box afterwards. Raises NoteTooLong."""
    if text:
        drafts.keep(case, text=text, by=member(request))
        sessions.say(session(request), "What you wrote is kept as a draft, and not sent yet.")
    return elsewhere(request, "desk_confirm", shows=False)


def _again(request: HttpRequest, case: Case, form: Form) -> HttpResponse:
    """What was typed, and what is wrong with it. What was said is not opened once more for that."""
    return case_page.shown(request, case, status=422, form=form)


VERBS = {"read": read, "draft": draft, "answer": answer}

urlpatterns = [
    path(f"case/{kind}/<uuid:about>/{verb}/", view, {"kind": kind}, name=f"desk_{verb}")
    for kind in KINDS
    for verb, view in VERBS.items()
]
urlpatterns.append(path(f"case/{KIND}/<uuid:about>/end/", close, name="desk_end_conversation"))

actions.register(KIND, "desk/conversing/actions.html", context)
