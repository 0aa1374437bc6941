"""The ledger's log, as the C2SP tlog-tiles specification has it served, so that anyone's tools can follow it."""

from django.http import Http404, HttpRequest, HttpResponse

from upheld.ledger import publishing
from upheld.ledger.errors import NoSuchTile
from upheld.web.doors import door


@door("GET")
def checkpoint(request: HttpRequest) -> HttpResponse:
    try:
        text = publishing.checkpoint_text()
    except NoSuchTile:
        raise Http404 from None
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=1"})


@door("GET")
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """A tile never changes once it is there."""
    try:
        data = publishing.tile_bytes(f"tile/{path}")
    except NoSuchTile:
        raise Http404 from None
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return HttpResponse(data, content_type="application/octet-stream", headers=headers)
