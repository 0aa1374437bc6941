"""Orders as staff see them from afar: numbers, states, dates and amounts, and nobody's name."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from upheld.cli.instance import open_instance
from upheld.cli.terminal import table

if TYPE_CHECKING:
    from upheld.orders.models import Order

STATES = (
    "cancelled", "delivered", "expired", "packed", "paid", "part_refunded", "placed", "refunded", "shipped", "trouble",
)  # fmt: skip
AT_ONCE = 500


@click.command(name="list", epilog="Example: upheld orders list --state paid")
@click.option("--state", type=click.Choice(STATES), help="Only those that stand so.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="No more than so many.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def command(state: str | None, limit: int, as_json: bool) -> None:
    """Show orders, the latest first.

    Totals are with tax and shipping; in JSON they are in the currency's smallest unit, such as cents.
    """
    open_instance()
    from upheld.payments.money import shown

    found = list(islice(_rows(state), limit))
    if as_json:
        click.echo(json.dumps({"orders": found}))
        return
    table(
        ("order", "state", "placed", "total"),
        [(r["number"], r["state"], minute(r["placed"]), shown(r["total"], r["currency"])) for r in found],
    )


def _rows(state: str | None) -> Iterator[dict[str, Any]]:
    """As many at once as a query can take: each is worked out from the rows of its story."""
    from upheld.orders.models import Order

    newest = Order.objects.placed().order_by("-placed_at", "-id").iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(newest, AT_ONCE)):
        yield from (row for row in rows(chunk) if state in (None, row["state"]))


def rows(orders: "Sequence[Order]") -> Iterator[dict[str, Any]]:
    from django.db.models import F, Sum

    from upheld.orders.models import Line
    from upheld.orders.states import states

    known = states(orders)
    lines = Line.objects.filter(subject__in={each.subject for each in orders}, order__in=[each.pk for each in orders])
    totals = dict(lines.values_list("order").annotate(total=Sum(F("price") * F("quantity") + F("tax"))))
    for each in orders:
        assert each.placed_at is not None
        yield {
            "number": each.number, "state": str(known[each.pk]), "placed": each.placed_at.isoformat(),
            "total": totals.get(each.pk, 0), "currency": each.currency,
        }  # fmt: skip


def minute(time: str) -> str:
    """An ISO 8601 time as tables have it, in UTC."""
    return time[:16].replace("T", " ")
