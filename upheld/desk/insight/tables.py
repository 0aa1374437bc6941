"""A table of figures: what every chart, page and export is made of."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

LINE, STACKED, BARS, HEAT = "line", "stacked", "bars", "heat"
BUILDS, PERCENT = "builds", "percent"


@dataclass(frozen=True, slots=True)
class Series:
    """One column of figures. None: withheld."""

    name: str
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by name, a figure of each in every series. `unit`: builds, rounded down, or whole percent of such."""

    view: str  # its name in addresses
    title: str
    about: str  # a sentence: what a figure in it is
    across: str  # what the rows are: Day, Platform
    rows: tuple[str, ...]
    series: tuple[Series, ...]
    shape: str = LINE
    unit: str = BUILDS

    @property
    def is_empty(self) -> bool:
        return not any(value is not None for each in self.series for value in each.values)

    def lines(self) -> Iterator[tuple[str, list[int | None]]]:
        for at, row in enumerate(self.rows):
            yield row, [each.values[at] for each in self.series]


def said(value: int | None, unit: str, threshold: int) -> str:
    """A figure in words."""
    if value is None:
        return withheld(threshold)
    return f"{value}%" if unit == PERCENT else f"{value:,}"


def withheld(threshold: int) -> str:
    return f"fewer than {threshold}, or none"


def published(table: Table) -> Table:
    """For bars, the rows with a figure; if there is none, all of them. The table beneath a drawing has every row."""
    kept = [at for at, (_, values) in enumerate(table.lines()) if any(value is not None for value in values)]
    if table.shape != BARS or not kept or len(kept) == len(table.rows):
        return table
    rows = tuple(table.rows[at] for at in kept)
    series = tuple(Series(each.name, tuple(each.values[at] for at in kept)) for each in table.series)
    return replace(table, rows=rows, series=series)


def fewest(table: Table, most: int) -> Table:
    """The table with its `most` largest series, the others added up: what can be told apart in a drawing.

    Only published figures are added, so the sum is of whole groups.
    """
    if len(table.series) <= most:
        return table
    ranked = sorted(table.series, key=lambda each: -sum(value or 0 for value in each.values))
    kept = set(ranked[: most - 1])
    rest = [each for each in table.series if each not in kept]
    added = tuple(_sum([each.values[at] for each in rest]) for at in range(len(table.rows)))
    shown = (*(each for each in table.series if each in kept), Series(f"{len(rest)} others", added))
    return replace(table, series=shown)


def _sum(values: list[int | None]) -> int | None:
    published = [value for value in values if value is not None]
    return sum(published) if published else None
