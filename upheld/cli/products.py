"""`upheld products`: what is sold, at which price, and with which tax to which country."""

import json
from typing import TYPE_CHECKING, Any

import click

from upheld.cli import rates
from upheld.cli.errors import CommandError
from upheld.cli.instance import open_instance
from upheld.cli.terminal import sure, table

if TYPE_CHECKING:
    from upheld.orders.models import Product, Variant

KINDS = ("parcel", "download", "service")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
STOCK = click.option("--stock", type=click.IntRange(0), help="How many there are.")


class NoProduct(CommandError):
    """There is no product {0!r}: upheld products list shows them."""


class NoVariant(CommandError):
    """There is nothing with the SKU {0!r}: upheld products list shows them."""


@click.group(name="products", epilog="Example: upheld products list")
def command() -> None:
    """Keep the list of what is sold."""


command.add_command(rates.command)


@command.command(name="list", epilog="Example: upheld products list --json")
@click.option("--withdrawn", is_flag=True, help="Show what is not sold any more too.")
@AS_JSON
def list_products(withdrawn: bool, as_json: bool) -> None:
    """Show what is sold.

    Prices are before tax. In JSON they are in the currency's smallest unit, such as cents.
    """
    open_instance()
    from upheld.orders.models import Variant
    from upheld.payments.money import shown

    rows = Variant.objects.select_related("product").order_by("product__slug", "id")
    if not withdrawn:
        rows = rows.filter(withdrawn_at=None, product__withdrawn_at=None)
    if as_json:
        click.echo(json.dumps({"products": [_as_json(row) for row in rows]}, ensure_ascii=False))
        return
    table(
        ("product", "SKU", "title", "kind", "price", "stock"),
        [
            (row.product.slug, row.sku, _title(row), row.product.kind, shown(row.price, row.currency), _stock(row))
            for row in rows
        ],
    )


@command.command(epilog='Example: upheld products add mug --title "Mug" --kind parcel --price 12.50 --currency EUR')
@click.argument("slug")
@click.option("--title", required=True, help="Its name.")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="Something that is sent, fetched or done.")
@click.option("--price", required=True, help="Before tax, such as 19.90.")
@click.option("--currency", required=True, help="Of the price, such as EUR (ISO 4217).")
@click.option("--description", default="", help="What people read about it.")
@click.option("--sku", help="Its number in your stock; without it, SLUG.")
@STOCK
@click.option("--weight", type=click.IntRange(0), default=0, help="Of a parcel, in grams.")
def add(
    slug: str,
    title: str,
    kind: str,
    price: str,
    currency: str,
    description: str,
    sku: str | None,
    stock: int | None,
    weight: int,
) -> None:
    """Begin to sell something.

    SLUG is its name in addresses of pages, such as printed-guide. It gets one variant; more are added with upheld
    products variant.
    """
    open_instance()
    from django.db import transaction

    from upheld.orders import verbs
    from upheld.policy.actors import Actor

    operator = Actor.operator()
    with transaction.atomic():  # a wrong price leaves no product without one behind
        product = verbs.add_product(slug=slug, title=title, kind=kind, description=description, by=operator)
        verbs.add_variant(
            product, sku=sku or slug, price=_minor(price, currency), currency=currency, stock=stock, weight=weight,
            by=operator,
        )  # fmt: skip
    click.echo(f"{slug} is sold from now on.")


@command.command(epilog="Example: upheld products variant t-shirt --sku t-shirt-s --title S --price 24 --currency EUR")
@click.argument("slug")
@click.option("--sku", required=True, help="Its number in your stock.")
@click.option("--title", required=True, help="What tells it from the others, such as a size.")
@click.option("--price", required=True, help="Before tax, such as 19.90.")
@click.option("--currency", required=True, help="Of the price, such as EUR (ISO 4217).")
@STOCK
@click.option("--weight", type=click.IntRange(0), default=0, help="Of a parcel, in grams.")
def variant(slug: str, sku: str, title: str, price: str, currency: str, stock: int | None, weight: int) -> None:
    """Add a size, colour or term to the product SLUG."""
    open_instance()
    from upheld.orders import verbs
    from upheld.policy.actors import Actor

    verbs.add_variant(
        _product(slug), sku=sku, title=title, price=_minor(price, currency), currency=currency, stock=stock,
        weight=weight, by=Actor.operator(),
    )  # fmt: skip
    click.echo(f"{sku} is sold from now on.")


@command.command(epilog="Example: upheld products change t-shirt-s --price 22.50 --stock 40")
@click.argument("sku")
@click.option("--price", help="Before tax, in the currency that it has.")
@STOCK
@click.option("--unlimited", is_flag=True, help="Count no stock of it any more.")
@click.option("--title", help="What tells it from the others, such as a size.")
def change(sku: str, price: str | None, stock: int | None, unlimited: bool, title: str | None) -> None:
    """Change the price or the stock of SKU.

    What was ordered before keeps the price that it had.
    """
    if unlimited and stock is not None:
        raise click.UsageError("--stock and --unlimited contradict each other.")
    open_instance()
    from upheld.orders import verbs
    from upheld.policy.actors import Actor

    row = _variant(sku)
    changes: dict[str, Any] = {}
    if price is not None:
        changes["price"] = _minor(price, row.currency)
    if title is not None:
        changes["title"] = title
    if unlimited or stock is not None:
        changes["stock"] = stock
    if not changes:
        raise click.UsageError("Nothing to change is named.")
    verbs.change_variant(row, by=Actor.operator(), **changes)
    click.echo(f"{sku} is changed.")


@command.command(epilog="Example: upheld products withdraw printed-guide")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def withdraw(name: str, yes: bool) -> None:
    """Stop selling something.

    NAME is a product's SLUG, or the SKU of one variant. Orders that were placed stay as they are.
    """
    open_instance()
    from upheld.orders import verbs
    from upheld.orders.models import Product
    from upheld.policy.actors import Actor

    product = Product.objects.filter(slug=name).first()
    what = product or _variant(name)
    sure(f"Stop selling {name}{' and all its variants' if product else ''}?", yes=yes)
    verbs.withdraw(what, by=Actor.operator())
    click.echo(f"{name} is not sold any more.")


def _product(slug: str) -> "Product":
    from upheld.orders.models import Product

    found: Product | None = Product.objects.filter(slug=slug, withdrawn_at=None).first()
    if found is None:
        raise NoProduct(slug)
    return found


def _variant(sku: str) -> "Variant":
    from upheld.orders.models import Variant

    found = Variant.objects.filter(sku=sku, withdrawn_at=None).first()
    if found is None:
        raise NoVariant(sku)
    return found


def _minor(price: str, currency: str) -> int:
    from upheld.payments import money

    return money.minor(money.read(price, currency.upper()))


def _title(row: "Variant") -> str:
    return f"{row.product.title}, {row.title}" if row.title else row.product.title


def _stock(row: "Variant") -> str:
    return "" if row.stock is None else str(row.stock)


def _as_json(row: "Variant") -> dict[str, Any]:
    sold = row.withdrawn_at is None and row.product.withdrawn_at is None
    return {
        "product": row.product.slug, "sku": row.sku, "title": _title(row), "kind": row.product.kind,
        "price": row.price, "currency": row.currency, "stock": row.stock, "weight": row.weight, "sold": sold,
    }  # fmt: skip
