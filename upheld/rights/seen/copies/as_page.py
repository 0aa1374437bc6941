"""The same to read: `data.html`, which loads nothing and runs nothing. Of a kind with many rows it has the newest, and
the others stand on pages of their own, so that a browser can open each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html

from upheld.rights.seen import records
from upheld.rights.seen.copies.as_json import file_of
from upheld.rights.seen.copies.gathering import LISTS, Gathered

MOST = 500  # rows of one kind on one page
PAGE = 100  # of them written at a time
_TITLES = {
    "disclosures": "Who received something",
    "notices": "Who is told of a correction or a deletion",
    "openings": "Who looked",
    "story": "What else happened",
}
_HEADS = {
    "disclosures": ("When (UTC)", "Who", "What", "For"),
    "notices": ("Since", "Who", "Of what", "Told", "Answered"),
    "openings": ("When (UTC)", "Who", "What", "What for", "Entry"),
    "story": ("When (UTC)", "What", "By", "Entry"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one kind, or one of the lists; how many, and over how many pages."""

    name: str
    title: str
    count: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // MOST))

    def file(self, page: int) -> str:
        return f"more/{self.name}-{page}.html"


class Pages:
    """Everything must have been read before."""

    def __init__(self, gathered: Gathered, made_at: datetime) -> None:
        self._gathered, self._made_at = gathered, made_at
        kinds = [Part(kind, records.title(kind), gathered.count(kind)) for kind in gathered.kinds()]
        lists = [Part(name, _TITLES[name], gathered.count(name)) for name in LISTS]
        self._parts = [*kinds, *(part for part in lists if part.count)]

    def first(self) -> Iterator[str]:
        """`data.html`."""
        yield self._head()
        for part in self._parts:
            yield format_html('<section aria-labelledby="{}">\n<h2 id="{}">{}</h2>\n', part.name, part.name, part.title)
            yield from self._page(part, 1)
            yield from _links(part)
            yield "</section>\n"
        yield "</body>\n</html>\n"

    def others(self) -> Iterator[tuple[str, Iterator[str]]]:
        """The pages that it leads to, by file name."""
        for part in self._parts:
            for page in range(2, part.pages + 1):
                yield part.file(page), self._other(part, page)

    def _other(self, part: Part, page: int) -> Iterator[str]:
        yield self._head("../")
        yield format_html("<h1>{}, page {} of {}</h1>\n", part.title, page, part.pages)
        yield from self._page(part, page)
        yield "</body>\n</html>\n"

    def _head(self, up: str = "") -> str:
        policy = self._gathered.policy
        return render_to_string(
            "rights/copy/head.html",
            {
                "controller": policy.controller, "effective": policy.effective, "made_at": self._made_at, "up": up,
                "parts": self._parts, "held": self._gathered.kinds(), "is_erased": self._gathered.is_erased,
            },
        )  # fmt: skip

    def _page(self, part: Part, page: int) -> Iterator[str]:
        """The newest first."""
        is_list = part.name in LISTS
        found = self._gathered.again(part.name, newest_first=True, skip=(page - 1) * MOST)
        rows = islice(chain.from_iterable(found), MOST)
        if is_list:
            heads = (format_html("<th>{}</th>", head) for head in _HEADS[part.name])
            yield f"<table>\n<thead><tr>{''.join(heads)}</tr></thead>\n<tbody>\n"
        while some := list(islice(rows, PAGE)):
            if is_list:
                yield render_to_string(f"rights/copy/{part.name}.html", {"rows": some})
            else:
                yield render_to_string("rights/copy/rows.html", {"rows": [_row(each, part.title) for each in some]})
        if is_list:
            yield "</tbody>\n</table>\n"


def _links(part: Part) -> Iterator[str]:
    if part.pages > 1:
        yield "<p>Older ones:"
        for page in range(2, part.pages + 1):
            yield format_html(' <a href="{}">{}</a>', part.file(page), page)
        yield "</p>\n"


def _row(row: dict[str, Any], title: str) -> dict[str, Any]:
    items = [item | {"file": file_of(item)} for item in row["items"]]
    return {"title": title, "record": row["record"], "items": items}
