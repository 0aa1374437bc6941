"""Everything about one person, read once and page by page. Each page is opened with an entry of its own, in a
transaction of its own, so that nobody who writes waits for the whole; all files of a copy then tell the same."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from upheld import vault
from upheld.policy.errors import Refused
from upheld.rights.errors import CopyCutShort
from upheld.rights.seen import handed, story
from upheld.rights.seen.copies.spool import Page, Spool
from upheld.rights.seen.held import Row
from upheld.rights.seen.items import Reading
from upheld.rights.seen.paging import Listed
from upheld.rights.seen.story import OPENINGS
from upheld.vault.errors import Erased, KeptOnly, KeyMissing
from upheld.vault.models import Disclosure, Notice

LISTS = ("disclosures", "notices", "openings", "story")


class Gathered:
    """Rows of each kind, and the LISTS. What is read again comes from the spool."""

    def __init__(self, reading: Reading, spool: Spool) -> None:
        self.subject, self.policy = reading.subject, reading.policy
        self._reading, self._spool, self._whole = reading, spool, set[str]()

    @property
    def is_erased(self) -> bool:
        return self._reading.is_erased

    def kinds(self) -> list[str]:
        """The labels of the rows that there are, once they were read."""
        return [name for name in self._spool.names() if name not in LISTS]

    def count(self, name: str) -> int:
        return self._spool.count(name)

    def all_rows(self) -> Iterator[Page]:
        """Rows as `plain_row` has them, a page of one kind each, the oldest first."""
        if "rows" in self._whole:
            for kind in self.kinds():
                yield from self._spool.read(kind)
            return
        for page in self._unerased(self._reading.pages()):
            yield self._keep(page[0].label, [plain_row(row) for row in page])
        self._whole.add("rows")

    def list(self, name: str) -> Iterator[Page]:
        """One of LISTS, the newest first."""
        if name in self._whole:
            yield from self._spool.read(name)
            return
        for page in self._unerased(_SOURCES[name](self)):
            yield self._keep(name, [plain(each) for each in page])
        self._whole.add(name)

    def again(self, name: str, *, newest_first: bool = False, skip: int = 0) -> Iterator[Page]:
        """What was read already, rows of a kind or a list, but for the first `skip`."""
        return self._spool.read(name, backwards=newest_first and name not in LISTS, skip=skip)

    def check(self) -> None:
        """Raises CopyCutShort when they were erased since this began: half of what was held must not look whole."""
        if not self.is_erased and vault.is_erased(self.subject):
            raise CopyCutShort

    def _keep(self, name: str, page: Page) -> Page:
        self._spool.keep(name, page)
        return page

    def _unerased(self, pages: Iterator[Any]) -> Iterator[Any]:
        while True:
            try:
                page = next(pages, None)
            except (Erased, KeptOnly, KeyMissing, Refused):
                self.check()
                raise
            self.check()
            if page is None:
                return
            yield page

    def _handed(self) -> Iterator[Sequence[object]]:
        for page in Listed(Disclosure.objects.order_by("-at", "-id"), subject=self.subject).pages():
            yield [handed.disclosure(row, self.policy) for row in page]

    def _told(self) -> Iterator[Sequence[object]]:
        for page in Listed(Notice.objects.order_by("-id"), subject=self.subject).pages():
            yield [handed.notice(row, self.policy) for row in page]


_SOURCES: Mapping[str, Callable[[Gathered], Iterator[Sequence[object]]]] = {
    "disclosures": Gathered._handed,
    "notices": Gathered._told,
    "openings": lambda self: story.pages(self.subject, self.policy, OPENINGS),
    "story": lambda self: story.pages(self.subject, self.policy, ~OPENINGS),
}


def plain_row(row: Row) -> dict[str, Any]:
    return {
        "label": row.label,
        "id": str(row.id),
        "items": [plain(item) for item in row.items],
        "record": plain(row.record),
    }


def plain(value: Any) -> Any:
    """What JSON can say: ids and times as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, UUID | date):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, tuple | list) else value
