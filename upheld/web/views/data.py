"""Everything held about a person: seen, and taken home."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from upheld.accounts import limits
from upheld.policy.acts import Act
from upheld.rights import verbs
from upheld.rights.erasure.deleting import ALONE as NOT_ALONE
from upheld.rights.seen import records
from upheld.rights.seen.held import Held, Item, Opening, Row
from upheld.rights.seen.seeing import undeletable
from upheld.rights.seen.story import SHOWN
from upheld.web import errors
from upheld.web.doors import door
from upheld.web.people import person, subject_of
from upheld.web.zips import zip_of

MOST = 100  # of each kind and of each list on the page, the newest; all of them are in the download
DOWNLOADS = limits.Limit("rights.downloads", 20, 24 * limits.HOUR)


@dataclass(frozen=True, slots=True)
class Kind:
    """The rows of one kind: each with how often what it holds was opened, and why it cannot be deleted by itself."""

    title: str
    label: str
    rows: list[tuple[Row, list[tuple[Item, int]], str]]
    older: int


@door("GET", known=True)
def data(request: HttpRequest) -> HttpResponseBase:
    held = verbs.see(subject_of(request), by=person(request), most=MOST)
    names, kinds = _names(held), list(_kinds(held))
    context = {
        "held": held,
        "kinds": [kind for kind in kinds if any(items for _, items, _ in kind.rows)],
        "others": [kind for kind in kinds if not any(items for _, items, _ in kind.rows)],
        "handed": [(handed, [names.get(name, name) for name in handed.data]) for handed in held.disclosures],
        "openings": [(each, [names.get(name, name) for name in each.fields], _way(each)) for each in held.openings],
    }
    return render(request, "web/data.html", context)


def _kinds(held: Held) -> Iterator[Kind]:
    opened = [each for each in held.openings if each.act == Act.FIELD_OPEN]
    looks = Counter((opening.row, field) for opening in opened for field in opening.fields)
    why_not = undeletable(held)
    for label, found in groupby(held.rows, key=attrgetter("label")):
        rows = [
            (row, [(item, looks[item.reference, item.field] + looks[label, item.field]) for item in row.items],
             why_not.get(row.id, NOT_ALONE if label == "lookup" else ""))
            for row in found
        ]  # fmt: skip
        yield Kind(records.title(label), label, rows[::-1], held.older.get(label, 0))


def _way(opening: Opening) -> str:
    """What was done with it, where it was not just opened."""
    return "" if opening.act == Act.FIELD_OPEN else SHOWN[opening.act].lower()


def _names(held: Held) -> dict[str, str]:
    """How people read the name of a field or of a datum."""
    declared = {name: datum.title or name for name, datum in held.policy.data.items()}
    return declared | {item.field: item.title for item in held.items}


@door("POST", known=True)
def download(request: HttpRequest) -> HttpResponseBase:
    """Made while it is sent; no copy is left here. It is costly, and each takes some of what we have for everybody."""
    subject = subject_of(request)
    refused = limits.take([(DOWNLOADS, subject.bytes)])
    if refused is not None:
        return errors.too_many(request, refused.retry_after)
    return zip_of(verbs.export(subject, by=person(request)))
