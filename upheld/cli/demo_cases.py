"""What waits at the demonstration's desk, beside what the shop's orders need: a question, a concern, a request, and a
refund that somebody asked for. Each comes the way real ones do, and once."""

from typing import TYPE_CHECKING

from upheld.cli.demo_staff import leave_waiting

if TYPE_CHECKING:
    from uuid import UUID

ASKS, WORRIES, CORRECTS = "ada@example.com", "bela@example.org", "chi@example.net"
QUESTION = "Does the headset mount hold on a plaster wall? I would rather ask before I drill."
CONCERN = "I refused letters about specials in March. Why was I asked about them again when I ordered?"


def wait() -> None:
    """For whoever takes a colleague's place."""
    from upheld.conversations import verbs as conversations
    from upheld.conversations.models import Conversation
    from upheld.policy.actors import Actor
    from upheld.rights import verbs as rights
    from upheld.rights.models import Request, Right

    ada, bela, chi = (_subject(email) for email in (ASKS, WORRIES, CORRECTS))
    if ada and not Conversation.objects.filter(subject=ada).exists():
        conversations.begin(
            ada, title="Headset mount", text=QUESTION, reason="product", by=Actor.person(ada), acknowledged=True
        )
    if bela and not Request.objects.filter(subject=bela).exists():
        rights.raise_concern(bela, title="Letters", text=CONCERN, way="site", by=Actor.person(bela))
    if chi and not Request.objects.filter(subject=chi).exists():
        rights.ask([chi], [Right.RECTIFICATION], way="site", by=Actor.person(chi))


def want_money_back() -> None:
    """Of the order that arrived: it came late, and billing said that they would look into it."""
    from upheld.orders.models import Order, Step

    arrived = Step.objects.filter(kind="delivered").order_by("id").first()
    order = Order.objects.filter(pk=arrived.order).first() if arrived else None
    if order is not None and not Step.objects.of(order).filter(kind="refunded").exists():
        leave_waiting("refund", on=order.pk, subject=order.subject, number=order.number, reason="late")


def _subject(email: str) -> "UUID | None":
    from upheld import vault
    from upheld.contact.models import Address

    known = vault.find(Address, "email", email)
    return known.subject if known else None
