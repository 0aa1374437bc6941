"""Asking for everything to be deleted after what was ordered has arrived is killed before each of its steps."""

import json
from uuid import UUID

from django.utils import timezone
from uuid_utils.compat import uuid7

from tests.crash import kill_at_each_step
from tests.rights.conftest import plant
from upheld import ledger
from upheld.contact.models import Letter
from upheld.home import Home
from upheld.orders.models import Order, Step
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import verbs
from upheld.rights.erasure import waiting
from upheld.rights.errors import Waits
from upheld.rights.models import ErasureRequest
from upheld.rights.reasons import Reason

VALUES = {"email": "ann.canary@example.org", "password": "canary-hash-of-ann", "device": "Canary on Ann"}


def whose() -> UUID:
    return UUID(json.loads((Home.here().folder / "told.json").read_text()))


def plant_her() -> None:
    """With an order that nobody has sent yet, and of which nothing is sealed."""
    subject, now = plant(VALUES).subject, timezone.now()
    (Home.here().folder / "told.json").write_text(json.dumps(str(subject)))
    order = Order(subject=subject, number="7KQ4MX2P9D", currency="EUR", card=uuid7(), drafted_at=now, placed_at=now)
    order.save(force_insert=True)
    Step.objects.create(subject=subject, order=order.pk, kind="placed", at=now, by="you")


def ask_for_it() -> None:
    try:
        verbs.erase(whose(), settle=waiting.DELIVER, by=Actor.person(whose()))
    except Waits:
        return
    raise AssertionError("it did not wait")


def it_waits_whole_or_was_never_asked_for() -> None:
    subject = whose()
    assert verbs.resume() == 0
    asked = ErasureRequest.objects.filter(subject=subject).count()
    assert acts(subject).count(Act.SUBJECT_ERASE) == asked == Letter.objects.filter(kind="erasure_waits").count()
    assert verbs.see(subject, by=Actor.person(subject)).items
    if not asked:
        ask_for_it()
    assert waiting.why(subject).reason == Reason.AWAITS_DELIVERY  # type: ignore[union-attr]  # else it fails here
    Step.objects.create(subject=subject, order=Order.objects.get().pk, kind="cancelled", at=timezone.now(), by="you")
    assert waiting.why(subject) is None, "and what follows is carried on as every erasure is"


def acts(subject: UUID) -> list[str]:
    return list(ledger.Entry.objects.of(subject).values_list("act", flat=True))


def test_asking_is_done_whole_and_carried_to_its_end() -> None:
    assert kill_at_each_step(ask_for_it, before=plant_her, check=it_waits_whole_or_was_never_asked_for) > 3
