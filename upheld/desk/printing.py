"""An order's documents on paper: made for the case, and that they are printed is on record beside their making."""

import io
import zipfile
from collections.abc import Sequence

from django.http import HttpResponse

from upheld.cases import noticing
from upheld.orders import addresses, restating, verbs
from upheld.orders.documents import Kind
from upheld.orders.models import Order
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.standing import BILLING, FULFILMENT
from upheld.staff.models import Member
from upheld.vault import showing

SLIP = Kind.PACKING_SLIP.value
NOT_MADE = "not-made.txt"


def printed(order: Order, name: str, *, by: Actor) -> bytes:
    """One document as PDF, to be printed; it counts as an opening. Not to be called in a transaction.

    Raises TooManyOpenings, NotADocument, NothingThere, Refused, Restricted.
    """
    assert by.id, "only members print"
    noticing.allow_opening(Member.objects.get(pk=by.id), by.job)
    paper = verbs.document(order, name, by=by)
    is_slip = name == SLIP
    wanted = (*restating.STATED, *addresses.PARTS) if is_slip else restating.STATED
    fields = [field for field in wanted if field in order.held()]
    if fields:
        purpose = FULFILMENT if is_slip else BILLING
        showing.took(order, fields, act=Act.FIELD_PRINT, by=by, purpose=purpose, because=order.reference)
    return paper


def sent(paper: bytes, *, name: str, number: str) -> HttpResponse:
    """Made in memory and sent; no copy is left here."""
    return _file(paper, "application/pdf", f"{name.replace('_', '-')}-{number}.pdf")


def sent_together(slips: Sequence[tuple[str, bytes]], problems: Sequence[str]) -> HttpResponse:
    """The slips of several orders in one archive, by their numbers, and beside them why others are not there."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, slip in slips:
            archive.writestr(f"packing-slip-{number}.pdf", slip)
        if problems:
            archive.writestr(NOT_MADE, "".join(f"{problem}\n" for problem in problems))
    return _file(whole.getvalue(), "application/zip", "packing-slips.zip")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
