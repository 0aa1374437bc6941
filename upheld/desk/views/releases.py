"""`/desk/releases/`: what was published, and publishing. Nothing there is about anybody."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.safestring import mark_safe

from upheld.builds import notes, releases, uploads
from upheld.builds.errors import ReleaseUnfit, UploadRefused
from upheld.builds.models import Release, Upload
from upheld.desk.doors import desk, member, session
from upheld.desk.pages import page
from upheld.desk.release_forms import ReleaseForm
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.standing import RELEASES
from upheld.staff import acting, sessions

ON_A_PAGE = 50


@desk("GET", kind=RELEASES)
def listed(request: HttpRequest) -> HttpResponse:
    """The newest first; with `?product=engine`, of that one; with `?withdrawn=1`, those that are not given out too."""
    everything, product = request.GET.get("withdrawn") == "1", request.GET.get("product", "")
    products = force.in_force().products
    product = product if product in products else ""
    rows = Release.objects.order_by("-published_at", "-id") if everything else releases.standing()
    rows = (rows.filter(product=product) if product else rows).defer("notes", "signature")
    shown = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"shown": shown, "everything": everything, "product": product, "products": products}
    return page(request, "desk/releases/releases.html", context)


@desk("GET", kind=RELEASES, proven=True)
def new(request: HttpRequest) -> HttpResponse:
    """They show first that it is them, so that nothing typed is lost to being asked later."""
    return _new(request, ReleaseForm(whole=_whole(request)))


@desk("POST", kind=RELEASES, proven=True)
def publish(request: HttpRequest) -> HttpResponse:
    form = ReleaseForm.sent(request, whole=_whole(request))
    if "preview" in request.POST:
        return _new(request, form, preview=mark_safe(notes.html(request.POST.get("notes", ""))))  # noqa: S308 - its own renderer escapes
    if form.is_valid():
        try:
            made = _publish(form, _by(request))
        except ReleaseUnfit as error:
            form.refuse(str(error), error.field if error.field in form.fields else None)
        except UploadRefused as error:
            form.refuse(str(error), "upload")
        else:
            sessions.say(session(request), f"{made} is published.")
            return redirect("desk_release", made.pk)
    return _new(request, form, status=422)


@desk("GET", kind=RELEASES)
def release(request: HttpRequest, id: UUID) -> HttpResponse:
    found = get_object_or_404(Release, pk=id)
    said = mark_safe(notes.html(found.notes))  # noqa: S308 - the renderer escapes whatever is not its own
    return page(request, "desk/releases/release.html", {"release": found, "notes": said})


@desk("POST", kind=RELEASES, proven=True)
def withdraw(request: HttpRequest, id: UUID) -> HttpResponse:
    made = releases.withdraw(get_object_or_404(Release, pk=id), by=_by(request))
    sessions.say(session(request), f"{made} is given out no more.")
    return redirect("desk_release", made.pk)


def _by(request: HttpRequest) -> Actor:
    return acting.as_staff(member(request), RELEASES)


def _whole(request: HttpRequest) -> list[Upload]:
    """Their own files that are here from the first byte to the last, the latest first."""
    return list(Upload.objects.filter(member=member(request).pk, received=F("size")).order_by("-id"))


def _publish(form: ReleaseForm, by: Actor) -> Release:
    words: dict[str, Any] = {**form.words(), "by": by}
    if form.upload_id:
        upload = uploads.find(form.upload_id, by=by)
        made = releases.publish(**words, name=upload.name, source=uploads.path(upload))
        uploads.discard(upload, by=by)
        return made
    if form.attached:
        with _on_disk(form.attached) as source:
            return releases.publish(**words, name=form.attached.name or "", source=source)
    return releases.publish(**words, name=form.cleaned_data["name"])


@contextmanager
def _on_disk(attached: "UploadedFile[bytes]") -> Iterator[Path]:
    """A file of a form as a file with a name, which is gone afterwards."""
    with tempfile.NamedTemporaryFile() as file:
        for piece in attached.chunks():
            file.write(piece)
        file.flush()
        yield Path(file.name)


def _new(request: HttpRequest, form: ReleaseForm, *, preview: str = "", status: int = 200) -> HttpResponse:
    return page(request, "desk/releases/new.html", {"form": form, "preview": preview}, status)


urlpatterns = [
    path("releases/", listed, name="desk_releases"),
    path("releases/new/", new, name="desk_release_new"),
    path("releases/publish/", publish, name="desk_release_publish"),
    path("releases/<uuid:id>/", release, name="desk_release"),
    path("releases/<uuid:id>/withdraw/", withdraw, name="desk_release_withdraw"),
]
