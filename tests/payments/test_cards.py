"""Cards on file: typed at the processor, kept sealed here, forgotten in both places."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.payments.conftest import Typed
from tests.payments.line import Line
from tests.payments.people import FINE, Buyer, buyer
from upheld import ledger, vault
from upheld.payments import processors, verbs
from upheld.payments.answers import SENTENCES
from upheld.payments.cards import end
from upheld.payments.models import Card, Keeping
from upheld.payments.processor import DECLINES
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.errors import Refused
from upheld.vault import restricting
from upheld.vault.errors import Restricted
from upheld.vault.models import Disclosure, Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(processor: Sandbox, typed: Typed) -> Buyer:
    return buyer(typed)


@pytest.fixture
def line(processor: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Line:
    line = Line(processor)
    monkeypatch.setattr(processors, "_sandbox", lambda _: line)
    return line


def is_kept(ada: Buyer) -> bool:
    """Whether the processor still charges the card that it keeps."""
    return bool(ada.pay())


def test_a_card_is_kept_sealed_and_handed_back_on_record(ada: Buyer) -> None:
    shown = verbs.describe([ada.card], by=ada.me)
    assert [(each.brand, each.last4, each.expiry) for each in shown] == [("visa", "4242", "2040-12")]
    assert not shown[0].expired
    assert not shown[0].expires_soon
    handed = Disclosure.objects.get()
    assert (handed.recipient, handed.fields, handed.because) == ("processor", ["card"], ada.card.reference)
    assert {origin.source for origin in ada.card.held().values()} == {"order"}


def test_while_its_use_is_refused_no_card_reaches_the_processor(ada: Buyer, typed: Typed, line: Line) -> None:
    restricting.restrict(ada.subject, ["billing"], by=ada.me)
    before = Keeping.objects.count()
    with pytest.raises(Restricted):
        ada.add(typed())
    assert Keeping.objects.count() == before


def test_a_token_sent_twice_is_one_card(ada: Buyer, typed: Typed) -> None:
    token = typed()
    assert ada.add(token) == ada.add(token)
    assert Card.objects.count() == 2
    assert ledger.Entry.objects.filter(act=Act.CARD_ADD).count() == 2


def test_a_token_that_is_somebody_elses_is_none(ada: Buyer, typed: Typed) -> None:
    token, other = typed(), vault.new_subject()
    ada.add(token)
    declined = verbs.add_card(other, token=token, source="order", by=Actor.person(other))
    assert (bool(declined), declined.reason) == (False, "card_unknown")


def test_every_reason_has_a_sentence() -> None:
    assert set(DECLINES) <= set(SENTENCES)


@pytest.mark.parametrize(
    ("number", "reason"),
    [("4000000000000002", "declined"), ("4000000000000069", "expired_card"), ("4000000000000127", "wrong_cvc")],
)
def test_a_declined_card_is_not_kept(processor: Sandbox, typed: Typed, number: str, reason: str) -> None:
    subject = vault.new_subject()
    declined = verbs.add_card(subject, token=typed(number), source="order", by=Actor.person(subject))
    assert isinstance(declined, verbs.Declined)
    assert (declined.reason, declined.sentence) == (reason, SENTENCES[reason])
    assert not Card.objects.exists()


@pytest.mark.parametrize("token", ["tok_made_up", "x", "💳"])
def test_a_made_up_token_is_declined(ada: Buyer, token: str) -> None:
    declined = verbs.add_card(ada.subject, token=token, source="account", by=ada.me)
    assert isinstance(declined, verbs.Declined)
    assert declined.reason == "card_unknown"


def test_when_the_answer_is_lost_the_same_token_still_serves(ada: Buyer, line: Line, typed: Typed) -> None:
    token = typed()
    for lost in ("request", "answer"):
        line.loses = [lost]
        declined = verbs.add_card(ada.subject, token=token, source="account", by=ada.me)
        assert isinstance(declined, verbs.Declined)
        assert declined.reason == "unanswered"
    assert ada.add(token).pk != ada.card.pk


def test_nobody_tries_out_cards_without_end(ada: Buyer) -> None:
    answers = [verbs.add_card(ada.subject, token=f"tok_{n}", source="account", by=ada.me) for n in range(20)]
    assert [getattr(each, "reason", "") for each in answers[-2:]] == ["card_unknown", "too_many"]


def test_what_nobody_came_to_own_is_forgotten(ada: Buyer, line: Line, typed: Typed) -> None:
    line.loses = ["answer"]
    verbs.add_card(ada.subject, token=typed(), source="account", by=ada.me)
    assert verbs.tell_processor() == 0
    Keeping.objects.update(asked_at=timezone.now() - timedelta(hours=3))
    assert verbs.tell_processor() == 1
    assert not Keeping.objects.exists()
    assert is_kept(ada)


def test_a_card_page_that_was_left_is_forgotten(processor: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, forgotten = [], []
    page, forget = processor.card_page, processor.forget
    monkeypatch.setattr(processor, "card_page", lambda **g: begun.append(g["reference"]) or page(**g))
    monkeypatch.setattr(processor, "forget", lambda name, key: forgotten.append(name) or forget(name, key=key))
    monkeypatch.setattr(processors, "_sandbox", lambda _: processor)
    assert verbs.card_page(back="https://localhost:8443/order/").setup
    assert (verbs.tell_processor(), forgotten) == (0, [])
    Keeping.objects.update(asked_at=timezone.now() - timedelta(hours=3))
    assert verbs.tell_processor() == 1
    assert forgotten == begun != []


def test_the_newest_is_the_default_until_another_is_chosen(ada: Buyer, typed: Typed) -> None:
    newer = ada.add(typed("5555555555554444"))
    assert list(verbs.cards_of(ada.subject)) == [newer, ada.card]
    verbs.choose_card(ada.card, by=ada.me)
    assert list(verbs.cards_of(ada.subject)) == [ada.card, newer]


def test_a_removed_card_is_forgotten_in_both_places(ada: Buyer) -> None:
    verbs.remove_card(ada.card, by=ada.me)
    assert not verbs.cards_of(ada.subject).exists()
    notice = Notice.objects.get()
    assert (notice.because, notice.reason, notice.answer) == (ada.card.reference, "erased", "done")


def test_what_a_removed_card_paid_for_can_still_be_taken_and_given_back(ada: Buyer) -> None:
    payment = ada.paid()
    verbs.remove_card(ada.card, by=ada.me)
    assert verbs.capture(payment, amount=1999, by=ada.me)
    assert verbs.give_back(payment, amount=1999, by=ada.me)


def test_the_processor_is_told_until_it_answers(ada: Buyer, line: Line) -> None:
    line.is_down = True
    verbs.remove_card(ada.card, by=ada.me)
    assert verbs.tell_processor() == 0
    line.is_down = False
    line.sandbox.steer("behaviour", redaction_seconds=3600)
    assert verbs.tell_processor() == 0  # it is at it
    line.sandbox.steer("behaviour", clock_ahead_seconds=7200)
    assert verbs.tell_processor() == 1
    assert verbs.tell_processor() == 0


def test_a_correction_changes_nothing_at_the_processor(ada: Buyer) -> None:
    vault.correct(ada.card, {"expiry": "2041-01"}, source="account", by=ada.me)
    assert verbs.tell_processor() == 1
    assert Notice.objects.get().answer == "typed_there"
    assert is_kept(ada)


def test_only_its_owner_sees_chooses_and_removes_a_card(ada: Buyer) -> None:
    other = Actor.person(vault.new_subject())
    for verb in (
        lambda: verbs.describe([ada.card], by=other),
        lambda: verbs.choose_card(ada.card, by=other),
        lambda: verbs.remove_card(ada.card, by=other),
        lambda: ada.pay(by=other),
    ):
        with pytest.raises(Refused, match="own data only"):
            verb()


@pytest.mark.parametrize(("expiry", "day"), [("2027-04", "2027-05-01"), ("2027-12", "2028-01-01"), ("soon", "None")])
def test_a_card_serves_to_the_end_of_its_month(expiry: str, day: str) -> None:
    assert str(end(expiry)) == day


def test_the_code_and_the_number_are_in_no_row(ada: Buyer) -> None:
    opened = vault.open(ada.card, list(Card.sealed_fields()), by=ada.me, purpose="billing")
    assert FINE not in str(opened)
    assert set(opened) == {"brand", "last4", "expiry", "token"}
