"""Erasure, from the request to the receipt, is killed before each of its steps, and carried on."""

import json
from uuid import UUID

from tests.crash import kill_at_each_step
from tests.rights.conftest import plant
from upheld import ledger, vault
from upheld.contact.models import Suppression
from upheld.home import Home
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import verbs
from upheld.rights.erasure.erasing import look_again
from upheld.rights.papers import receipts

VALUES = {"email": "ann.canary@example.org", "password": "canary-hash-of-ann", "device": "Canary on Ann"}


def whose() -> UUID:
    return UUID(json.loads((Home.here().folder / "told.json").read_text()))


def plant_her() -> None:
    (Home.here().folder / "told.json").write_text(json.dumps(str(plant(VALUES).subject)))


def erase_her() -> None:
    verbs.erase(whose(), by=Actor.person(whose()))


def nothing_is_half_erased() -> None:
    """Once she was heard it is carried on to its end without her; before that, nothing has happened."""
    subject = whose()
    acts = list(ledger.Entry.objects.of(subject).values_list("act", flat=True))
    verbs.resume()
    vault.resume()
    if Act.SUBJECT_ERASE not in acts:
        assert verbs.see(subject, by=Actor.person(subject)).items
        erase_her()
    assert not any(count for _, count in look_again(subject))
    acts = list(ledger.Entry.objects.of(subject).values_list("act", flat=True))
    assert (acts.count(Act.SUBJECT_ERASE), acts.count(Act.SUBJECT_SHRED)) == (1, 1)
    assert receipts.verify(verbs.receipt(subject).text.encode()).clean
    assert not list(Home.here().letters.glob("*.eml"))
    assert list(Suppression.objects.values_list("topic", flat=True)) == ["news.specials"]


def test_erasure_survives_a_crash_anywhere() -> None:
    assert kill_at_each_step(erase_her, before=plant_her, check=nothing_is_half_erased) > 5
