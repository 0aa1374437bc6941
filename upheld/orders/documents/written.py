"""Content as words: every value that a template lays out is text, so that no template reckons."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal
from moneyed import Money

from upheld.orders.documents import sums
from upheld.orders.documents.content import Company, Content, Item, Kind, Paid

LOCALES = {"A4": "en_GB", "Letter": "en_US"}
BRANDS = {"amex": "American Express", "diners": "Diners Club", "jcb": "JCB", "unionpay": "UnionPay"}
NUMBERED = {Kind.CORRECTION, Kind.CREDIT_NOTE, Kind.INVOICE}


def words(kind: Kind, content: Content, *, paper: str) -> dict[str, object]:
    """What the templates read. A packing slip gets no amount, so that none can print."""
    total = None if kind is Kind.PACKING_SLIP else content.total
    return {
        "kind": kind.value,
        "title": kind.heading,
        "number": content.number,
        "paper": paper,
        "test_money": content.test_money,
        "company": _company(content.company),
        "person": list(content.person),
        "facts": list(_facts(kind, content, LOCALES[paper])),
        "items": [_item(item) | (_prices(item) if total else {}) for item in content.items],
        "currency": total.currency.code if total else "",
        "sums": list(_sums(kind, content, total)) if total else [],
        "paid": [_paid(kind, each, LOCALES[paper]) for each in content.paid] if total else [],
        "changes": [(each.what, each.was, each.now) for each in content.changes],
        "notes": list(content.notes),
    }


def amount(money: Money) -> str:
    """With its currency's own decimals, and without its name, which stands once at the head of the column."""
    decimals = len(str(money.currency.sub_unit)) - 1
    return f"{money.amount:,.{decimals}f}"


def full(money: Money) -> str:
    """An amount that stands alone. The code says which dollar; a sign would not."""
    return f"{money.currency.code}\u00a0{amount(money)}"


def percent(rate: Decimal) -> str:
    return f"{format_decimal(rate, '0.####', locale='en')}\u00a0%"


def day(when: date, locale: str) -> str:
    return format_date(when, "long", locale=locale)


def _company(company: Company) -> dict[str, object]:
    """With the two lines at the foot of each page: where it is, and what it is known by."""
    tax_number = f"Tax number {company.tax_number}" if company.tax_number else ""
    lines = [[company.name, *company.lines], [company.contact, tax_number]]
    foot = [[each for each in line if each] for line in lines]
    return {"name": company.name, "foot": [line for line in foot if line]}


def _facts(kind: Kind, content: Content, locale: str) -> Iterator[tuple[str, str]]:
    if kind in NUMBERED:
        yield f"{kind.heading} number", content.number
        yield "Date", day(content.dated, locale)
    if content.corrects:
        yield "Corrects invoice", content.corrects
    yield "Order", content.order
    yield "Ordered on", day(content.ordered, locale)
    if content.supplied and kind is Kind.INVOICE:
        yield "Supplied on", day(content.supplied, locale)
    if content.person_tax_number and kind in NUMBERED:
        yield "Your tax number", content.person_tax_number


def _item(item: Item) -> dict[str, str]:
    return {"title": item.title, "sku": item.sku, "quantity": format_decimal(item.quantity, locale="en")}


def _prices(item: Item) -> dict[str, str]:
    return {"unit": amount(item.unit), "rate": percent(item.tax_rate), "amount": amount(item.net)}


def _sums(kind: Kind, content: Content, total: Money) -> Iterator[tuple[str, str]]:
    """The last line is the total."""
    taxes = sums.taxed(content.items)
    if taxes:
        yield "Without tax", amount(sums.without_tax(content.items, total))
    for (name, rate), (net, tax) in taxes.items():
        yield f"{name or 'Tax'}, {percent(rate)} of {amount(net)}", amount(tax)
    yield "Total returned" if kind is Kind.CREDIT_NOTE else "Total", full(total)


def _paid(kind: Kind, each: Paid, locale: str) -> tuple[str, str]:
    verb = "Returned to" if kind is Kind.CREDIT_NOTE else "Paid with"
    brand = BRANDS.get(each.brand, each.brand[:1].upper() + each.brand[1:])
    return f"{verb} {brand} ending in {each.last4} on {day(each.on, locale)}", full(each.amount)
