"""To whom letters about an order go, and what they lead to."""

from typing import Any

from upheld.accounts.models import account_of
from upheld.contact import verbs as contact
from upheld.contact.letters import Link, on_site
from upheld.contact.models import Address
from upheld.orders import links
from upheld.orders.letters import About
from upheld.orders.models import Order
from upheld.policy.actors import Actor
from upheld.vault import Personal

SHOP = Actor.system("orders")


def write(letter: type[About], order: Order, *, link: Link | None = None, **said: Any) -> None:
    """One letter about the order, which leaves when the transaction is committed. Nobody is there: none is written."""
    to = address_of(order)
    if to is not None:
        contact.send(letter(number=order.number, link=link or page_of(order), **said), to=to, by=SHOP)


def address_of(order: Order) -> Personal | None:
    """The order itself where it holds an address of its own, else the person's."""
    return order if "email" in order.held() else Address.objects.for_subject(order.subject).first()


def page_of(order: Order) -> Link:
    """The order's page: in the account, or for a guest by a link that shows whose it is."""
    if account_of(order.subject) is not None:
        return on_site(f"/account/orders/{order.pk}/")
    return links.to(order, links.MINE)
