"""A person's cards: added, chosen, removed, shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.accounts import limits
from upheld.payments import forgetting
from upheld.payments.answers import CARD_UNKNOWN, Declined
from upheld.payments.keeping import PROCESSOR, keep
from upheld.payments.models import Card, Cards, Keeping
from upheld.payments.processor import KeptCard
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.policy.standing import BILLING
from upheld.vault.models import Disclosure
from upheld.vault.restricting import own_purpose, refuse_restricted

SOON = timedelta(days=30)
TRIES = limits.Limit("cards.by", 20, 3600)  # nobody is to try out stolen cards on us


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as its owner reads it. `expiry` is such as 2027-04."""

    card: Card
    brand: str
    last4: str
    expiry: str
    expires_soon: bool
    expired: bool


def add_card(subject: UUID, *, token: str, source: str, by: Actor, since: int | None = None) -> Card | Declined:
    """Have the processor keep the card that was typed for this token, and put it on file as the default.

    Asked twice, it is one card. `source` is where it was typed: order or account. Raises Refused, Restricted before
    the processor is asked, Erased.
    """
    require(Act.CARD_ADD, by=by, subject=subject)
    refuse_restricted([subject], BILLING)
    if limits.take([(TRIES, subject.bytes)]) is not None:
        return Declined(None, "too_many")
    kept = keep(token)
    if isinstance(kept, Declined):
        return kept
    keeping, card = kept
    return put_on_file(subject, card, id=keeping.pk, processor=keeping.processor, source=source, by=by, since=since)


@transaction.atomic
def put_on_file(
    subject: UUID, kept: KeptCard, *, id: UUID, processor: str, source: str, by: Actor, since: int | None = None
) -> Card | Declined:
    """What the processor keeps is this person's. Its token is the processor's own; handing it back is on record."""
    require(Act.CARD_ADD, by=by, subject=subject)
    Keeping.objects.select_for_update().filter(pk=id).first()  # the form that was sent twice waits here
    known = Card.objects.filter(pk=id).first()
    if known is not None:
        return known if known.subject == subject else Declined(None, CARD_UNKNOWN)
    now = timezone.now()
    card = Card(id=id, subject=subject, processor=processor, added_at=now, chosen_at=now, looked_at=now)
    values = {"brand": kept.brand, "last4": kept.last4, "expiry": kept.expiry, "token": kept.token}
    vault.collect(card, values, source=source, by=by, since=since)
    if not Disclosure.objects.for_subject(subject).filter(recipient=PROCESSOR, because=card.reference).exists():
        vault.disclose(card, ["token"], to=PROCESSOR, by=by, because=card.reference)
    facts: dict[str, ledger.Fact] = {"row": card.reference, "processor": processor, "source": source}
    ledger.append(Act.CARD_ADD, by=by, subject=subject, facts=facts)
    return card


@transaction.atomic
def choose_card(card: Card, *, by: Actor) -> Card:
    """Make it the one that is charged unless another is named."""
    require(Act.CARD_CHOOSE, by=by, subject=card.subject)
    card = Card.objects.lock(card)
    card.chosen_at = timezone.now()
    card.save(update_fields=["chosen_at"])
    ledger.append(Act.CARD_CHOOSE, by=by, subject=card.subject, facts={"row": card.reference})
    return card


def remove_card(card: Card, *, by: Actor) -> None:
    """Delete it, here at once and at the processor as soon as that answers. What it has paid for stays paid."""
    with transaction.atomic():
        require(Act.CARD_REMOVE, by=by, subject=card.subject)
        vault.remove(card, by=by)
        ledger.append(Act.CARD_REMOVE, by=by, subject=card.subject, facts={"row": card.reference})
    forgetting.tell_about(card.subject)


def cards_of(subject: UUID) -> Cards:
    """The default first."""
    cards: Cards = Card.objects.of(subject)
    return cards


def describe(cards: Sequence[Card], *, by: Actor, purpose: str = "billing") -> list[Shown]:
    """What a page may say of cards, in their order; opened on record. Never the token. Somebody who refused the purpose
    still sees their own."""
    cards = list(cards)
    if cards:
        purpose = own_purpose(purpose, subject=cards[0].subject, by=by)
    opened = vault.open(cards, ["brand", "last4", "expiry"], by=by, purpose=purpose)
    return [_shown(card, **values) for card, values in zip(cards, opened, strict=True)]


def _shown(card: Card, brand: str | None, last4: str | None, expiry: str | None) -> Shown:
    over, today = end(expiry or ""), timezone.now().date()
    expired = over is not None and over <= today
    soon = over is not None and not expired and over - SOON <= today
    return Shown(card, brand or "", last4 or "", expiry or "", soon, expired)


def end(expiry: str) -> date | None:
    """The first day on which the card serves no more: the one after the month of its expiry. None for no such month."""
    try:
        last = date.fromisoformat(f"{expiry}-01")
    except ValueError:
        return None
    return date(last.year + last.month // 12, last.month % 12 + 1, 1)
