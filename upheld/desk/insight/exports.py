"""A table as JSON and CSV: the same figures as on the page, and no others. docs/guide/usage.md has their shape."""

import csv
import io
from typing import Any

from upheld.desk.insight.chosen import Chosen
from upheld.desk.insight.tables import Table
from upheld.policy import force

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def head(chosen: Chosen) -> dict[str, Any]:
    """What an export says of itself before its tables."""
    return {
        "v": 1,
        "product": chosen.product,
        "period": chosen.period,
        "since": f"{chosen.since}",
        "until": f"{chosen.until}",
        "platform": chosen.platform,
        "version": chosen.version,
        "threshold": force.in_force().usage.threshold,
    }


def as_json(table: Table) -> dict[str, Any]:
    """A withheld figure is null."""
    return {
        "view": table.view,
        "title": table.title,
        "about": table.about,
        "unit": table.unit,
        "rows": table.across,
        "series": [each.name for each in table.series],
        "figures": [{"row": row, "values": values} for row, values in table.lines()],
    }


def as_csv(table: Table) -> str:
    """A heading, then a line for each row (RFC 4180); a withheld figure is an empty cell."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([harmless(each) for each in (table.across, *(each.name for each in table.series))])
    for row, values in table.lines():
        writer.writerow([harmless(row), *("" if value is None else value for value in values)])
    return written.getvalue()


def harmless(cell: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe stands before it (OWASP, CSV Injection)."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell
