"""Order confirmations, packing slips, invoices, credit notes and corrections: made when asked for, kept nowhere."""

from upheld.orders.documents.content import Change, Company, Content, Item, Kind, Paid
from upheld.orders.documents.errors import DocumentError, PaperUnknown, SumsDiffer, TotalMissing
from upheld.orders.documents.making import made

__all__ = [
    "Change",
    "Company",
    "Content",
    "DocumentError",
    "Item",
    "Kind",
    "Paid",
    "PaperUnknown",
    "SumsDiffer",
    "TotalMissing",
    "made",
]
