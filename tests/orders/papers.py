"""An order to make documents of, and how their words are read back."""

from datetime import date
from decimal import Decimal
from io import BytesIO

from moneyed import Money
from pypdf import PdfReader

from upheld.orders.documents import Company, Content, Item, Paid


def eur(amount: str) -> Money:
    return Money(amount, "EUR")


GUIDE = Item("Printed guide", "GUIDE-2", 2, eur("24.90"), "VAT", Decimal(7), eur("3.49"))
SHIRT = Item("T-shirt with the engine's cross-section", "TS-M", 1, eur("29.00"), "VAT", Decimal("19.000"), eur("5.51"))
SHIPPING = Item("Shipping", "", 1, eur("6.90"), "VAT", Decimal(19), eur("1.31"))
ORDERED = Content(
    company=Company("Exokit Products", ("1 Harbour Way", "San Francisco CA 94111"), "DE123456789", "hello@webmr.io"),
    number="INV-2026-000123",
    dated=date(2026, 11, 23),
    order="K7QD-2MXA",
    ordered=date(2026, 11, 20),
    supplied=date(2026, 11, 22),
    items=(GUIDE, SHIRT, SHIPPING),
    total=eur("96.01"),
    person=("Ada Lovelace", "12 St James's Square", "LONDON", "SW1Y 4JH"),
    paid=(Paid("visa", "4242", eur("96.01"), date(2026, 11, 23)),),
)


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    """All of its words, wherever a line or a page broke."""
    return " ".join(" ".join(pages(pdf)).replace("\u00a0", " ").split())


def archived(pdf: bytes) -> bool:
    metadata = PdfReader(BytesIO(pdf)).trailer["/Root"].get("/Metadata")
    return metadata is not None and b"pdfaid" in metadata.get_object().get_data()
