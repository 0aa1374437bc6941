"""Telling people of a card that will not serve much longer: a letter, once a card.

When a card expires is sealed. Every card is looked at twice a month, on record, but those of people who refused that;
nothing in clear says how near its end is, except that it was told.
"""

from collections.abc import Callable, Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from upheld.accounts.models import Account
from upheld.contact import verbs as contact
from upheld.contact.letters import Wording
from upheld.contact.models import Address
from upheld.payments.cards import SOON, describe
from upheld.payments.letters import CardDeclinedOnFile, CardExpiring
from upheld.payments.models import Card, Cards
from upheld.policy.actors import Actor
from upheld.vault.restricting import without

BY, PURPOSE = "cards", "billing"
EVERY = SOON / 2  # so that a letter comes at least two weeks before
CHUNK = 200


def tell_expiring() -> int:
    """Write about every card that expires within 30 days, or was declined while nobody was there to see it.

    For the worker. Safe to interrupt and repeat; returns how many letters there were.
    """
    return _each_chunk(_declined, _tell_declined) + _each_chunk(_not_looked_at, _tell_near_their_end)


def _each_chunk(due: Callable[[], Cards], work: Callable[[list[Card]], int]) -> int:
    told = 0
    while (letters := _chunk(due, work)) is not None:
        told += letters
    return told


@transaction.atomic
def _chunk(due: Callable[[], Cards], work: Callable[[list[Card]], int]) -> int | None:
    """How many letters; None when nothing was due. Another worker waits here, and then finds nothing of it due."""
    chunk = list(due().select_for_update()[:CHUNK])
    return work(chunk) if chunk else None


def _declined() -> Cards:
    return _of_accounts().filter(declined_at__isnull=False).order_by("declined_at")


def _not_looked_at() -> Cards:
    return _of_accounts().filter(looked_at__lt=timezone.now() - EVERY).order_by("looked_at")


def _of_accounts() -> Cards:
    """Guests have no page on which they could put another card: theirs are asked for when an order needs one."""
    accounts = Account.objects.filter(subject=OuterRef("subject"))
    cards: Cards = Card.objects.filter(Exists(accounts), told_at=None)
    return cards


def _tell_declined(cards: list[Card]) -> int:
    return _write(CardDeclinedOnFile(), cards)


def _tell_near_their_end(cards: list[Card]) -> int:
    shown = describe(without(cards, PURPOSE), by=Actor.system(BY), purpose=PURPOSE)
    Card.objects.filter(pk__in=[card.pk for card in cards]).update(looked_at=timezone.now())
    return _write(CardExpiring(), [each.card for each in shown if each.expires_soon])


def _write(wording: Wording, cards: list[Card]) -> int:
    """To whom has an address; the others are nobody to write to, now or later."""
    addresses = _addresses({card.subject for card in cards})
    to = [addresses[card.subject] for card in cards if card.subject in addresses]
    for address in to:
        contact.send(wording, to=address, by=Actor.system(BY))
    Card.objects.filter(pk__in=[card.pk for card in cards]).update(told_at=timezone.now())
    return len(to)


def _addresses(subjects: Collection[UUID]) -> dict[UUID, Address]:
    return {address.subject: address for address in Address.objects.filter(subject__in=subjects)}
