"""Where other programs tell us that something happened. They are believed by their signature alone."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from upheld.payments import processors
from upheld.payments.errors import NotFromProcessor, ProcessorRefused, Unreachable
from upheld.payments.verbs import take_event
from upheld.web.doors import door

MOST = 64 * 1024
TOO_LARGE = "Send less than 64 kB."
LATER = "The charge could not be looked up. Send this again later."


@csrf_exempt
@door("POST")
def payments(request: HttpRequest) -> HttpResponse:
    """A processor's webhook. Its body only says which charge to look at: what is recorded is what the charge says."""
    if int(request.headers.get("Content-Length") or 0) > MOST:
        return _say(413, TOO_LARGE)
    try:
        event = processors.current().event(request.body, request.headers)
        if event is not None:
            take_event(event)
    except NotFromProcessor as error:
        return _say(400, str(error))
    except (Unreachable, ProcessorRefused):
        return _say(503, LATER)
    return _say(200, "Taken.")


def _say(status: int, sentence: str) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
