"""Whoever received something hears of its correction and of the erasure, and we know until they answered."""

from uuid import UUID

import pytest

from tests.embedding.shop.models import Customer
from tests.vault.conftest import SYSTEM, Known, known
from upheld import ledger, vault
from upheld.policy import Refused
from upheld.policy.actors import Actor
from upheld.vault import notices, shredding
from upheld.vault.models import Notice

pytestmark = pytest.mark.django_db(transaction=True)
ORDER, OTHER = f"order:{UUID(int=7)}", f"order:{UUID(int=8)}"


def hand_over(someone: Known, *fields: str, because: str = ORDER) -> None:
    vault.disclose(someone.row, fields or ("name", "country"), to="carrier", by=SYSTEM, because=because)


def correct(someone: Known, **values: str) -> None:
    vault.correct(someone.row, values, source="account", by=someone.me)


def asked() -> list[tuple[str, str]]:
    return [(each.because, each.reason) for each in notices.pending("carrier")]


def test_a_correction_of_what_was_handed_over_asks_for_a_notice(ada: Known) -> None:
    hand_over(ada)
    correct(ada, name="Augusta Ada")
    assert asked() == [(ORDER, "corrected")]


def test_a_correction_of_anything_else_asks_for_none(ada: Known) -> None:
    hand_over(ada, "country")
    hand_over(known(email="eve@example.org"), because=OTHER)
    correct(ada, name="Augusta Ada", email="countess@example.org")
    assert not asked()


def test_two_corrections_are_told_in_one(ada: Known) -> None:
    hand_over(ada)
    correct(ada, name="Augusta Ada")
    correct(ada, name="Augusta Ada King")
    assert asked() == [(ORDER, "corrected")]


def test_a_correction_after_the_telling_is_told_again(ada: Known) -> None:
    hand_over(ada)
    correct(ada, name="Augusta Ada")
    notices.told(notices.pending("carrier").get(), by=SYSTEM)
    correct(ada, name="Augusta Ada King")
    assert asked() == [(ORDER, "corrected")] * 2


def test_who_received_something_of_a_removed_row_hears_of_it(ada: Known) -> None:
    hand_over(ada)
    other = Customer(subject=ada.row.subject)
    vault.collect(other, {"name": "Countess"}, source="order", by=ada.me)
    vault.disclose(other, ["name"], to="carrier", by=SYSTEM, because=other.reference)
    vault.disclose(other, ["name"], to="carrier", by=SYSTEM, because=OTHER)
    vault.remove(other, by=ada.me)
    assert asked() == [(other.reference, "erased")]  # an order that still goes its way is another matter


def test_every_matter_hears_of_an_erasure(ada: Known) -> None:
    hand_over(ada)
    hand_over(ada, because=OTHER)
    vault.shred(ada.row.subject, by=ada.me)
    assert asked() == [(ORDER, "erased"), (OTHER, "erased")]


def test_an_erasure_that_was_interrupted_asks_once(ada: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_over(ada)
    with monkeypatch.context() as patch:
        patch.setattr(shredding, "remove_rows", _fails)
        with pytest.raises(ConnectionError):
            vault.shred(ada.row.subject, by=ada.me)
    assert not asked()  # with the rows or not at all
    vault.resume()
    vault.shred(ada.row.subject, by=ada.me)
    assert asked() == [(ORDER, "erased")]


def _fails(subject: object) -> int:
    raise ConnectionError


def test_a_notice_holds_ids_and_codes_only(ada: Known) -> None:
    hand_over(ada)
    vault.shred(ada.row.subject, by=ada.me)
    values = {str(value) for value in Notice.objects.values_list().get()}
    assert not values & {"Ada", "GB", "ada@example.org"}


def test_it_is_open_until_the_answer_and_each_word_is_on_record_once(ada: Known) -> None:
    hand_over(ada)
    vault.shred(ada.row.subject, by=ada.me)
    notice = notices.pending("carrier").get()
    for _ in range(2):
        notices.told(notice, by=SYSTEM)
    assert notices.pending("carrier").get().told_at is not None
    for answer in ("done", "unknown"):
        notices.answered(notice, answer=answer, by=SYSTEM)
    assert not notices.pending("carrier")
    assert Notice.objects.get().answer == "done"
    facts = {"recipient": "carrier", "because": ORDER, "reason": "erased"}
    said = [(e.act, e.facts) for e in ledger.Entry.objects.of(ada.row.subject) if e.act.startswith("vault:notice")]
    assert said == [("vault:notice:send", facts), ("vault:notice:answer", facts | {"answer": "done"})]


def test_the_person_and_visitors_do_not_answer_for_a_recipient(ada: Known) -> None:
    hand_over(ada)
    correct(ada, name="Augusta Ada")
    notice = notices.pending("carrier").get()
    for by in (ada.me, Actor.visitor()):
        for verb in (notices.told, notices.answered):
            with pytest.raises(Refused):
                verb(notice, by=by)
    assert asked() == [(ORDER, "corrected")]
