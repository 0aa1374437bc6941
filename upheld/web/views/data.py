"""Everything held about a person: seen, corrected in place, taken home."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from upheld.rights import verbs
from upheld.rights.errors import CorrectedElsewhere, NotHeld, Unacceptable
from upheld.rights.held import Held
from upheld.vault.errors import AlreadyHeld
from upheld.web.doors import door
from upheld.web.forms import CorrectForm
from upheld.web.people import account_of, actor

MOST = 100  # lines of each list on the page; all of them are in the download


@door("GET", signed_in=True)
def data(request: HttpRequest) -> HttpResponse:
    held = verbs.see(account_of(request).subject, by=actor(request))
    names = _names(held)
    context = {
        "held": held,
        "items": [(item, len(held.openings_of(item))) for item in held.items],
        "handed": [(handed, [names.get(name, name) for name in handed.data]) for handed in held.disclosures],
        "openings": [(each, [names.get(name, name) for name in each.fields]) for each in held.openings[:MOST]],
        "more": max(0, len(held.openings) - MOST),
        "story": held.story[:MOST],
    }
    return render(request, "web/data.html", context)


def _names(held: Held) -> dict[str, str]:
    """How people read the name of a field or of a datum."""
    declared = {name: datum.title or name for name, datum in held.policy.data.items()}
    return declared | {item.field: item.title for item in held.items}


@door("GET", "POST", signed_in=True)
def correct(request: HttpRequest, label: str, row: UUID, field: str) -> HttpResponse:
    subject = account_of(request).subject
    form = CorrectForm.of(request)
    if form.is_valid():
        try:
            verbs.correct(
                subject, label=label, row=row, field=field, value=form.cleaned_data["value"], by=actor(request)
            )
        except (Unacceptable, AlreadyHeld) as error:
            form.refuse(str(error), "value")
        except (CorrectedElsewhere, NotHeld):
            raise Http404 from None
        else:
            messages.success(request, "It is corrected. What it said before cannot be read any more.")
            return redirect("data")
    return render(request, "web/correct.html", {"form": form, "title": _title(verbs.outline(subject), row, field)})


def _title(held: Held, row: UUID, field: str) -> str:
    for item in held.items:
        if item.row == row and item.field == field:
            return item.title
    raise Http404


@door("POST", signed_in=True)
def download(request: HttpRequest) -> HttpResponse:
    """Made in memory and sent; no copy is left here."""
    file = verbs.export(account_of(request).subject, by=actor(request))
    name = f"my-data-{timezone.now():%Y-%m-%d}.zip"
    return HttpResponse(
        file, content_type="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
