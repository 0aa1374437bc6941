"""A sign-up with a card: on file with the account, forgotten with the sign-up that was not finished."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.utils import timezone

from tests.canaries import Canaries
from tests.payments.conftest import Typed
from tests.payments.line import Line
from tests.payments.people import Buyer, committed
from tests.people import SOURCE, code_in
from upheld import vault
from upheld.accounts import verbs as accounts
from upheld.accounts.answers import AddressTaken, TooMany, WrongCode
from upheld.accounts.errors import PasswordUnfit
from upheld.accounts.models import Account, SignUp
from upheld.contact import verbs as contact
from upheld.contact.errors import NotAnAddress
from upheld.payments import processors, signing_up, verbs
from upheld.payments.models import Card, Keeping
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.actors import Actor
from upheld.vault.models import Disclosure, Notice

VISITOR = Actor.visitor()
Letters = Callable[[], list[EmailMessage]]

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(processor: Sandbox, canaries: Canaries, letters: Letters) -> dict[str, Any]:
    return {"email": canaries["email"], "password": canaries["password"], "by": VISITOR, "source": SOURCE}


def begin(form: dict[str, Any], **given: Any) -> Any:
    return committed(signing_up.begin, **(form | given))


def confirm(row: SignUp, letters: Letters) -> Any:
    return committed(signing_up.confirm, row, code=code_in(letters()[-1]), by=VISITOR)


def expire(row: SignUp) -> None:
    SignUp.objects.filter(pk=row.pk).update(started_at=timezone.now() - timedelta(days=2))
    accounts.expire_sign_ups()


def test_the_card_is_on_file_with_the_account(form: dict[str, Any], typed: Typed, letters: Letters) -> None:
    row = begin(form, card_token=typed())
    since = row.held()["card"].at
    account = confirm(row, letters)
    assert isinstance(account, Account)
    card = Card.objects.get()
    assert card.subject == account.subject
    assert {(origin.source, origin.at) for origin in card.held().values()} == {("sign_up", since)}
    assert Disclosure.objects.get().because == card.reference
    assert Buyer(account.subject, card).pay()


def test_without_a_card_it_goes_as_before(form: dict[str, Any], letters: Letters) -> None:
    assert isinstance(confirm(begin(form), letters), Account)
    assert not Card.objects.exists()


def test_a_declined_card_is_told_at_the_form(form: dict[str, Any], typed: Typed) -> None:
    declined = begin(form, card_token=typed("4000000000000002"))
    assert (type(declined), declined.reason) == (verbs.Declined, "declined")
    assert not SignUp.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "error"), [({"email": "nobody"}, NotAnAddress), ({"password": "short"}, PasswordUnfit)]
)
def test_what_else_is_wrong_spends_no_token(
    form: dict[str, Any], typed: Typed, wrong: dict[str, str], error: type[Exception]
) -> None:
    token = typed()
    with pytest.raises(error):
        begin(form, card_token=token, **wrong)
    assert isinstance(begin(form, card_token=token), SignUp)


def test_nobody_tries_out_cards_without_end(form: dict[str, Any]) -> None:
    answers = [begin(form, card_token=f"tok_{n}") for n in range(61)]
    assert isinstance(answers[59], verbs.Declined)
    assert isinstance(answers[60], TooMany)


def test_a_wrong_code_opens_no_card(form: dict[str, Any], typed: Typed) -> None:
    row = begin(form, card_token=typed())
    assert isinstance(committed(signing_up.confirm, row, code="000000x", by=VISITOR), WrongCode)
    assert not Card.objects.exists()


def test_the_card_of_an_unfinished_sign_up_is_forgotten(form: dict[str, Any], typed: Typed) -> None:
    row = begin(form, card_token=typed())
    expire(row)
    assert verbs.tell_processor() == 1
    notice = Notice.objects.get()
    assert (notice.reason, notice.answer) == ("erased", "done")
    assert notice.because.startswith("card:")


def test_a_form_sent_twice_is_one_card_which_the_second_does_not_take_along(
    form: dict[str, Any], typed: Typed, letters: Letters
) -> None:
    token = typed()
    first = begin(form, card_token=token)
    second = begin(form, card_token=token)
    account = confirm(second, letters)
    expire(first)
    verbs.tell_processor()
    assert Notice.objects.get().answer == "in_use"
    assert Buyer(account.subject, Card.objects.get()).pay()


def test_a_crash_before_the_sign_up_leaves_no_card_behind(
    form: dict[str, Any], typed: Typed, monkeypatch: pytest.MonkeyPatch, processor: Sandbox
) -> None:
    def dies(**_: object) -> None:
        raise KeyboardInterrupt

    line = Line(processor)
    monkeypatch.setattr(processors, "_sandbox", lambda _: line)
    monkeypatch.setattr(accounts, "begin_sign_up", dies)
    with pytest.raises(KeyboardInterrupt):
        begin(form, card_token=typed())
    Keeping.objects.update(asked_at=timezone.now() - timedelta(hours=3))
    assert verbs.tell_processor() == 1
    assert line.asked == ["keep_card", "forget"]


def test_a_guest_who_signs_up_keeps_both_cards(form: dict[str, Any], typed: Typed, letters: Letters) -> None:
    guest = vault.new_subject()
    contact.add_address(guest, email=form["email"], source="order", by=VISITOR)
    before = verbs.add_card(guest, token=typed(), source="order", by=VISITOR)
    account = confirm(begin(form, card_token=typed("5555555555554444")), letters)
    assert account.subject == guest
    cards = list(verbs.cards_of(guest))
    assert cards[1:] == [before]
    verbs.tell_processor()
    assert all(Buyer(guest, card).pay() for card in cards)


def test_an_address_that_is_taken_makes_no_card(form: dict[str, Any], typed: Typed, letters: Letters) -> None:
    first, code = begin(form, card_token=typed()), code_in(letters()[-1])
    second = begin(form, card_token=typed())
    assert isinstance(confirm(second, letters), Account)
    assert isinstance(committed(signing_up.confirm, first, code=code, by=VISITOR), AddressTaken)
    assert Card.objects.count() == 1
