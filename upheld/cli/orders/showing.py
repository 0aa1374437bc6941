"""One order: what was ordered, what became of it, and who received what; nobody's name."""

import json
from typing import TYPE_CHECKING, Any

import click

from upheld.cli.instance import open_instance
from upheld.cli.orders.listing import minute, rows
from upheld.cli.orders.numbers import order
from upheld.cli.terminal import table

if TYPE_CHECKING:
    from upheld.orders.models import Order


@click.command(name="show", epilog="Example: upheld orders show 7KQ4M-X2P9D")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def command(number: str, as_json: bool) -> None:
    """Show what was ordered as NUMBER, what became of it, and who received what."""
    open_instance()
    found = order(number)
    [row] = rows([found])
    whole = row | {"lines": _lines(found), "story": _story(found), "received": _received(found)}
    whole["documents"] = _documents(found)
    if as_json:
        click.echo(json.dumps(whole, ensure_ascii=False))
    else:
        _print(whole)


def _print(whole: dict[str, Any]) -> None:
    from upheld.payments.money import shown

    currency = whole["currency"]
    total = shown(whole["total"], currency)
    click.echo(f"{whole['number']}: {whole['state']}, {total}, placed {minute(whole['placed'])} UTC")
    lines = [
        (
            each["sku"], each["title"], str(each["quantity"]), shown(each["price"], currency), f"{each['tax_rate']} %",
            shown(each["total"], currency),
        )
        for each in whole["lines"]
    ]  # fmt: skip
    table(("SKU", "what", "quantity", "each", "tax", "total"), lines)
    table(
        ("when", "what", "by", "why", "amount"),
        [
            (
                minute(each["at"]), each["what"], each["by"], each["reason"],
                shown(each["amount"], currency) if each["amount"] is not None else "",
            )
            for each in whole["story"]
        ],
    )  # fmt: skip
    table(("document", "number"), [(each["document"], each["number"]) for each in whole["documents"]])
    table(
        ("when", "received by", "what", "for"),
        [(minute(r["at"]), r["recipient"], ", ".join(r["fields"]), r["purpose"]) for r in whole["received"]],
    )


def _lines(found: "Order") -> list[dict[str, Any]]:
    from upheld.orders.models import Line

    return [
        {
            "sku": each.sku, "title": each.title, "quantity": each.quantity, "price": each.price,
            "tax_rate": f"{each.tax_rate.normalize():f}", "tax": each.tax, "total": each.total,
        }
        for each in Line.objects.of(found)
    ]  # fmt: skip


def _story(found: "Order") -> list[dict[str, Any]]:
    from upheld.orders.models import Step
    from upheld.orders.steps import YOU

    return [
        {
            "at": each.at.isoformat(), "what": each.kind, "by": "person" if each.by == YOU else each.by,
            "reason": each.reason, "amount": each.amount,
        }
        for each in Step.objects.of(found)
    ]  # fmt: skip


def _received(found: "Order") -> list[dict[str, Any]]:
    from upheld.orders import verbs

    return [
        {"at": each.at.isoformat(), "recipient": each.recipient, "fields": list(each.fields), "purpose": each.purpose}
        for each in verbs.disclosures(found)
    ]


def _documents(found: "Order") -> list[dict[str, Any]]:
    from upheld.orders import verbs

    return [{"document": each.name, "number": each.number} for each in verbs.papers(found)]
