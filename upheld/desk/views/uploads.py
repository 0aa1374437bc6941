"""`/desk/uploads/`: tus 1.0.0, with creation, termination and checksum (https://tus.io/protocols/resumable-upload)."""

from base64 import b64decode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.urls import path, reverse

from upheld.builds import artefacts, uploads
from upheld.builds.errors import Misheard, UnknownUpload, UploadBusy, UploadRefused, WrongOffset
from upheld.desk.doors import desk, member
from upheld.policy.actors import Actor
from upheld.policy.standing import RELEASES
from upheld.staff import acting

VERSION = "1.0.0"
PIECE = "application/offset+octet-stream"
SAYS = {
    "Tus-Version": VERSION,
    "Tus-Max-Size": str(artefacts.LARGEST),
    "Tus-Extension": "creation,termination,checksum",
    "Tus-Checksum-Algorithm": ",".join(uploads.CHECKSUMS),
}
STATUS = {UnknownUpload: 404, WrongOffset: 409, UploadBusy: 423, Misheard: 460}  # as the protocol has them


@desk("POST", "OPTIONS", kind=RELEASES)
def create(request: HttpRequest) -> HttpResponse:
    if request.method == "OPTIONS":
        return _answer(204, **SAYS)
    if request.headers.get("Tus-Resumable") != VERSION:
        return _answer(412, "This takes tus 1.0.0.", **{"Tus-Version": VERSION})
    try:
        made = uploads.begin(name=_name(request), size=_number(request, "Upload-Length"), by=_by(request))
    except UploadRefused as error:
        return _refused(error)
    return _answer(201, Location=reverse("desk_upload", args=[made.pk]))


@desk("GET", "PATCH", "DELETE", kind=RELEASES)
def upload(request: HttpRequest, id: UUID) -> HttpResponse:
    """GET and HEAD say how far it is; PATCH goes on; DELETE ends it."""
    if request.headers.get("Tus-Resumable") != VERSION and request.method not in ("GET", "HEAD"):
        return _answer(412, "This takes tus 1.0.0.", **{"Tus-Version": VERSION})
    try:
        found = uploads.find(id, by=_by(request))
        if request.method == "DELETE":
            uploads.discard(found, by=_by(request))
            return _answer(204)
        if request.method == "PATCH":
            if request.headers.get("Content-Type") != PIECE:
                return _answer(415, f"A piece is {PIECE}.")
            found = uploads.add(
                found, offset=_number(request, "Upload-Offset"), source=request,
                length=_number(request, "Content-Length"), checksum=_checksum(request), by=_by(request),
            )  # fmt: skip
            return _answer(204, **{"Upload-Offset": str(found.received)})
    except UploadRefused as error:
        return _refused(error)
    except UnreadablePostError:  # it broke off: nobody hears this, and what came is kept
        return _answer(400, "The piece broke off.")
    return _answer(200, **{"Upload-Offset": str(found.received), "Upload-Length": str(found.size)})


def _by(request: HttpRequest) -> Actor:
    return acting.as_staff(member(request), RELEASES)


def _answer(status: int, sentence: str = "", **headers: str) -> HttpResponse:
    return HttpResponse(
        sentence, status=status, content_type="text/plain; charset=utf-8", headers={"Tus-Resumable": VERSION, **headers}
    )


def _refused(error: UploadRefused) -> HttpResponse:
    return _answer(STATUS.get(type(error), 400), str(error))


def _number(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise UploadRefused(f"{header} must be a whole number.")
    return int(text)


def _name(request: HttpRequest) -> str:
    """Of the file, from `Upload-Metadata: filename <Base64>,…`."""
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _, value = pair.strip().partition(" ")
        if key == "filename":
            return _decoded(value, "Upload-Metadata").decode("utf-8", "replace")
    raise UploadRefused("Upload-Metadata must have the filename.")


def _checksum(request: HttpRequest) -> uploads.Checksum | None:
    given = request.headers.get("Upload-Checksum", "")
    if not given:
        return None
    algorithm, _, value = given.partition(" ")
    if algorithm not in uploads.CHECKSUMS:
        raise UploadRefused(f"A checksum is one of {', '.join(uploads.CHECKSUMS)}.")
    return uploads.Checksum(algorithm, _decoded(value, "Upload-Checksum"))


def _decoded(text: str, header: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise UploadRefused(f"{header} must have Base64 after the name.") from None


urlpatterns = [
    path("uploads/", create, name="desk_uploads"),
    path("uploads/<uuid:id>/", upload, name="desk_upload"),
]
