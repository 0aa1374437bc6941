"""Money at the desk: disputes, refunds that failed, and the books against the processor's."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone

from tests.orders.conftest import BERLIN, Shop, billing
from tests.orders.test_refund_failed import sent_back
from tests.web.conftest import Visitor
from tests.working import at_the_desk, member, on_case
from upheld.cases import taking
from upheld.orders import verbs
from upheld.orders.models import Order, Trouble
from upheld.payments import processors
from upheld.payments.errors import Unreachable
from upheld.payments.models import Movement, Reconciliation
from upheld.policy import decisions


def today() -> str:
    return f"{timezone.now():%Y-%m-%d}"


@pytest.fixture
def browser(db: None) -> Visitor:
    return sat("billing")


def sat(job: str) -> Visitor:
    found = at_the_desk(member(job), Visitor())
    assert isinstance(found, Visitor)
    return found


def read(answer: HttpResponse) -> str:
    """The page, on whose bytes there is nothing of anybody, nor of a card."""
    found = answer.content.decode()
    for value in (*BERLIN.values(), "guest@example.org", "4242"):
        assert value not in found or value == "DE"
    return found


def failed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Order:
    """An order whose refund the person's bank sent back."""
    order = shop.placed("export")
    with monkeypatch.context() as patched:
        patched.setattr(decisions, "_guards", [])  # somebody did it before
        verbs.refund(order, amount=200, by=billing(order), reason="late")
    sent_back(order, 200)
    return order


def test_disputes_stand_with_their_clock_and_amount(shop: Shop, browser: Visitor) -> None:
    assert "No bank takes anything back now." in read(browser.get("/desk/money/"))
    order = shop.placed("export")
    Trouble.objects.create(
        subject=order.subject, order=order.pk, kind="dispute", found_at=timezone.now(),
        ends_at=timezone.now() + timedelta(days=14, minutes=5),
    )  # fmt: skip
    page = read(browser.get("/desk/money/"))
    assert order.number in page
    assert "weeks left" in page
    assert "Nobody" in page
    assert f"/desk/case/dispute/{order.pk}/" in page


def test_a_refund_that_failed_is_given_back_again(
    shop: Shop, browser: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = failed(shop, monkeypatch)
    page = read(browser.get("/desk/money/"))
    assert order.number in page
    assert "€2.00" in page
    someone = member("billing")
    case, _ = on_case(someone, "refund", order.pk)
    theirs = at_the_desk(someone, Visitor())
    given = {"amount": "2.00", "seen": verbs.left(order), "reason": "late"}
    answer = theirs.post(f"/desk/case/refund/{order.pk}/refund/", given)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/queue/refund/")  # that was what it was about
    assert taking.open_case("refund", order.pk) == case
    assert order.number not in read(browser.get("/desk/money/"))


def test_the_books_are_compared_when_somebody_says_so(shop: Shop, browser: Visitor) -> None:
    order = shop.placed("export")
    assert "They were not compared yet." in read(browser.get("/desk/money/"))
    assert not Reconciliation.objects.exists()
    page = read(browser.post("/desk/money/reconcile/", {"since": today()}))
    assert "1 charge, no difference." in page
    Movement.objects.filter(subject=order.subject, kind="capture").delete()
    page = read(browser.post("/desk/money/reconcile/", {"since": today()}))
    assert "What was charged differs" in page
    assert order.number in page
    assert "€10.71" in page
    page = read(browser.get("/desk/money/"))
    assert "1 charge, 1 difference." in page
    assert "What was charged differs" not in page  # the list is not kept
    assert Reconciliation.objects.count() == 2


@pytest.mark.parametrize("since", ["", "yesterday", "2026-13-01", "9999-01-01"])
def test_a_day_that_is_none_is_told_beside_it(db: None, browser: Visitor, since: str) -> None:
    answer = browser.post("/desk/money/reconcile/", {"since": since})
    assert answer.status_code == 422
    assert "Give a day" in read(answer)
    assert not Reconciliation.objects.exists()


def test_a_processor_that_is_silent_is_told(shop: Shop, browser: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(**given: object) -> object:
        raise Unreachable

    monkeypatch.setattr(processors.current(), "charges", silent)
    answer = browser.post("/desk/money/reconcile/", {"since": today()})
    assert answer.status_code == 503
    assert "does not answer" in read(answer)


@pytest.mark.parametrize("job", ["shipping", "support", "privacy", "news", "shop", "administration"])
def test_money_is_for_whoever_bills(db: None, job: str) -> None:
    browser = sat(job)
    assert browser.get("/desk/money/").status_code == 403
    assert browser.post("/desk/money/reconcile/", {"since": today()}).status_code == 403
    assert Visitor().get("/desk/money/")["Location"].startswith("/desk/sign-in/")
