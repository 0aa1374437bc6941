"""An erasure begins, is taken back, is asked for twice, or a hold is placed, at one moment: one comes first, and the
other one sees it."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from tests.accounts.test_at_once import at_once
from tests.rights.conftest import Planted
from tests.rights.test_waiting import is_gone, staffed
from upheld import ledger, vault
from upheld.contact.models import Letter
from upheld.policy.acts import Act
from upheld.rights import verbs
from upheld.rights.erasure import keeping
from upheld.rights.erasure.deleting import ItemReceipt
from upheld.rights.errors import NotHeld, StillThere, Waits
from upheld.rights.models import ErasureRequest
from upheld.vault import holding
from upheld.vault.errors import Erased


def test_it_is_carried_out_or_taken_back_and_never_both(ann: Planted, bob: Planted) -> None:
    for someone in (ann, bob):
        ErasureRequest.objects.create(subject=someone.subject, asked_at=timezone.now())
        _, kept = at_once(verbs.resume, lambda whose=someone: verbs.keep(whose.subject, by=whose.by))
        verbs.resume()
        assert (kept is True) is not is_gone(someone)
        assert kept is True or isinstance(kept, keeping.TooLate)
        left = vault.rows_of(someone.subject)
        assert ({row.label() for row in left} >= {"account", "address", "session"}) is (kept is True)


def test_a_hold_is_refused_or_the_erasure_waits(ann: Planted, bob: Planted) -> None:
    for someone in (ann, bob):
        erased, held = at_once(lambda whose=someone: erase(whose), lambda whose=someone: hold(whose))
        assert (erased, bool(held)) in (("gone", False), ("waits", True))
        assert is_gone(someone) is (erased == "gone")


def test_asked_for_twice_it_is_done_once(ann: Planted) -> None:
    assert set(at_once(*[lambda: erase(ann)] * 3)) <= {"gone", "under way"}
    verbs.resume()
    assert is_gone(ann)
    acts = list(ledger.Entry.objects.of(ann.subject).values_list("act", flat=True))
    assert (acts.count(Act.SUBJECT_ERASE), acts.count(Act.SUBJECT_SHRED)) == (1, 1)
    letters = [e.facts["kind"] for e in ledger.Entry.objects.of(ann.subject) if e.act == Act.LETTER_SEND]
    assert letters == ["farewell"]


def test_of_two_who_delete_one_thing_one_does(ann: Planted) -> None:
    letter = Letter.objects.create(subject=ann.subject, kind="canary", at=timezone.now(), ended_at=timezone.now())

    def delete() -> Any:
        with suppress(NotHeld):
            return verbs.delete_item(ann.subject, label="letter", row=letter.pk, by=ann.by)

    assert sorted(isinstance(each, ItemReceipt) for each in at_once(delete, delete, delete)) == [False, False, True]


def erase(someone: Planted) -> str:
    try:
        verbs.erase(someone.subject, by=someone.by)
    except Waits:
        return "waits"
    except StillThere:  # on SQLite another one may read the log at this moment
        return "under way"
    return "gone"


def hold(someone: Planted) -> bool:
    try:
        holding.place(someone.subject, reason="claim", until=datetime.now(UTC).date(), by=staffed(someone))
    except Erased:
        return False
    return True
