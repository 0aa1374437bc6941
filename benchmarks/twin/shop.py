"""Buying as an ordinary application has it: plain rows, the same prices, the same calls to the same sandbox."""

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from uuid_utils.compat import uuid7

from benchmarks.buying import ADDRESS, sandbox
from benchmarks.twin.models import Address, Card, Invoice, Line, Movement, Order, Payment
from upheld.orders import catalogue, numbers
from upheld.orders.models import Variant
from upheld.orders.pricing import Totals
from upheld.payments.processor import Charge

TEXT = "Your order {number} {what}.\n\nThis letter was sent by {site}.\n"


def draft(id: UUID, subject: UUID, totals: Totals, details: Mapping[str, str], *, token: str) -> Order:
    """The card is kept, and the order stored as it was typed."""
    kept = sandbox().keep_card(token, reference=f"card:{uuid7()}", key=str(uuid7()))
    with transaction.atomic():
        card = Card.objects.create(
            subject=subject, brand=kept.brand, last4=kept.last4, expiry=kept.expiry, token=kept.token
        )
        order = Order.objects.create(
            id=id, subject=subject, number=numbers.new(), card=card, currency=totals.currency, total=totals.total,
            **{name: details.get(name, "") for name in ADDRESS},
        )  # fmt: skip
        for each in totals.lines:
            Line.objects.create(
                subject=subject, order=order, variant=each.variant.pk if each.variant else None, sku=each.sku,
                title=each.title, quantity=each.quantity, price=each.price, tax=each.tax,
            )  # fmt: skip
    return order


def place(order: Order) -> None:
    """Priced once more, the stock taken, the money reserved, and a letter sent."""
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        totals = quote(order)
        assert totals.total == order.total
        for variant, quantity in items(order):
            Variant.objects.filter(pk=variant, stock__isnull=False).update(stock=F("stock") - quantity)
        order.state, order.placed_at = "placed", timezone.now()
        order.save(update_fields=["state", "placed_at"])
        payment = Payment.objects.create(subject=order.subject, order=order, amount=totals.total)
    charge = sandbox().authorise(
        order.card.token, amount=totals.total, currency=totals.currency, reference=f"payment:{payment.pk}",
        back=f"{settings.HOME.site}/order/paid/", key=str(payment.pk),
    )  # fmt: skip
    with transaction.atomic():
        payment.charge = charge.id
        payment.save(update_fields=["charge"])
        record(payment, charge)
    write(order.subject, order, "is placed")


def items(order: Order) -> list[tuple[UUID, int]]:
    return list(order.lines.exclude(variant=None).values_list("variant", "quantity"))


def quote(order: Order) -> Totals:
    totals = catalogue.quote(items(order), country=order.country)
    assert isinstance(totals, Totals)
    return totals


def ship(order: Order, *, tracking: str) -> None:
    """The money is taken, the parcel and the invoice noted, and a letter sent."""
    payment = order.payments.get()
    charge = sandbox().capture(payment.charge, amount=payment.amount, key=str(uuid7()))
    with transaction.atomic():
        record(payment, charge)
        order.state, order.tracking, order.shipped_at = "shipped", tracking, timezone.now()
        order.save(update_fields=["state", "tracking", "shipped_at"])
        Invoice.objects.create(subject=order.subject, order=order, number=_next())
    write(order.subject, order, "is shipped")


def record(payment: Payment, charge: Charge) -> None:
    """What the processor says happened, each once."""
    known = set(payment.movements.values_list("processor_id", flat=True))
    for each in charge.movements:
        if each.id not in known:
            Movement.objects.create(
                subject=payment.subject, payment=payment, kind=each.kind, amount=each.amount, at=each.at,
                processor_id=each.id,
            )  # fmt: skip


@transaction.atomic
def hear(payment: Payment, charge: Charge) -> None:
    """A refund that was made at the processor is a credit note, and a letter says so."""
    known = payment.movements.count()
    record(payment, charge)
    if payment.movements.count() > known:
        Invoice.objects.create(subject=payment.subject, order=payment.order, number=_next(), is_credit=True)
        write(payment.subject, payment.order, "is refunded in part")


def _next() -> int:
    return (Invoice.objects.order_by("-number").values_list("number", flat=True).first() or 0) + 1


def write(subject: UUID, order: Order, what: str) -> None:
    text = TEXT.format(number=order.number, what=what, site=settings.HOME.site)
    to = Address.objects.get(subject=subject).email
    message = EmailMultiAlternatives("Your order", text, "shop@example.com", [to])
    message.extra_headers["Message-ID"] = f"<{uuid7()}@localhost>"
    message.attach_alternative(f"<p>{text}</p>", "text/html")
    get_connection().send_messages([message])
