"""Links in letters: signed, good for a while, and telling nothing about anybody but two ids.

Whoever opens one has shown that letters to the address reach them. `mend` leads to an order in trouble, `mine` to a
guest's order and data.
"""

from uuid import UUID

from django.core import signing

from upheld.contact.letters import Link, on_site
from upheld.orders.models import Order

MEND, MINE = "mend", "mine"
DAYS = {MEND: 21, MINE: 90}
DAY = 24 * 3600


def to(order: Order, kind: str) -> Link:
    """The full address of a page of ours: `/order/mend/<token>/` or `/order/mine/<token>/`."""
    return on_site(f"/order/{kind}/{token(order, kind)}/")


def token(order: Order, kind: str) -> str:
    return signing.dumps([order.subject.hex, order.pk.hex], salt=_salt(kind))


def read(token: str, kind: str = "") -> tuple[UUID, UUID] | None:
    """The subject and the order of a token, of either kind unless one is named; None for a forged or an old one."""
    for each in (kind,) if kind else (MEND, MINE):
        try:
            subject, order = signing.loads(token, salt=_salt(each), max_age=DAYS[each] * DAY)
            return UUID(subject), UUID(order)
        except (signing.BadSignature, ValueError, TypeError):
            continue
    return None


def _salt(kind: str) -> str:
    return f"upheld.orders.links.{kind}"
