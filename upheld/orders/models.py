"""What is sold, what was ordered, and everything that became of an order."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from uuid_utils.compat import uuid7

from upheld.orders.finding import Orders, RowsOfOrders
from upheld.vault import AboutPerson, Personal, Sealed

PARCEL, DOWNLOAD, SERVICE = "parcel", "download", "service"
PRODUCT_KINDS = [(kind, kind) for kind in (PARCEL, DOWNLOAD, SERVICE)]
STEPS = (
    "drafted", "placed", "authorised", "released", "captured", "packed", "shipped", "delivered", "returned", "trouble",
    "mended", "refund_asked", "refund_failed", "refunded", "disputed", "dispute_won", "cancelled", "expired",
)  # fmt: skip
SHIPPING = "shipping"  # the kind and the sku of the line that it is
TROUBLES = ("declined", "dispute", "out_of_stock", "undeliverable")
INVOICE, CREDIT_NOTE, CORRECTION = "invoice", "credit_note", "correction"


class Products(models.QuerySet[Any]):
    def on_sale(self) -> "Products":
        return self.filter(withdrawn_at=None, variants__withdrawn_at=None, variants__isnull=False).distinct()


class Product(models.Model):
    """Something that is sold: a parcel, a download or a service."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=PRODUCT_KINDS)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = Products.as_manager()

    def __str__(self) -> str:
        return self.title


class Variant(models.Model):
    """One choice of a product, with its price before tax. `stock` is None where it is not limited."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="variants")
    sku = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=80, blank=True)
    price = models.BigIntegerField()  # minor units
    currency = models.CharField(max_length=3)
    stock = models.IntegerField(null=True)
    weight = models.IntegerField(default=0)  # grams, of a parcel
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(price__gte=0), name="price_not_negative"),
            models.CheckConstraint(
                condition=models.Q(stock__isnull=True) | models.Q(stock__gte=0), name="stock_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.sku


class Destination(models.Model):
    """A country that is sold to: its tax, and what bringing a parcel there costs. The table that the company edits."""

    country = models.CharField(max_length=2, primary_key=True)  # ISO 3166-1
    tax_name = models.CharField(max_length=20, blank=True)  # VAT, GST, …
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3)  # percent
    ships = models.BooleanField(default=True)
    shipping = models.BigIntegerField(default=0)  # minor units, before tax
    currency = models.CharField(max_length=3)

    def __str__(self) -> str:
        return self.country


class Series(models.Model):
    """The last number given to a document of a series, such as invoices of 2026. Locked to give the next: no gaps."""

    name = models.CharField(max_length=20, primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"


class Order(Personal):
    """What one person asked for at one time. The id is that of the basket it was made from.

    Where it stands is told by its steps, troubles, shipments and payments. Nothing of that is kept here twice but
    `to_send`, from which those are looked for whose parcel waits.
    """

    name = Sealed("name")
    address_line1 = Sealed("address")
    address_line2 = Sealed("address")
    city = Sealed("address")
    region = Sealed("address")
    postal_code = Sealed("address")
    country = Sealed("country")
    email = Sealed("email")  # only when it is another than the person's own
    email_digest = models.BinaryField(max_length=32, null=True)  # of that one, keyed: see `guests`
    number = models.CharField(max_length=14, db_index=True)  # what people say on the phone: random, no date, no count
    currency = models.CharField(max_length=3)
    card = models.UUIDField()  # the payments room's
    drafted_at = models.DateTimeField()
    placed_at = models.DateTimeField(null=True, db_index=True)
    to_send = models.BooleanField(default=True)  # False: no parcel of it has still to leave

    objects: ClassVar[Any] = Orders.as_manager()  # type: ignore[assignment]  # more than its parent's

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "number"], name="one_order_a_number")]
        indexes = [
            models.Index(
                fields=["email_digest"], condition=models.Q(email_digest__isnull=False), name="orders_by_own_email"
            ),
            models.Index(fields=["placed_at"], condition=models.Q(to_send=True), name="orders_to_send"),
        ]

    def __str__(self) -> str:
        return f"order {self.number}"

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Without the address, there is no digest of it either: what an erasure leaves in the books has none."""
        if update_fields is not None and "sealed" in update_fields and "email" not in self.held():
            self.email_digest, update_fields = None, {*update_fields, "email_digest"}
        super().save(*args, update_fields=update_fields, **kwargs)


class OfOrder(AboutPerson):
    """A row that belongs to an order, and stays with it in the books."""

    stays_with: ClassVar[str] = "order"

    order = models.UUIDField(db_index=True)

    objects: ClassVar[Any] = RowsOfOrders.as_manager()  # type: ignore[assignment]  # likewise

    class Meta:
        abstract = True


class Line(OfOrder):
    """One thing ordered, at the price and tax of that day, whatever becomes of the product. Shipping is a line too."""

    variant = models.UUIDField(null=True)  # None: shipping
    sku = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    quantity = models.IntegerField()
    taken = models.IntegerField(default=0)  # how many of them came from limited stock, and can be put back
    price = models.BigIntegerField()  # of one, minor units, before tax
    tax_name = models.CharField(max_length=20, blank=True)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3)  # percent
    tax = models.BigIntegerField()  # of all of them
    invoice = models.UUIDField(null=True)  # the document that charges for it; from then on it never changes

    def __str__(self) -> str:
        return f"{self.quantity} of {self.sku}"

    @property
    def net(self) -> int:
        return self.price * self.quantity

    @property
    def total(self) -> int:
        return self.net + self.tax


class Document(OfOrder):
    """An invoice, a credit note or a correction: its number and amount. The paper itself is made when asked for."""

    kind = models.CharField(max_length=12)
    series = models.CharField(max_length=20)
    number = models.BigIntegerField()
    corrects = models.UUIDField(null=True)  # the invoice that a credit note or a correction is about
    amount = models.BigIntegerField()  # minor units, with tax
    tax = models.BigIntegerField()
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "series", "number"], name="one_document_a_number")]

    def __str__(self) -> str:
        return f"{self.series}-{self.number:06}"


class AsIssued(OfOrder, Personal):
    """What a document says of the person, from when the order itself says something else. It goes with the order."""

    kept_from = "kept_since"

    document = models.UUIDField(db_index=True)
    kept_since = models.DateTimeField()  # when the order's own name and country were last given: both end on one day
    name = Sealed("name")
    country = Sealed("country")

    def __str__(self) -> str:
        return f"what {self.document} says"


class Step(AboutPerson):
    """Something that happened to an order: what, when, by whom and why, in codes. The story goes with the person."""

    order = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=16)  # one of STEPS
    at = models.DateTimeField()
    by = models.CharField(max_length=60)  # you, shop, or a job: see Actor
    reason = models.CharField(max_length=60, blank=True)
    amount = models.BigIntegerField(null=True)  # minor units, where money is meant
    movement = models.UUIDField(null=True)  # the payments room's, where the step tells of one

    objects: ClassVar[Any] = RowsOfOrders.as_manager()  # type: ignore[assignment]  # likewise

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "movement"], name="a_movement_is_told_once")]
        indexes = [
            models.Index(
                fields=["at"], condition=models.Q(kind__in=("cancelled", "expired")), name="steps_that_end_orders"
            ),
            models.Index(fields=["order"], condition=models.Q(kind="refund_failed"), name="steps_of_failed_refunds"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"


class Shipment(Personal):
    """A parcel on its way; until `shipped_at` it is only asked for, and carried on with if that was interrupted."""

    tracking = Sealed("address", find=True)  # whoever has the carrier's number learns where it goes
    order = models.UUIDField(db_index=True)
    carrier = models.CharField(max_length=20)
    carrier_id = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)  # when somebody last began to hand it over
    looked_at = models.DateTimeField(null=True)  # when the carrier was last asked where it is
    shipped_at = models.DateTimeField(null=True, db_index=True)
    delivered_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)  # it came back, or was lost: another may be sent

    objects: ClassVar[Any] = RowsOfOrders.as_manager()  # type: ignore[assignment]  # likewise

    class Meta:
        indexes = [
            models.Index(
                fields=["looked_at"],
                condition=models.Q(shipped_at__isnull=False, delivered_at__isnull=True, returned_at__isnull=True),
                name="shipments_on_their_way",
            )
        ]

    def __str__(self) -> str:
        return f"shipment of {self.order}"


class Trouble(AboutPerson):
    """Something that keeps an order from being filled, until it is mended, or expires with the order."""

    order = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=16)  # one of TROUBLES
    reason = models.CharField(max_length=40, blank=True)
    found_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField()  # unmended by then, the order is over
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=12, blank=True)  # mended, cancelled, expired

    objects: ClassVar[Any] = RowsOfOrders.as_manager()  # type: ignore[assignment]  # likewise

    class Meta:
        indexes = [models.Index(fields=["ends_at"], condition=models.Q(ended_at__isnull=True), name="open_troubles")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.order}"
