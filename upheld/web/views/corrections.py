"""What is held is corrected: in place, wherever the same is held, and by saying yes or no to what staff propose.

Signed in, under an account's pages; by a letter's link, once a code has shown that its address is still theirs.
"""

import time
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from upheld.accounts.answers import TooMany
from upheld.accounts.models import account_of as account_with
from upheld.policy.actors import Actor
from upheld.rights import verbs
from upheld.rights.corrections import amending, inviting, proposing
from upheld.rights.errors import CorrectedElsewhere, NotHeld, Unacceptable
from upheld.rights.models import Proposal, State, Token
from upheld.rights.models import Request as Asked
from upheld.rights.seen.seeing import item
from upheld.vault.errors import AlreadyHeld
from upheld.web import errors
from upheld.web.doors import door
from upheld.web.forms import CodeForm, CorrectForm
from upheld.web.people import known, lasts, person, session, subject_of, welcome_guest

SHOWN = "correction"  # in a session: the id of the link whose code was typed, and when
MOST = 200  # places that one form can name
GONE = errors.Trouble(
    "This link serves no more",
    "It was answered already, or is older than seven days, or the link was cut short. Nothing was changed by it. If "
    "something is still wrong, write to us again.",
)
DONE = "It is corrected. What it said before cannot be read any more."
BESIDE = (
    "An invoice that was issued already stays as it was, since the law does not let us change it. The correction {0} "
    "stands beside it, among the documents of the order."
)


@door("GET", "POST", known=True)
def correct(request: HttpRequest, label: str, row: UUID, field: str) -> HttpResponseBase:
    """Where the same is held as well, it is offered to be corrected with it."""
    subject, by, form = subject_of(request), person(request), CorrectForm.of(request)
    if form.is_valid():
        try:
            same = amending.same_elsewhere(subject, label=label, row=row, field=field, by=by)
            value = form.cleaned_data["value"]
            beside = verbs.correct(subject, label=label, row=row, field=field, value=value, by=by)
        except (Unacceptable, AlreadyHeld) as error:
            form.refuse(str(error), "value")
        except (CorrectedElsewhere, NotHeld):
            raise Http404 from None
        else:
            _say(request, [str(each) for each in beside])
            if not same:
                return redirect("data")
            return render(request, "web/correction/same.html", {"places": same, "of": (label, row, field)})
    found = item(subject, label=label, row=row, field=field)
    if found is None:
        raise Http404
    return render(request, "web/correct.html", {"form": form, "title": found.title})


@door("POST", known=True)
def amend(request: HttpRequest, label: str, row: UUID, field: str) -> HttpResponseBase:
    """Put it into the other places that were ticked. The form names places, and holds no value."""
    try:
        places = [_place(each) for each in request.POST.getlist("place")[:MOST]]
        done = amending.amend(subject_of(request), label=label, row=row, field=field, places=places, by=person(request))
    except (CorrectedElsewhere, NotHeld, ValueError):
        raise Http404 from None
    if done.count:
        _say(request, [str(each) for each in done.beside])
    for refused in dict.fromkeys(done.refused):
        messages.error(request, refused)
    return redirect("data")


@door("GET", "POST", known=True)
def asked(request: HttpRequest, row: UUID) -> HttpResponseBase:
    """What waits for the yes or no of whoever is there."""
    found: Asked | None = Asked.objects.filter(subject=subject_of(request), pk=row).first()
    waiting = proposing.waiting(found) if found else []
    if found is None or not waiting:
        raise Http404
    by = person(request)
    if request.method == "POST":
        chosen = next((each for each in waiting if str(each.pk) == request.POST.get("proposal")), None)
        if chosen is None or request.POST.get("answer") not in ("yes", "no"):
            raise Http404
        answered = proposing.decide(chosen, request.POST["answer"] == "yes", by=by)
        (messages.success if answered else messages.error)(request, _answered(request, answered))
        return redirect("correction", row) if proposing.waiting(found) else redirect("requests")
    looks = [proposing.look(each, by=by) for each in waiting]
    return render(request, "web/correction/asked.html", {"looks": looks, "number": found.number})


@door("GET", "POST")
def link(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Looking changes nothing, and shows nothing before the code."""
    found = inviting.about(secret)
    if not found:
        return errors.page(request, 410, GONE)
    token, row, proposal = found
    if not _is_let_in(request, token):
        return _enter(request, secret)
    if proposal is not None:
        return _propose(request, proposal)
    if "settle" in request.POST:
        done = inviting.settle(secret, by=Actor.visitor())
        return _said(request, "Your request has ended", _answered(request, done)) if done else _gone(request)
    account = account_with(token.subject) is not None
    return render(request, "web/correction/own.html", {"number": row.number, "account": account})


@door("POST")
def send_code(request: HttpRequest, secret: str) -> HttpResponseBase:
    sent = inviting.send_code(secret, by=Actor.visitor())
    if isinstance(sent, TooMany):
        return errors.too_many(request, sent.retry_after)
    if not sent:
        return errors.page(request, 410, GONE)
    messages.info(request, "A code is on its way to the address that the link came to. One before it counts no more.")
    return redirect("correction_link", secret)


def _enter(request: HttpRequest, secret: str) -> HttpResponseBase:
    form = CodeForm.of(request)
    if form.is_valid():
        entered = inviting.enter(secret, form.cleaned_data["code"])
        if isinstance(entered, Token):
            session(request)[SHOWN] = [str(entered.pk), time.time()]
            if known(request) is None and account_with(entered.subject) is None:
                welcome_guest(request, entered.subject)
            return redirect("correction_link", secret)
        if isinstance(entered, TooMany):
            return errors.too_many(request, entered.retry_after)
        form.refuse(entered.sentence, "code")
    return render(request, "web/correction/code.html", {"form": form})


def _is_let_in(request: HttpRequest, token: Token) -> bool:
    """Whoever is signed in as the person, or has typed the code of this link here, within the hour."""
    shown = session(request).get(SHOWN)
    return known(request) == token.subject or bool(shown and shown[0] == str(token.pk) and lasts(shown[1]))


def _propose(request: HttpRequest, proposal: Proposal) -> HttpResponseBase:
    by = Actor.person(proposal.subject)
    if request.POST.get("answer") not in ("yes", "no"):
        return render(request, "web/correction/proposed.html", {"look": proposing.look(proposal, by=by)})
    accepts = request.POST["answer"] == "yes"
    answered = proposing.decide(proposal, accepts, by=by)
    if not isinstance(answered, Asked):
        return _said(request, "Nothing was changed", answered.sentence, status=409)
    return _said(request, "It is corrected" if accepts else "Nothing was changed", _answered(request, answered))


def _answered(request: HttpRequest, answered: object) -> str:
    if not isinstance(answered, Asked):
        return str(getattr(answered, "sentence", ""))
    if answered.state == State.PARTLY_FULFILLED:
        return (
            f"{DONE} An invoice that was issued already stays as it was, since the law does not let us change it; a "
            f"correction stands beside it. Request {answered.number} has ended."
        )
    if answered.state == State.FULFILLED:
        return f"{DONE} Request {answered.number} has ended."
    return f"We have your answer. A person goes on with request {answered.number}."


def _say(request: HttpRequest, beside: list[str]) -> None:
    messages.success(request, DONE)
    if beside:
        messages.info(request, BESIDE.format(", ".join(beside)))


def _said(request: HttpRequest, heading: str, text: str, *, status: int = 200) -> HttpResponseBase:
    return render(
        request, "web/said.html", {"heading": heading, "text": text, "to": "/", "act": "First page"}, status=status
    )


def _gone(request: HttpRequest) -> HttpResponseBase:
    return errors.page(request, 410, GONE)


def _place(reference: str) -> amending.Field:
    """Raises ValueError for one that no form of ours names."""
    label, row, field = reference.split(":")
    return label, UUID(row), field
