"""What staff do with the order that a case is about: each verb where its kind of case has it, and nowhere else."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.orders.conftest import BERLIN, Shop, fresh, staff, steps
from tests.orders.papers import text
from tests.people import Person
from tests.web.conftest import Visitor
from tests.working import at_the_desk, member, on_case
from upheld import ledger
from upheld.cases import taking
from upheld.orders import verbs
from upheld.orders.models import Order, Shipment, Trouble
from upheld.payments.models import Instruction
from upheld.policy import decisions
from upheld.policy.acts import Act
from upheld.staff.models import DeskSession, Member
from upheld.vault.models import Notice

PERSONAL = ("Ada Beispiel", "Beispielweg", "10115", "guest@example.org", "JD0141")


class Seat:
    """Somebody at the desk, on a case about an order."""

    def __init__(self, job: str, kind: str, order: Order, *, reason: str = "") -> None:
        self.member: Member = member(job)
        self.browser = at_the_desk(self.member, Visitor())
        self.kind, self.order = kind, order
        if reason:
            given: Any = {"subject": order.subject, "number": order.number, "reason": reason}
            self.case = taking.start(kind, order.pk, by=self.member, **given)
        else:
            self.case, _ = on_case(self.member, kind, order.pk)

    @property
    def way(self) -> str:
        return f"/desk/case/{self.kind}/{self.order.pk}/"

    def page(self) -> str:
        return read(self.browser.get(self.way))

    def do(self, what: str, *, follow: bool = True, **given: object) -> HttpResponse:
        answer: HttpResponse = self.browser.post(f"{self.way}{what}/", given, follow=follow)  # type: ignore[arg-type]  # as forms send it
        return answer


def read(answer: HttpResponse) -> str:
    """The page, on whose bytes there is nothing of anybody that is not masked."""
    found = answer.content.decode()
    for value in PERSONAL:  # as a word: an id may hold the digits of a postcode
        assert not re.search(rf"\b{re.escape(value)}\b", found), value
    return found


def shipped(shop: Shop, *wanted: str, monkeypatch: pytest.MonkeyPatch, **given: Any) -> Order:
    order = shop.placed(*wanted, **given)
    with monkeypatch.context() as patched:
        patched.setattr(decisions, "_guards", [])  # somebody did it before
        assert verbs.ship(order, tracking="JD0141", by=staff(order))
    return fresh(order)


def test_a_parcel_is_packed_and_shipped_from_its_case(shop: Shop) -> None:
    seat = Seat("shipping", "shipment", shop.placed("guide"))
    page = seat.page()
    assert "Mark as packed" in page
    assert "Give money back" not in page
    assert f"{seat.order.number} is packed." in read(seat.do("pack"))
    assert "Mark as packed" not in seat.page()
    answer = seat.do("ship", carrier="manual", tracking="JD 0141", follow=False)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/queue/shipment/")
    assert "shipped" in steps(seat.order)
    assert Shipment.objects.get().shipped_at


def test_a_wrong_tracking_number_stays_typed_beside_what_is_wrong(shop: Shop) -> None:
    seat = Seat("shipping", "shipment", shop.placed("guide"))
    for typed, sentence in (
        ("", "Give the tracking number that the carrier gave the parcel."),
        ("a!", "Give the tracking number in 4 to 60 letters and digits."),
        ("4242 4242 4242 4242", "This looks like the number of a card"),
    ):
        answer = seat.do("ship", carrier="manual", tracking=typed)
        page = read(answer)
        assert answer.status_code == 422
        assert sentence in page
        assert "4242 4242" not in page
    assert 'value="a!"' in read(seat.do("ship", carrier="manual", tracking="a!"))
    assert seat.do("ship", carrier="pigeon", tracking="JD0141").status_code == 422
    assert not Shipment.objects.exists()


def test_what_cannot_be_done_now_is_told_on_the_case(shop: Shop) -> None:
    seat = Seat("shipping", "shipment", shop.placed("guide"))
    seat.do("pack")
    answer = seat.do("pack")
    assert answer.status_code == 409
    assert "it is packed already" in read(answer)
    assert seat.do("deliver").status_code == 409
    assert steps(seat.order).count("packed") == 1


def test_staff_say_that_it_cannot_be_filled(shop: Shop, letters: Callable[[], list[EmailMessage]]) -> None:
    seat = Seat("shipping", "shipment", shop.placed("guide", "mount"))
    assert seat.do("out-of-stock", sku="nothing").status_code == 422
    assert seat.do("undeliverable", reason="").status_code == 422
    page = read(seat.do("out-of-stock", sku="mount"))
    assert "is in trouble, and the person is written to." in page
    assert Trouble.objects.get().reason == "mount"
    other = Seat("shipping", "shipment", shop.placed("guide"))
    assert "is in trouble" in read(other.do("undeliverable", reason="address"))


def test_a_parcel_that_was_started_on_is_delivered(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order = shipped(shop, "guide", monkeypatch=monkeypatch)
    seat = Seat("shipping", "lost_parcel", order, reason="asked_by_person")
    assert "Mark as delivered" in seat.page()
    assert f"{order.number} is delivered." in read(seat.do("deliver"))


def test_the_slip_is_for_whoever_packs_and_the_invoice_for_whoever_bills(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shipped(shop, "guide", monkeypatch=monkeypatch)
    packer = Seat("shipping", "lost_parcel", order, reason="asked_by_person")
    biller = Seat("billing", "refund", order, reason="damaged")
    slip, invoice = packer.do("documents/packing_slip"), biller.do("documents/invoice")
    for answer, name in ((slip, "packing-slip"), (invoice, "invoice")):
        assert answer["Content-Disposition"] == f'attachment; filename="{name}-{order.number}.pdf"'
        assert BERLIN["name"] in text(answer.content)
    assert BERLIN["address_line1"] in text(slip.content)
    assert BERLIN["address_line1"] not in text(invoice.content)
    assert packer.do("documents/invoice").status_code == 404
    assert biller.do("documents/packing_slip").status_code == 404
    assert biller.do("documents/invoice-9").status_code == 404
    made = ledger.Entry.objects.of(order.subject)
    assert made.filter(act=Act.FIELD_PRINT).count() == made.filter(act=Act.DOCUMENT_MAKE).count() == 2


def test_money_goes_back_exactly_and_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order = shipped(shop, "guide", monkeypatch=monkeypatch)
    seat = Seat("billing", "refund", order, reason="damaged")
    left = verbs.left(order)
    assert f'name="seen" value="{left}"' in seat.page()
    given = {"amount": "5.00", "seen": left, "reason": "damaged"}
    assert "€5.00 is given back." in read(seat.do("refund", **given))
    assert verbs.left(order) == left - 500
    again = seat.do("refund", **given)
    page = read(again)
    assert again.status_code == 422
    assert "Something was given back since you looked." in page
    assert 'value="5.00"' in page
    assert f'name="seen" value="{left - 500}"' in page
    assert verbs.left(order) == left - 500
    assert Instruction.objects.filter(kind="refund").count() == 1


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("", "Give an amount such as 19.90."),
        ("5,00", "is no amount such as 19.90"),
        ("0.001", "has no unit as small as that"),
        ("0", "Give an amount above zero."),
        ("-5", "Give an amount above zero."),
        ("99999", "No more than"),
    ],
)
def test_an_amount_that_cannot_be_is_told_beside_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, amount: str, sentence: str
) -> None:
    order = shipped(shop, "guide", monkeypatch=monkeypatch)
    seat = Seat("billing", "refund", order, reason="damaged")
    answer = seat.do("refund", amount=amount, seen=verbs.left(order), reason="late")
    page = read(answer)
    assert answer.status_code == 422
    assert sentence in page
    assert f'value="{amount}"' in page or not amount
    assert '<option value="late" selected>' in page
    assert not Instruction.objects.filter(kind="refund").exists()


def test_an_order_is_cancelled_with_its_reason(shop: Shop) -> None:
    seat = Seat("billing", "refund", shop.placed("guide"), reason="asked_by_person")
    assert "Give money back" not in seat.page()  # nothing was charged yet
    assert seat.do("cancel", reason="").status_code == 422
    assert f"{seat.order.number} is cancelled." in read(seat.do("cancel", reason="changed_mind"))
    assert "cancelled" in steps(seat.order)
    assert "Cancel the order" not in seat.page()


def test_the_link_that_mends_is_sent_again_once_a_day(
    shop: Shop,
    letters: Callable[[], list[EmailMessage]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    order = shop.placed("guide")
    Seat("shipping", "shipment", order).do("out-of-stock", sku="guide")
    seat = Seat("support", "order_trouble", order)
    assert "within the last day" in read(seat.do("remind"))
    Trouble.objects.update(found_at=timezone.now() - timedelta(days=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert "The person is written to again" in read(seat.do("remind"))
    assert letters()[-1]["Subject"] == "Your order still needs you"
    assert seat.do("remind").status_code == 409
    assert seat.do("pack").status_code == 404  # not of this kind of case


def test_a_carrier_is_told_and_its_answer_recorded(shop: Shop, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    order = shipped(shop, "guide", who=person, monkeypatch=monkeypatch)
    notice = Notice.objects.create(
        subject=order.subject, recipient="carrier", because=order.reference, reason="corrected",
        asked_at=timezone.now(),
    )  # fmt: skip
    seat = Seat("shipping", "lost_parcel", order, reason="asked_by_carrier")
    assert "The carrier does not know yet." in seat.page()
    seat.do(f"notices/{notice.pk}/told")
    assert "The carrier was told on" in seat.page()
    assert seat.do(f"notices/{notice.pk}/answered", answer="nonsense").status_code == 422
    assert "is recorded" in read(seat.do(f"notices/{notice.pk}/answered", answer="done"))
    assert seat.do(f"notices/{notice.pk}/answered", answer="done").status_code == 404
    notice.refresh_from_db()
    assert notice.answer == "done"


def test_what_is_not_theirs_or_over_is_not_touched(shop: Shop) -> None:
    order = shop.placed("guide")
    seat = Seat("shipping", "shipment", order)
    other = at_the_desk(member("shipping"), Visitor())
    assert other.post(f"{seat.way}pack/").status_code == 409
    taking.hand_back(seat.case, by=seat.member)
    assert seat.do("pack").status_code == 409
    assert steps(order)[-1] == "authorised"
    assert seat.browser.get(f"{seat.way}pack/").status_code == 405


def test_each_kind_of_case_has_what_is_for_it(shop: Shop) -> None:
    order = shop.placed("export")
    for kind in ("dispute", "declined", "out_of_stock"):
        Trouble.objects.create(
            subject=order.subject, order=order.pk, kind=kind, found_at=timezone.now(), ends_at=timezone.now()
        )
    for job, kind, there, not_there in (
        ("billing", "dispute", "Give money back", "Send the link again"),
        ("billing", "payment_trouble", "Send the link again", "Mark as packed"),
        ("support", "order_trouble", "Cancel the order", "PDF"),
    ):
        page = Seat(job, kind, order).page()
        assert there in page, kind
        assert not_there not in page, kind


def test_nothing_is_done_before_they_show_that_it_is_still_them(shop: Shop) -> None:
    seat = Seat("shipping", "shipment", shop.placed("guide"))
    DeskSession.objects.update(proven_at=None)
    for act in ("pack", "ship", "undeliverable", "documents/packing_slip"):
        answer = seat.do(act, follow=False)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/desk/confirm/")
    assert steps(seat.order)[-1] == "authorised"


def test_no_other_job_does_anything_to_a_parcel(shop: Shop) -> None:
    order = shop.placed("guide")
    acts = ("pack", "ship", "deliver", "undeliverable", "out-of-stock", "refund", "cancel", "remind",
            "documents/invoice", "documents/packing_slip")  # fmt: skip
    for job in ("billing", "support", "privacy", "news", "shop", "administration"):
        browser = at_the_desk(member(job), Visitor())
        for act in acts:
            answer = browser.post(f"/desk/case/shipment/{order.pk}/{act}/", {"sku": "guide", "reason": "address"})
            assert answer.status_code == 403, (job, act)
            assert order.number not in read(answer)
    assert steps(order)[-1] == "authorised"
