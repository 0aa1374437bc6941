"""`/desk/usage/`: how products are used, in figures about many builds. Nothing there is about anybody."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from upheld.desk.doors import desk
from upheld.desk.insight import drawing, exports, sources, tables
from upheld.desk.insight.chosen import Chosen, ChosenForm
from upheld.desk.insight.tables import Table
from upheld.desk.pages import page
from upheld.policy import force
from upheld.policy.standing import RELEASES

FORMS: dict[str, tuple[str, Callable[[Table], str]]] = {
    "csv": ("text/csv; charset=utf-8", exports.as_csv),
    "svg": ("image/svg+xml; charset=utf-8", lambda table: drawing.svg(table, threshold=_threshold())),
}
MOST = 100  # rows of a table on the page; a file has them all
EMPTY = {
    "adoption": "Choose a version: its share of the active builds is shown from the day on which it was published.",
    "comparison": "Choose two versions to compare them.",
}


@desk("GET", kind=RELEASES)
def usage(request: HttpRequest) -> HttpResponse:
    """Everything that is chosen stands in the address; none of it is about a person."""
    form = ChosenForm(request.GET)
    valid = form.is_valid()
    chosen = form.chosen()
    made = sources.tables(chosen) if valid else []
    shown = {
        "form": ChosenForm(initial=_initial(chosen)) if valid else form,
        "chosen": chosen,
        "charts": [_chart(table) for table in made],
        "nothing": all(table.is_empty for table in made),
        "withheld": tables.withheld(_threshold()),
        "threshold": _threshold(),
    }
    return page(request, "desk/usage/usage.html", shown, 200 if valid else 422)


@desk("GET", kind=RELEASES)
def export(request: HttpRequest, table: str, form: str) -> HttpResponse:
    """One table as a file: svg, csv or json."""
    if table not in sources.views() or form not in (*FORMS, "json"):
        raise Http404
    asked = ChosenForm(request.GET)
    if not asked.is_valid():
        sentences = [f"{name}: {each}" for name, errors in asked.errors.items() for each in errors]
        return HttpResponse("\n".join(sentences), status=422, content_type="text/plain; charset=utf-8")
    chosen = asked.chosen()
    (found,) = sources.tables(chosen, table)
    answer: HttpResponse
    if form == "json":
        answer = JsonResponse({**exports.head(chosen), "tables": [exports.as_json(found)]})
    else:
        kind, write = FORMS[form]
        answer = HttpResponse(write(found), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{chosen.product}-{table}.{form}"'
    return answer


def _threshold() -> int:
    return force.in_force().usage.threshold


def _initial(chosen: Chosen) -> dict[str, object]:
    return {name: getattr(chosen, name) for name in Chosen.__slots__}


def _chart(table: Table) -> dict[str, object]:
    lines = [
        (row, [tables.said(value, table.unit, _threshold()) if value is not None else "" for value in values])
        for row, values in list(table.lines())[-MOST:]
    ]
    return {
        "table": table,
        "drawn": "" if table.is_empty else drawing.svg(table, threshold=_threshold()),
        "empty": EMPTY.get(table.view, "No figures of this are published for these days."),
        "lines": lines,
        "earlier": max(len(table.rows) - MOST, 0),
        "left_off": len(table.rows) - len(tables.published(table).rows),
    }


urlpatterns = [
    path("usage/", usage, name="desk_usage"),
    path("usage/<slug:table>/<slug:form>/", export, name="desk_usage_export"),
]
