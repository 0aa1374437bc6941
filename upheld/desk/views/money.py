"""`/desk/money/`: disputes with their clocks, refunds that failed, and whether our books agree with the processor's."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from upheld.desk import books
from upheld.desk.doors import desk, member
from upheld.desk.pages import page
from upheld.payments import verbs
from upheld.payments.errors import PaymentsError, Unreachable
from upheld.policy import Refused
from upheld.staff import acting
from upheld.web.forms import Form

MONTH = timedelta(days=30)
SILENT = "The payment processor does not answer. Nothing was compared. Try again in a moment."


class SinceForm(Form):
    since = forms.DateField(
        label="Charges made since",
        widget=forms.DateInput({"type": "date"}),
        error_messages={"required": "Give a day such as 2026-11-01.", "invalid": "Give a day such as 2026-11-01."},
    )

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        if since > timezone.now().date():
            raise forms.ValidationError("Give a day that has begun.")
        return since


@desk("GET")
def money(request: HttpRequest) -> HttpResponse:
    _refuse_others(request)
    return _shown(request, SinceForm(initial={"since": (timezone.now() - MONTH).date()}))


@desk("POST", proven=True)
def reconcile(request: HttpRequest) -> HttpResponse:
    """The processor is asked for each charge, and so only when somebody says so."""
    _refuse_others(request)
    form = SinceForm(request.POST)
    if not form.is_valid():
        return _shown(request, form, 422)
    try:
        found = verbs.reconcile(since=datetime.combine(form.cleaned_data["since"], time(), UTC))
    except Unreachable:
        form.refuse(SILENT)
        return _shown(request, form, 503)
    except PaymentsError as error:
        form.refuse(str(error))
        return _shown(request, form, 409)
    differences = books.explained(found.differences[: books.MOST])
    return _shown(
        request, form, found=found, differences=differences, left_off=len(found.differences) - len(differences)
    )


def _refuse_others(request: HttpRequest) -> None:
    if not {books.DISPUTE, books.REFUND} & set(acting.kinds_of(member(request))):
        raise Refused("none of your jobs works on disputes or refunds")


def _shown(request: HttpRequest, form: SinceForm, status: int = 200, **more: Any) -> HttpResponse:
    kinds, shown = acting.kinds_of(member(request)), {"form": form, "last": verbs.last(), **more}
    if books.DISPUTE in kinds:
        shown["disputes"], shown["more_disputes"] = books.disputes(member(request))
    if books.REFUND in kinds:
        shown["refunds"], shown["more_refunds"] = books.failed_refunds(member(request))
    return page(request, "desk/money/money.html", shown, status)


urlpatterns = [
    path("money/", money, name="desk_money"),
    path("money/reconcile/", reconcile, name="desk_reconcile"),
]
