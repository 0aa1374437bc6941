"""A person's copy on its way to a browser, piece by piece."""

from collections.abc import Iterator

from django.http import StreamingHttpResponse
from django.utils import timezone


def zip_of(pieces: Iterator[bytes]) -> StreamingHttpResponse:
    name = f"my-data-{timezone.now():%Y-%m-%d}.zip"
    # A proxy that gathers the whole before it passes anything on would keep a copy of it.
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=headers)
