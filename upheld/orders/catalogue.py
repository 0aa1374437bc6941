"""What the company sells, at which price, and where to. Prices are before tax, in minor units."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from babel import Locale
from django.db import IntegrityError, transaction
from django.utils import timezone

from upheld import ledger
from upheld.orders.answers import Refusal
from upheld.orders.errors import ProductUnfit, SkuTaken, SlugTaken
from upheld.orders.models import PRODUCT_KINDS, Destination, Product, Variant
from upheld.orders.pricing import Items, Totals, price
from upheld.payments import money
from upheld.payments.errors import NotMoney
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SKU = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")  # a code of the ledger, too
MOST = 10**9  # minor units, pieces or grams of one variant
KINDS = tuple(kind for kind, _ in PRODUCT_KINDS)
UNCHANGED = object()


@transaction.atomic
def add_product(*, slug: str, title: str, kind: str, description: str = "", by: Actor) -> Product:
    """Something new to sell; it is on sale once it has a variant. Raises ProductUnfit, SlugTaken, Refused."""
    require(Act.PRODUCT_CHANGE, by=by)
    _check(SLUG.fullmatch(slug) and len(slug) <= 60, "Write the name in the address like this: printed-guide.", "slug")
    _check(kind in KINDS, f"A product is one of {', '.join(KINDS)}.", "kind")
    title, description = _text(title, 120, "title"), description.strip()
    _check(len(description) <= 5000, "Describe the product in at most 5000 characters.", "description")
    product = Product(slug=slug, title=title, kind=kind, description=description, created_at=timezone.now())
    try:
        with transaction.atomic():
            product.save(force_insert=True)
    except IntegrityError:
        raise SlugTaken(slug) from None
    _record(by, "added", product=slug, kind=kind)
    return product


@transaction.atomic
def add_variant(
    product: Product, *, sku: str, title: str = "", price: int, currency: str, stock: int | None = None,
    weight: int = 0, by: Actor,
) -> Variant:  # fmt: skip
    """A choice of a product, with its price. Raises ProductUnfit, SkuTaken, Refused."""
    require(Act.PRODUCT_CHANGE, by=by)
    _check(SKU.fullmatch(sku), "Write the SKU in at most 40 letters, digits and . _ - signs.", "sku")
    variant = Variant(product=product, sku=sku, currency=_currency(currency), weight=_weight(weight))
    variant.title = _text(title, 80, "title", may_be_empty=True)
    variant.price, variant.stock = _price(price), _stock(stock)
    try:
        with transaction.atomic():
            variant.save(force_insert=True)
    except IntegrityError:
        raise SkuTaken(sku) from None
    _record(by, "added", sku=sku, price=variant.price, currency=variant.currency, stock=variant.stock)
    return variant


@transaction.atomic
def change_variant(
    variant: Variant, *, price: int | None = None, stock: object = UNCHANGED, seen: object = UNCHANGED,
    title: str | None = None, by: Actor,
) -> Variant:  # fmt: skip
    """What is given; `stock=None` says that it is not limited, and with `seen` it changes only from that, so that what
    is sold meanwhile stays sold. Orders keep the price they were placed at.

    Raises ProductUnfit, Refused.
    """
    require(Act.PRODUCT_CHANGE, by=by)
    variant = Variant.objects.select_for_update(of=("self",)).select_related("product").get(pk=variant.pk)
    if stock is not UNCHANGED and seen is not UNCHANGED and seen != variant.stock:
        there = "is not counted" if variant.stock is None else f"is {variant.stock}"
        raise ProductUnfit(f"The stock {there} by now. Say again how many there are.", "stock")
    if price is not None:
        variant.price = _price(price)
    if stock is not UNCHANGED:
        variant.stock = _stock(stock)
    if title is not None:
        variant.title = _text(title, 80, "title", may_be_empty=True)
    variant.save(update_fields=["price", "stock", "title"])
    _record(by, "changed", sku=variant.sku, price=variant.price, stock=variant.stock)
    return variant


@transaction.atomic
def withdraw(sold: Product | Variant, *, by: Actor) -> None:
    """Sell it no more. Orders that hold it are filled. Safe to repeat."""
    require(Act.PRODUCT_CHANGE, by=by)
    changed = type(sold)._base_manager.filter(pk=sold.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())
    if changed:
        name = {"product": sold.slug} if isinstance(sold, Product) else {"sku": sold.sku}
        _record(by, "withdrawn", **name)


@transaction.atomic
def set_destination(
    country: str, *, tax_name: str, tax_rate: Decimal, ships: bool, shipping: int, currency: str, by: Actor
) -> Destination:
    """Sell to a country, at this tax (percent) and this price for bringing a parcel there, before tax.

    Raises ProductUnfit, Refused.
    """
    require(Act.PRODUCT_CHANGE, by=by)
    country = country.upper()
    _check(country in countries(), f"{country[:20]!r} is no country of ISO 3166, such as DE.", "country")
    tax_rate = Decimal(tax_rate)
    _check(tax_rate.is_finite() and 0 <= tax_rate <= 100, "Give the tax as a percentage from 0 to 100.", "tax_rate")
    _check(tax_rate == round(tax_rate, 3), "Give the tax with at most three digits after the point.", "tax_rate")
    _check(0 <= shipping <= MOST, "Give the price of shipping as zero or more.", "shipping")
    name = _text(tax_name, 20, "tax_name", may_be_empty=not tax_rate)
    values = {"tax_name": name, "tax_rate": tax_rate, "ships": ships}
    values |= {"shipping": shipping, "currency": _currency(currency)}
    row, _ = Destination.objects.update_or_create(country=country, defaults=values)
    _record(by, "rated", country=country, tax=str(tax_rate), ships=ships, shipping=shipping, currency=row.currency)
    return row


def countries() -> Mapping[str, str]:
    """Every country by its ISO 3166 code, in English."""
    names = Locale("en").territories
    return {code: name for code, name in names.items() if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRY}


_NO_COUNTRY = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})  # of CLDR: groups, tests, unknown


def quote(items: Sequence[tuple[UUID, int]], *, country: str, lock: bool = False) -> Totals | Refusal:
    """What a basket of variant ids costs in a country, now. Something that is gone altogether is a refusal too."""
    found = read_basket(items, lock=lock)
    if isinstance(found, Refusal):
        return found
    return price(found, Destination.objects.filter(pk=country.upper()[:2]).first())


def read_basket(items: Sequence[tuple[UUID, int]], *, lock: bool = False) -> Items | Refusal:
    """The variants of a basket, the same one counted together; locked in the order of their ids when asked."""
    counted: dict[UUID, int] = {}
    for id, quantity in items:
        counted[id] = counted.get(id, 0) + quantity
    rows = Variant.objects.filter(pk__in=counted).order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    known = {variant.pk: variant for variant in rows.select_related("product")}
    if counted.keys() - known.keys():
        return Refusal("Something in the basket is no longer sold. Take it out.", "items")
    return [(known[id], quantity) for id, quantity in counted.items()]


def _record(by: Actor, what: str, **facts: ledger.Fact) -> None:
    ledger.append(Act.PRODUCT_CHANGE, by=by, facts={"what": what, **facts})


def _check(holds: object, sentence: str, field: str) -> None:
    if not holds:
        raise ProductUnfit(sentence, field)


def _text(text: str, most: int, field: str, *, may_be_empty: bool = False) -> str:
    text = " ".join(text.split())
    _check(text or may_be_empty, "Give it a name.", field)
    _check(len(text) <= most and text.isprintable(), f"Write at most {most} characters that can be printed.", field)
    return text


def _price(amount: int) -> int:
    _check(0 < amount <= MOST, "Give a price above zero that is not absurdly large.", "price")
    return amount


def _stock(stock: object) -> int | None:
    if stock is None:
        return None
    if not isinstance(stock, int) or not 0 <= stock <= MOST:
        raise ProductUnfit("Give the stock as zero or more.", "stock")
    return stock


def _weight(grams: int) -> int:
    _check(0 <= grams <= MOST, "Give the weight in grams, as zero or more.", "weight")
    return grams


def _currency(code: str) -> str:
    try:
        money.money(0, code.upper())
    except NotMoney as error:
        raise ProductUnfit(str(error), "currency") from None
    return code.upper()
