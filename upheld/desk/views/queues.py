"""What waits for the member's jobs: `/desk/`, and a page for each queue. Nothing about anybody stands there."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from upheld.cases.kinds import KINDS
from upheld.desk import waiting
from upheld.desk.cases_at import refuse_other_kinds
from upheld.desk.doors import desk, member
from upheld.desk.pages import is_part, page, part

DIGITS = 4


@desk("GET")
def first(request: HttpRequest) -> HttpResponse:
    shown = {"own": waiting.own(member(request)), "found": waiting.queues(member(request))}
    return page(request, "desk/queues/first.html", shown)


@desk("GET")
def queue(request: HttpRequest, kind: str) -> HttpResponse:
    """A page of fifty. The browser asks for it again each half minute, and then gets the rows alone."""
    refuse_other_kinds(member(request), kind)
    number = _page(request.GET.get("page", "1"))
    rows, more = waiting.page(kind, number, member(request))
    shown = {
        "kind": KINDS[kind],
        "rows": rows,
        "number": number,
        "before": number - 1,
        "after": number + 1 if more else 0,
        "address": request.get_full_path(),
    }
    if is_part(request):
        return part(request, "desk/queues/rows.html", shown)
    return page(request, "desk/queues/queue.html", shown)


def _page(typed: str) -> int:
    """Raises Http404 for what is no page's number: no queue has more than 9,999."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= DIGITS and int(typed)):
        raise Http404
    return int(typed)


urlpatterns = [
    path("", first, name="desk"),
    path("queue/<slug:kind>/", queue, name="desk_queue"),
]
