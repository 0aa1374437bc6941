"""The sandbox, spoken to by our client: a program really running, a card's life from its typing to its refund."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from tests.payments.conftest import Typed
from upheld.payments.errors import CardDeclined, KeyReused, ProcessorRefused, TokenUnknown, Unreachable
from upheld.payments.processor import Charge, Kind, State
from upheld.payments.sandbox.client import Sandbox
from upheld.payments.sandbox.numbers import REASONS, TEST_NUMBERS

BACK = "https://localhost:8443/order/"
CHALLENGED = "4000002760003184"
CHARGE_FAILS = "4000000000000341"
CAPTURE_FAILS = "4000000000000424"
DISPUTED = "4000000000000259"
TIMES_OUT = "4000000000000408"
WEEK = 7 * 24 * 3600

Pay = Callable[..., Charge]


@pytest.fixture
def pay(processor: Sandbox, typed: Typed) -> Pay:
    """Charge a new card of this number."""

    def authorise(number: str = "4242424242424242", *, amount: int = 1000, name: str = "1", **more: object) -> Charge:
        card = processor.keep_card(typed(number), reference=f"card:{name}", key=f"keep:{name}")
        asked = {"currency": "USD", "reference": f"payment:{name}", "back": BACK, "key": f"authorise:{name}"}
        return processor.authorise(card.token, amount=amount, **asked | more)  # type: ignore[arg-type]  # as the test says

    return authorise


def moves(charge: Charge | None) -> list[tuple[str, int]]:
    assert charge is not None
    return [(moved.kind.value, moved.amount) for moved in charge.movements]


def test_a_card_is_kept_charged_and_refunded(processor: Sandbox, typed: Typed) -> None:
    card = processor.keep_card(typed(), reference="card:1", key="keep")
    assert (card.brand, card.last4, card.expiry) == ("visa", "4242", "2040-12")
    charge = processor.authorise(
        card.token, amount=1999, currency="USD", reference="payment:1", back=BACK, key="authorise"
    )
    assert charge.state is State.AUTHORISED
    charge = processor.capture(charge.id, amount=1999, key="capture")
    charge = processor.refund(charge.id, amount=500, key="refund")
    assert moves(charge) == [("authorise", 1999), ("capture", 1999), ("refund", 500)]
    assert processor.find("payment:1") == processor.fetch(charge.id) == charge


def test_it_is_captured_and_refunded_in_parts(processor: Sandbox, pay: Pay) -> None:
    charge = pay(amount=1000).id
    processor.capture(charge, amount=300, key="c1")
    processor.capture(charge, amount=200, key="c2")
    processor.refund(charge, amount=100, key="r1")
    processor.refund(charge, amount=400, key="r2")
    with pytest.raises(ProcessorRefused, match="capture_too_large"):
        processor.capture(charge, amount=501, key="c3")
    with pytest.raises(ProcessorRefused, match="refund_too_large"):
        processor.refund(charge, amount=1, key="r3")
    after = processor.cancel(charge, key="x1")
    assert after.state is State.AUTHORISED  # something of it was taken
    assert moves(after)[-1] == ("cancel", 500)
    with pytest.raises(ProcessorRefused, match="not_open"):
        processor.capture(charge, amount=1, key="c4")
    with pytest.raises(ProcessorRefused, match="nothing_to_cancel"):
        processor.cancel(charge, key="x2")


def test_nothing_follows_a_cancelled_charge(processor: Sandbox, pay: Pay) -> None:
    charge = pay()
    cancelled = processor.cancel(charge.id, key="cancel")
    assert cancelled.state is State.CANCELLED
    assert moves(cancelled) == [("authorise", 1000), ("cancel", 1000)]
    with pytest.raises(ProcessorRefused):
        processor.capture(charge.id, amount=1, key="capture")
    with pytest.raises(ProcessorRefused):
        processor.refund(charge.id, amount=1, key="refund")


@pytest.mark.parametrize("number", [number for number, what in TEST_NUMBERS.items() if what in REASONS])
def test_a_declined_card_says_why(processor: Sandbox, typed: Typed, number: str) -> None:
    token = typed(number)
    for _ in ("once", "again with the same key"):
        with pytest.raises(CardDeclined) as refused:
            processor.keep_card(token, reference="card:1", key="keep")
        assert refused.value.reason == TEST_NUMBERS[number]
    with pytest.raises(TokenUnknown):
        processor.keep_card(token, reference="card:1", key="another key")


def test_a_card_may_be_declined_when_it_is_charged(pay: Pay) -> None:
    charge = pay(CHARGE_FAILS)
    assert (charge.state, charge.decline, charge.movements) == (State.DECLINED, "declined", ())


def test_a_card_may_expire_on_file(processor: Sandbox, typed: Typed) -> None:
    today = datetime.now(UTC)
    card = processor.keep_card(typed(month=today.month, year=today.year), reference="card:1", key="keep")
    processor.steer("behaviour", clock_ahead_seconds=32 * 24 * 3600)
    charge = processor.authorise(card.token, amount=1, currency="USD", reference="payment:1", back=BACK, key="a")
    assert (charge.state, charge.decline) == (State.DECLINED, "expired_card")


def test_a_capture_may_fail_and_releases_what_was_reserved(processor: Sandbox, pay: Pay) -> None:
    charge = processor.capture(pay(CAPTURE_FAILS).id, amount=400, key="capture")
    assert (charge.state, charge.decline) == (State.DECLINED, "insufficient_funds")
    assert moves(charge) == [("authorise", 1000), ("cancel", 1000)]


def test_nobody_is_there_to_be_challenged_off_session(pay: Pay) -> None:
    charge = pay(CHALLENGED, off_session=True)
    assert (charge.state, charge.decline) == (State.DECLINED, "challenge_failed")


def test_an_answer_that_never_comes_leaves_a_charge_that_is_found(processor: Sandbox, pay: Pay) -> None:
    processor.steer("behaviour", timeout_seconds=7)
    with pytest.raises(Unreachable):
        pay(TIMES_OUT)
    charge = processor.find("payment:1")
    assert moves(charge) == [("authorise", 1000)]


def test_a_key_is_done_once(processor: Sandbox, typed: Typed) -> None:
    card = processor.keep_card(typed(), reference="card:1", key="keep")

    def again(_: int) -> Charge:
        return processor.authorise(card.token, amount=5, currency="USD", reference="payment:1", back=BACK, key="once")

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(again, range(24)))
    assert len(set(answers)) == len(list(processor.charges())) == 1
    with pytest.raises(KeyReused):
        processor.authorise(card.token, amount=6, currency="USD", reference="payment:1", back=BACK, key="once")
    with pytest.raises(KeyReused):
        processor.cancel(answers[0].id, key="once")


def test_a_refusal_is_remembered_like_any_answer(processor: Sandbox, pay: Pay) -> None:
    charge = pay(amount=10).id
    with pytest.raises(ProcessorRefused, match="refund_too_large"):
        processor.refund(charge, amount=10, key="refund")
    processor.capture(charge, amount=10, key="capture")
    with pytest.raises(ProcessorRefused, match="refund_too_large"):
        processor.refund(charge, amount=10, key="refund")
    processor.refund(charge, amount=10, key="another")


@pytest.mark.parametrize("amount", [0, -1, 100_000_000])
def test_amounts_that_cannot_be_are_refused(pay: Pay, amount: int) -> None:
    with pytest.raises(ProcessorRefused, match="amount_invalid"):
        pay(amount=amount)


def test_money_that_nobody_knows_is_refused(pay: Pay) -> None:
    with pytest.raises(ProcessorRefused, match="currency_invalid"):
        pay(currency="usd")


def test_it_leads_back_to_this_site_alone(processor: Sandbox) -> None:
    for n, back in enumerate(("https://evil.example/", "https://localhost:8443.evil.example/", "/order/", "")):
        with pytest.raises(ProcessorRefused, match="back_invalid"):
            processor.card_page(back=back, reference="card:1", key=f"page:{n}")


def test_an_authorisation_ends_after_a_week(processor: Sandbox, pay: Pay) -> None:
    kept, taken = pay(name="1").id, pay(name="2").id
    processor.capture(taken, amount=400, key="capture")
    processor.steer("behaviour", clock_ahead_seconds=WEEK - 60)
    assert processor.capture(kept, amount=1, key="just in time")
    processor.steer("behaviour", clock_ahead_seconds=WEEK + 60)
    assert moves(processor.fetch(kept))[-1] == ("cancel", 999)
    assert moves(processor.fetch(taken))[-1] == ("cancel", 600)


def test_a_capture_after_a_week_is_too_late(processor: Sandbox, pay: Pay) -> None:
    charge = pay().id
    processor.steer("behaviour", clock_ahead_seconds=WEEK + 60)
    with pytest.raises(ProcessorRefused, match="not_open"):
        processor.capture(charge, amount=1, key="late")


def test_a_dispute_is_opened_by_itself_and_won(processor: Sandbox, pay: Pay) -> None:
    charge = pay(DISPUTED).id
    processor.capture(charge, amount=1000, key="capture")
    with pytest.raises(ProcessorRefused, match="refund_too_large"):
        processor.refund(charge, amount=1, key="refund")
    processor.steer(f"charges/{charge}/dispute/close", outcome="won")
    found = processor.fetch(charge)
    assert moves(found)[-2:] == [("dispute", 1000), ("dispute_won", 1000)]
    processor.refund(charge, amount=1000, key="refund again")


def test_a_dispute_that_is_lost_stays_taken(processor: Sandbox, pay: Pay) -> None:
    charge = pay().id
    processor.capture(charge, amount=1000, key="capture")
    processor.steer(f"charges/{charge}/dispute")
    processor.steer(f"charges/{charge}/dispute/close", outcome="lost")
    assert moves(processor.fetch(charge))[-1] == ("dispute", 1000)
    with pytest.raises(ProcessorRefused, match="refund_too_large"):
        processor.refund(charge, amount=1, key="refund")


def test_charges_are_listed_page_by_page_oldest_first(processor: Sandbox, typed: Typed) -> None:
    card = processor.keep_card(typed(), reference="card:1", key="keep")
    made = [
        processor.authorise(card.token, amount=n, currency="JPY", reference=f"payment:{n}", back=BACK, key=f"a{n}")
        for n in range(1, 205)
    ]
    assert list(processor.charges()) == made
    assert list(processor.charges(since=datetime.now(UTC) + timedelta(minutes=1))) == []
    assert processor.fetch("ch_unknown") is None
    assert processor.find("payment:unknown") is None


def test_a_forgotten_card_cannot_be_charged(processor: Sandbox, typed: Typed) -> None:
    card = processor.keep_card(typed(), reference="card:1", key="keep")
    processor.steer("behaviour", redaction_seconds=60)
    assert not processor.forget("card:1", key="forget")
    processor.steer("behaviour", clock_ahead_seconds=61)
    assert processor.forget("card:1", key="forget")
    with pytest.raises(TokenUnknown):
        processor.authorise(card.token, amount=1, currency="USD", reference="p", back=BACK, key="authorise")


def test_a_token_is_good_for_an_hour(processor: Sandbox, typed: Typed) -> None:
    token = typed()
    processor.steer("behaviour", clock_ahead_seconds=3601)
    with pytest.raises(TokenUnknown):
        processor.keep_card(token, reference="card:1", key="keep")


def test_all_kinds_are_ours(processor: Sandbox, pay: Pay) -> None:
    """Every kind of movement has its event. No refund of the sandbox's ever fails afterwards."""
    charge = pay(DISPUTED).id
    processor.capture(charge, amount=900, key="capture")
    processor.steer(f"charges/{charge}/dispute/close", outcome="won")
    processor.refund(charge, amount=1, key="refund")
    processor.cancel(charge, key="cancel")
    told = {event["kind"].removeprefix("charge.") for event in processor.events()}
    assert told == {kind.value for kind in Kind} - {Kind.REFUND_FAILED}
