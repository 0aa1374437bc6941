"""Each check upholds what holds, and sees the promise broken when it is."""

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from tests.rights.conftest import Planted
from tests.rights.test_buyers import bought
from upheld import ledger, vault
from upheld.contact import letters as contact_letters
from upheld.contact import verbs as contact
from upheld.home import Home
from upheld.orders import following, shipping, troubling
from upheld.orders.models import Document, Order, Product, Series, Shipment, Trouble, Variant
from upheld.payments import processors
from upheld.payments.models import Movement
from upheld.payments.sandbox.client import Sandbox
from upheld.payments.verbs import Reconciled, reconcile
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.checks import Finding
from upheld.rights import promises
from upheld.rights.checks import buying, rehearsal, rehearsed
from upheld.rights.models import MadeUp
from upheld.rights.seen import items
from upheld.rights.seen.held import Held, Row
from upheld.vault import shredding
from upheld.vault.models import Disclosure, Notice
from upheld.vault.scrubbing import scrub

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    rehearsed.forget()
    yield
    rehearsed.forget()


def looks(check: Callable[[], Finding]) -> Finding:
    rehearsed.forget()
    return check()


def test_they_hold() -> None:
    checks = (promises.choices, promises.online_and_offline, promises.see, promises.correct, promises.delete)
    for check in (*checks, promises.held, promises.refused_uses):
        finding = check()
        assert finding.upheld, (check.__name__, finding)


def test_nothing_is_left_of_the_made_up_person(home: Home) -> None:
    promises.see()
    subjects = set(MadeUp.objects.values_list("id", flat=True))  # the rooms above may need somebody else besides
    assert subjects
    assert not MadeUp.objects.filter(gone_at=None).exists()
    assert all(not model._base_manager.filter(subject__in=subjects).exists() for model in vault.people())
    assert not list(home.letters.glob("*.eml"))
    assert rehearsal.subjects() == subjects


def test_a_choice_that_is_not_heeded_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact, "may_write", lambda subject, topic: True)
    finding = looks(promises.choices)
    assert finding.upheld is False
    assert "news.specials: everything refused, and not heeded" in finding.details


def test_a_value_in_a_log_breaks_it(monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    collect = vault.collect

    def chatty(row: vault.Personal, values: dict[str, str], **asked: object) -> vault.Personal:
        with (home.folder / "debug.log").open("a") as file:
            print(values, file=file)
        return collect(row, values, **asked)

    monkeypatch.setattr(vault, "collect", chatty)
    finding = looks(promises.online_and_offline)
    assert finding.upheld is False
    assert finding.details == ("debug.log",)


def test_a_document_that_is_kept_breaks_it(home: Home) -> None:
    (home.folder / "slip").write_bytes(b"\n%PDF-1.7\n")
    finding = looks(promises.online_and_offline)
    assert finding.upheld is False
    assert finding.details == ("slip",)


def test_a_field_that_is_not_shown_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = items._items
    monkeypatch.setattr(
        items, "_items", lambda row, *at, **as_is: () if row.label() == "totp" else shown(row, *at, **as_is)
    )
    finding = looks(promises.see)
    assert finding.upheld is False
    assert finding.details == ("not shown: totp.secret",)


def test_something_of_someone_else_breaks_it(monkeypatch: pytest.MonkeyPatch, ann: Planted) -> None:
    rest = items.Reading.of_the_rest

    def leaky(self: items.Reading) -> Iterator[list[Row]]:
        yield from rest(self)
        yield from rest(items.Reading(ann.subject, self.policy, None))

    monkeypatch.setattr(items.Reading, "of_the_rest", leaky)
    finding = looks(promises.see)
    assert finding.upheld is False
    assert "not planted: address.email" in finding.details


def test_a_correction_that_is_not_kept_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsed, "correct", lambda *_, **__: None)
    finding = looks(promises.correct)
    assert finding.upheld is False
    assert any(detail.endswith("does not hold the new value") for detail in finding.details)
    assert looks(promises.corrections).upheld is False


def test_an_old_value_that_stays_in_a_copy_breaks_it(monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    see = rehearsed.see
    if not home.data_file.exists():
        pytest.skip("a server's files are not ours to read; docs/trust.md says what its log keeps, and for how long")

    def copying(subject: UUID, *, by: Actor) -> Held:
        copy = home.folder / "data.copy"
        if not copy.exists():
            scrub(["default"])
            shutil.copy(home.data_file, copy)
        return see(subject, by=by)

    monkeypatch.setattr(rehearsed, "see", copying)
    finding = looks(promises.correct)
    assert finding.upheld is False
    assert finding.details == ("the old value can still be read in data.copy",)


@pytest.mark.parametrize(
    ("part", "said"),
    [("_destroy_keys", "keys of the subject"), ("remove_rows", "rows about the subject")],
)
def test_an_erasure_that_leaves_something_breaks_it(monkeypatch: pytest.MonkeyPatch, part: str, said: str) -> None:
    monkeypatch.setattr(shredding, part, lambda subject: 0)
    finding = looks(promises.delete)
    assert finding.upheld is False
    assert said in finding.details[0]


def test_a_step_that_fails_has_shown_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(rehearsed, "see", fails)
    assert looks(promises.see).upheld is None
    assert promises.choices().upheld


def test_checks_that_are_asked_at_once_share_one_rehearsal(monkeypatch: pytest.MonkeyPatch) -> None:
    held = list[int]()

    @contextmanager
    def slowly() -> Iterator[None]:
        held.append(1)
        time.sleep(0.2)
        yield

    monkeypatch.setattr(rehearsed, "somebody_made_up", slowly)
    monkeypatch.setattr(rehearsed, "_steps", lambda: [("seen", lambda _: Finding(True, "seen"))])
    with ThreadPoolExecutor() as lanes:
        findings = list(lanes.map(rehearsed.shown, ["seen"] * 3))
    assert [finding.figure for finding in findings] == ["seen"] * 3
    assert held == [1]


def test_one_whom_a_crash_left_behind_is_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(rehearsal, "forget", lambda subject: None)
        promises.see()
    [left] = MadeUp.objects.filter(gone_at=None)
    assert rehearsal.sweep() == 0  # it may be another process's, still at it
    MadeUp.objects.update(made_at=timezone.now() - rehearsal.LEFT_BEHIND * 2)
    assert rehearsal.sweep() == 1
    assert vault.is_erased(left.id)


def test_a_made_up_order_is_in_nobodys_way() -> None:
    sandbox = processors.current()
    assert isinstance(sandbox, Sandbox)
    sandbox.steer("reset")
    assert promises.order_trouble().upheld
    assert reconcile() == Reconciled(checked=2, differences=[])
    for rows in (Series, Variant, Product, Document, Movement, Trouble, Shipment):
        assert not rows._base_manager.exists()
    assert set(Notice.objects.values_list("recipient", "answer")) == {("processor", "done")}


def test_a_letter_that_is_not_written_breaks_order_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(troubling, "_write", lambda *_: None)
    assert looks(promises.order_trouble).details == ("no letter with a link that leads to it",)


def test_a_letter_without_its_link_breaks_order_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(troubling.links, "to", lambda order, kind: contact_letters.on_site("/"))
    assert looks(promises.order_trouble).details == ("no letter with a link that leads to it",)


def test_a_decline_that_nobody_notices_breaks_order_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "declined", lambda *_: None)
    assert looks(promises.order_trouble).details == ("the card was declined, and nothing followed",)


def test_a_card_that_mends_nothing_breaks_order_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(troubling, "end", lambda *_, **__: 0)
    assert looks(promises.order_trouble).details == ("another card did not mend it",)


def test_a_carrier_that_is_handed_other_data_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(order: Order, shipment: Shipment, *, by: Actor) -> None:
        if not Disclosure.objects.filter(because=order.reference).exists():
            vault.disclose(order, ["name"], to="carrier", by=by, because=order.reference)

    monkeypatch.setattr(shipping, "hand_over", other)
    assert looks(promises.handed).details == ("the carrier was handed name",)


def test_a_second_disclosure_for_one_order_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    hand_over = shipping.hand_over

    def again(order: Order, shipment: Shipment, *, by: Actor) -> object:
        handed = hand_over(order, shipment, by=by)
        if not Disclosure.objects.filter(because=shipment.reference).exists():
            vault.disclose(order, ["name", "address_line1", "country"], to="carrier", by=by, because=shipment.reference)
        return handed

    monkeypatch.setattr(shipping, "hand_over", again)
    assert "the carrier was handed something 2 times for one order" in looks(promises.handed).details


def test_a_card_number_in_a_file_breaks_the_order_form(monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    typed = buying.type_card

    def chatty(processor: Sandbox, number: str) -> str:
        with (home.folder / "debug.log").open("a") as file:
            print(" ".join(number[at : at + 4] for at in range(0, 16, 4)), file=file)
        return typed(processor, number)

    monkeypatch.setattr(buying, "type_card", chatty)
    finding = looks(promises.no_card_number)
    assert finding.upheld is False
    assert finding.details == ("debug.log",)


def test_anyones_card_number_in_a_file_breaks_the_order_form(home: Home) -> None:
    (home.folder / "notes.txt").write_text("paid with 5555555555554444, order 1234567890123456")
    assert looks(promises.no_card_number).details == ("notes.txt",)
    (home.folder / "notes.txt").write_text("order 1234567890123456, parcel 4000000000000001, a5555555555554444b")
    assert looks(promises.no_card_number).upheld


def test_with_a_real_processor_nothing_is_made_up(monkeypatch: pytest.MonkeyPatch, ann: Planted) -> None:
    class Real:
        name, takes_cards_here = "stripe", False

    monkeypatch.setattr(buying.processors, "current", Real)
    for check in (promises.order_trouble, promises.handed):
        finding = looks(check)
        assert finding.upheld
        assert finding.figure == "no order is made up where the processor takes real cards"


def test_an_opening_of_an_order_for_anything_else_breaks_billing_and_filling(ann: Planted) -> None:
    order = bought(ann)
    vault.open(order, ["name"], by=Actor.system("orders"), purpose="billing")
    vault.open(order, ["name"], by=ann.by, purpose="access")
    finding = promises.billing_and_filling()
    assert finding.upheld
    assert finding.figure == "2 openings (1 for billing, 1 for access) of what orders hold"
    with transaction.atomic():
        facts: dict[str, ledger.Fact] = {"row": order.reference, "fields": ["email"], "purpose": "news.specials"}
        ledger.append(Act.FIELD_OPEN, by=Actor.system("news"), subject=ann.subject, facts=facts)
    assert promises.billing_and_filling().details == ("something in order was opened for news.specials, 1 times",)


def test_a_recipient_who_is_not_told_breaks_correct(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("upheld.vault.notices.after_correction", lambda *_: None)
    assert "the carrier has the old value and is not told" in looks(promises.correct).details
