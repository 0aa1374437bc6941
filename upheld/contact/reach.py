"""Whom news would reach: how many, and nothing else about them."""

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from upheld.contact.models import Address, Bulletin, Choice, Interest, Letter, by_default
from upheld.policy import force

FAILED = ("failed", "gone", "unknown")


def how_many(topic: str, product: str = "") -> int:
    """How many people news on this topic would go to now: one query, which opens nothing. The choice of each is asked
    again when their letter leaves, so that a few more or less may get it."""
    if topic not in force.in_force().topics:
        return 0
    latest = Choice.objects.filter(topic=topic, subject=OuterRef("subject")).order_by("-at", "-id")
    said = Address.objects.for_news().annotate(said=Subquery(latest.values("allowed")[:1]))
    wanted = said.filter(Q(said=True) | Q(said=None) if by_default(topic) else Q(said=True))
    if product:
        wanted = wanted.filter(Exists(Interest.objects.filter(product=product, subject=OuterRef("subject"))))
    return int(wanted.count())


def endings(bulletin: Bulletin) -> dict[str, int]:
    """How many of its letters became what: sent, refused, waiting, failed."""
    rows = Letter.objects.filter(bulletin=bulletin.pk).order_by().values_list("ending").annotate(Count("id"))
    counts = dict(rows)
    return {
        "sent": counts.get("sent", 0),
        "refused": counts.get("refused", 0),
        "waiting": counts.get("", 0),
        "failed": sum(counts.get(each, 0) for each in FAILED),
    }
