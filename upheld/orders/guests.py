"""People who order without signing up: the address that they give is all that says who they are."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from upheld import vault
from upheld.accounts.models import Account, account_of
from upheld.contact import verbs as contact
from upheld.contact.models import Address
from upheld.orders.finding import Orders
from upheld.orders.models import Order
from upheld.orders.periods import DRAFT_KEEPS
from upheld.payments import verbs as payments
from upheld.payments.models import Card
from upheld.policy.actors import Actor
from upheld.vault import holding
from upheld.vault.errors import AlreadyHeld
from upheld.vault.models import Lookup

SOURCE = "order"
AT_ONCE = 500


def subject_of(email: str, *, by: Actor) -> tuple[UUID, str]:
    """Whom an order by nobody known belongs to, and the address that the order itself has to hold, if any.

    Whoever has an account is not handed orders by someone who only knows their address: such an order stands for
    itself, and its letters lead to it. Two at once with a new address become one person.
    """
    known = vault.find(Address, "email", email)
    if known is None:
        try:
            with transaction.atomic():
                known = contact.add_address(vault.new_subject(), email=email, source=SOURCE, by=by)
        except (AlreadyHeld, IntegrityError):
            known = vault.find(Address, "email", email)
    if known is None or account_of(known.subject) is not None:
        return vault.new_subject(), email
    return known.subject, ""


def is_apart(order: Order, email: str) -> bool:
    """Whether it is an order by nobody known that stands for itself, with this address."""
    digest = bytes(order.email_digest or b"")
    return digest == vault.digest("email", email) and account_of(order.subject) is None


def ordered(order: Order, email: str) -> bool:
    """Whether a guest who types this address is the one that made the order."""
    known = vault.find(Address, "email", email)
    own = known is not None and known.subject == order.subject and account_of(order.subject) is None
    return own or is_apart(order, email)


def made_apart(subject: UUID) -> Orders:
    """Placed orders of nobody known that hold an address which this subject has shown to be theirs: somebody ordered
    with it without signing in. Newest first."""
    shown = Address.objects.for_subject(subject).exclude(verified_at=None).values_list("pk", flat=True)
    known = Lookup.objects.filter(subject=subject, field="address.email", row__in=list(shown))
    digests = [bytes(digest) for digest in known.values_list("digest", flat=True)]
    apart = Order.objects.placed().filter(email_digest__in=digests).exclude(subject=subject).exclude(_of(Account))
    return apart.order_by("-placed_at", "-id")


def is_found_by(order: Order, email: str) -> None:
    """The order holds another address of its own now."""
    Order.objects.for_subject(order.subject).filter(pk=order.pk).update(email_digest=vault.digest("email", email))


def other_address(email: str, subject: UUID) -> str:
    """The address that an order of someone known has to hold: nothing when it is their own, or none was given."""
    known = vault.find(Address, "email", email) if email else None
    return "" if known is not None and known.subject == subject else email


def forget_card(subject: UUID, card: UUID | None) -> None:
    """A guest typed another card in place of this one, which nothing needs any more. An account's cards are its own."""
    if card is None or account_of(subject) is not None:
        return
    found = Card.objects.filter(subject=subject, pk=card).first()
    if found is not None and not Order.objects.filter(subject=subject, card=card).exists():
        payments.remove_card(found, by=Actor.system("orders"))


def expire(subject: UUID) -> None:
    """Shred a guest whose order was never placed, unless they came back, or a hold stands. Safe to repeat."""
    contact.burn_letters(subject)
    vault.shred_if(subject, lambda: _let_go(subject), by=Actor.system("orders"), because="expired")


def hold(subject: UUID) -> bool:
    """Keep a guest who is found by their address from expiring until the transaction ends; False when they have."""
    return bool(Address.objects.select_for_update().for_subject(subject))


def _let_go(subject: UUID) -> bool:
    """Whether they still have nothing. The address goes with the keys, at once: from now on it leads to somebody new.
    Asked while nobody places a hold, in the transaction in which the keys go."""
    addresses = list(Address.objects.select_for_update().for_subject(subject))
    if not holding.may_go(subject):
        return False
    if any(model._base_manager.filter(subject=subject).exists() for model in (Account, Order)):
        return False
    for address in addresses:
        vault.remove(address, by=Actor.system("orders"))
    return True


def abandoned() -> Iterator[UUID]:
    """Subjects that gave an address or a card for an order, and have neither account nor order, oldest first."""
    before = vault.first_id(timezone.now() - DRAFT_KEEPS - timedelta(minutes=5))
    for model, name in ((Address, "email"), (Card, "token")):
        rows = model._base_manager.filter(id__lt=before).exclude(_of(Account)).exclude(_of(Order)).order_by("id")
        last = UUID(int=0)
        while page := list(rows.filter(id__gt=last)[:AT_ONCE]):
            last = page[-1].id
            yield from {row.subject: None for row in page if _is_of_an_order(row, name)}


def _is_of_an_order(row: vault.Personal, name: str) -> bool:
    held = row.held().get(name)
    return held is not None and held.source == SOURCE


def _of(model: type[vault.AboutPerson]) -> Exists:
    return Exists(model._base_manager.filter(subject=OuterRef("subject")))
