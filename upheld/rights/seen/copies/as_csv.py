"""One table of each kind, for whoever opens it in a spreadsheet (RFC 4180, UTF-8)."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from upheld import vault
from upheld.rights.seen.copies.as_json import file_of, listed
from upheld.rights.seen.copies.gathering import LISTS, Gathered

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_OF_ITEMS = ("source", "at", "retention", "until", "reason", "recipients", "received", "purposes")


def tables(gathered: Gathered) -> Iterator[tuple[str, Iterator[str]]]:
    """By file name, once everything was read."""
    for kind in gathered.kinds():
        yield f"csv/{kind}.csv", _table(gathered, kind)
    for name in LISTS:
        if gathered.count(name):
            yield f"csv/{name}.csv", _list(gathered, name)


def _table(gathered: Gathered, kind: str) -> Iterator[str]:
    """A row for each row: its columns, what was sealed in it, and where that is from."""
    model = vault.by_label(kind)
    sealed = tuple(model.sealed_fields()) if model else ()
    facts: tuple[str, ...] | None = None
    for page in gathered.again(kind):
        if facts is None:
            facts = tuple(page[0]["record"]["facts"]) if page[0]["record"] else ()
            yield _line(["id", *facts, *sealed, *(f"its {name}" for name in _OF_ITEMS if sealed)])
        for row in page:
            yield _line([*_columns(row, facts), *_values(row["items"], sealed)])


def _columns(row: dict[str, Any], facts: tuple[str, ...]) -> Iterator[object]:
    yield row["id"]
    yield from (row["record"]["facts"].get(name) for name in facts)


def _values(items: list[dict[str, Any]], sealed: tuple[str, ...]) -> Iterator[object]:
    held = {item["field"]: file_of(item) or item["value"] for item in items}
    yield from (held.get(name) for name in sealed)
    for name in _OF_ITEMS if sealed else ():
        yield _several(item[name] if name != "purposes" else [use["name"] for use in item["uses"]] for item in items)


def _several(values: Iterator[Any]) -> str:
    """What the values of one row have in common is said once."""
    flat = (each for value in values for each in (value if isinstance(value, list) else [value]))
    return "; ".join(dict.fromkeys(str(each) for each in flat if each))


def _list(gathered: Gathered, name: str) -> Iterator[str]:
    heads: list[str] | None = None
    for page in gathered.again(name):
        for whole in page:
            each = listed(name, whole)
            if heads is None:
                heads = list(each)
                yield _line(heads)
            yield _line([_flat(each[head]) for head in heads])


def _flat(value: Any) -> object:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_flat(each)}" for name, each in value.items())
    return "; ".join(map(str, value)) if isinstance(value, list) else value


def _line(cells: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([harmless("" if cell is None else str(cell)) for cell in cells])
    return out.getvalue()


def harmless(cell: str) -> str:
    """What somebody wrote is never a formula to the program that opens it (OWASP, CSV injection)."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) and not _NUMBER.fullmatch(cell) else cell
