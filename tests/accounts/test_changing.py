import time
from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.http import HttpRequest
from django.utils import timezone

from tests.accounts.people import HERE, PASSWORD, VISITOR, Someone, code_in, committed, last_letter, link_in, sign_in
from upheld import ledger, vault
from upheld.accounts import presence, verbs
from upheld.accounts.answers import AddressTaken, CodeSpent, Gone, NeedsCode, NoMoreCodes, TooMany, Wrong, WrongPassword
from upheld.accounts.errors import NotProven, PasswordUnfit
from upheld.accounts.models import AddressChange
from upheld.accounts.presence import Proof
from upheld.accounts.sessions import SessionStore
from upheld.contact.errors import NotAnAddress
from upheld.contact.models import Address
from upheld.policy.acts import Act

pytestmark = pytest.mark.django_db
NEW = "another harbour in november"
ELSEWHERE = "ada@mail.example.net"


def begin(someone: Someone, email: str = ELSEWHERE) -> AddressChange | TooMany:
    answer: AddressChange | TooMany = committed(
        verbs.begin_change_of_address, someone.account, email=email, proof=someone.proof(), by=someone.actor
    )
    return answer


def finish(someone: Someone, code: str) -> object:
    return committed(verbs.confirm_change_of_address, someone.account, code=code, by=someone.actor)


def is_signed_in(store: SessionStore) -> bool:
    request = HttpRequest()
    request.session = SessionStore(store.session_key)
    return bool(get_user(request).is_authenticated)


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(ada: Someone) -> None:
    this, other = ada.session(), ada.session()
    committed(verbs.change_password, ada.account, new=NEW, proof=ada.proof(), session=this, by=ada.actor)
    assert [is_signed_in(this), is_signed_in(other)] == [True, False]
    assert sign_in(ada.email, NEW) == ada.account
    assert isinstance(sign_in(ada.email, PASSWORD), Wrong)
    assert (last_letter().to, last_letter().subject) == ([ada.email], "Your password was changed")


def test_an_unfit_password_changes_nothing(ada: Someone) -> None:
    with pytest.raises(PasswordUnfit):
        verbs.change_password(ada.account, new="password", proof=ada.proof(), session=None, by=ada.actor)
    assert sign_in(ada.email, PASSWORD) == ada.account


def test_a_changed_password_ends_a_sign_in_that_waits_for_its_code(ada: Someone) -> None:
    store = SessionStore()
    presence.await_code(store, NeedsCode(ada.account).account)
    assert presence.awaited(store) == ada.account
    verbs.change_password(ada.account, new=NEW, proof=ada.proof(), session=None, by=ada.actor)
    assert presence.awaited(store) is None


def test_a_wrong_password_proves_nothing_and_guesses_are_limited(ada: Someone) -> None:
    answers = [verbs.prove_by_password(ada.account, password="guess", by=ada.actor) for _ in range(11)]
    assert [type(answer) for answer in answers] == [WrongPassword] * 10 + [TooMany]


def test_a_proof_is_remembered_for_ten_minutes_and_one_account(ada: Someone, eve: Someone) -> None:
    store = SessionStore()
    presence.mark_proven(store, ada.proof())
    assert presence.proof(store, ada.account)
    assert presence.proof(store, eve.account) is None
    presence.mark_proven(store, Proof(ada.account.id, time.time() - 601))
    assert presence.proof(store, ada.account) is None


@pytest.mark.parametrize("age", [601, -60])
def test_nothing_is_changed_without_a_proof(ada: Someone, eve: Someone, age: int) -> None:
    for proof in (Proof(ada.account.id, time.time() - age), eve.proof()):
        with pytest.raises(NotProven):
            verbs.change_password(ada.account, new=NEW, proof=proof, session=None, by=ada.actor)
        with pytest.raises(NotProven):
            verbs.begin_change_of_address(ada.account, email=ELSEWHERE, proof=proof, by=ada.actor)


def test_the_code_goes_to_the_new_address_and_notice_to_both(ada: Someone) -> None:
    begin(ada)
    assert last_letter().to == [ELSEWHERE]
    address = finish(ada, code_in(last_letter()))
    assert isinstance(address, Address)
    assert [letter.to for letter in mail.outbox[-2:]] == [[ada.email], [ELSEWHERE]]
    assert sign_in(ELSEWHERE, PASSWORD) == ada.account
    assert isinstance(sign_in(ada.email, PASSWORD), Wrong)
    assert vault.find(Address, "email", ada.email) is None
    assert not AddressChange.objects.exists()


def test_until_then_the_old_one_stands(ada: Someone) -> None:
    begin(ada)
    assert verbs.pending_address(ada.account)
    assert not finish(ada, "nonsense")
    assert sign_in(ada.email, PASSWORD) == ada.account


def test_a_code_of_a_change_counts_five_tries_half_an_hour_three_letters(ada: Someone) -> None:
    begin(ada)
    assert isinstance([finish(ada, "nonsense") for _ in range(5)][-1], CodeSpent)
    assert committed(verbs.resend_address_code, ada.account, by=ada.actor)
    AddressChange.objects.update(code_at=timezone.now() - timedelta(minutes=31))
    assert isinstance(finish(ada, code_in(last_letter())), CodeSpent)
    assert committed(verbs.resend_address_code, ada.account, by=ada.actor)
    assert isinstance(verbs.resend_address_code(ada.account, by=ada.actor), NoMoreCodes)
    assert finish(ada, code_in(last_letter()))


def test_a_second_change_takes_the_place_of_the_first(ada: Someone) -> None:
    begin(ada)
    first = code_in(last_letter())
    begin(ada, "ada@another.example")
    second = code_in(last_letter())
    if first != second:
        assert not finish(ada, first)
    assert finish(ada, second)
    assert sign_in("ada@another.example", PASSWORD) == ada.account


def test_someone_elses_address_is_answered_alike_and_its_owner_told(ada: Someone, eve: Someone) -> None:
    entries = [ledger.Entry.objects.count()]
    answers = []
    for email in (eve.email, ELSEWHERE):
        answers.append(begin(ada, email))
        entries.append(ledger.Entry.objects.count())
    assert [type(answer) for answer in answers] == [AddressChange] * 2
    assert entries[1] - entries[0] == entries[2] - entries[1]
    assert mail.outbox[-2].to == [eve.email]
    assert "named your address" in mail.outbox[-2].subject


def test_an_address_that_was_taken_meanwhile_is_not_taken_away(ada: Someone, eve: Someone) -> None:
    begin(ada)
    hers = code_in(last_letter())
    begin(eve)
    assert finish(eve, code_in(last_letter()))
    sent = len(mail.outbox)
    assert isinstance(finish(ada, hers), AddressTaken)
    assert len(mail.outbox) == sent  # a letter about a change that was undone would be wrong
    assert sign_in(ada.email, PASSWORD) == ada.account


def test_what_is_no_address_changes_nothing(ada: Someone) -> None:
    with pytest.raises(NotAnAddress):
        begin(ada, "no address")


def test_a_change_that_is_not_confirmed_is_dropped_after_a_day(ada: Someone) -> None:
    begin(ada)
    AddressChange.objects.update(started_at=timezone.now() - timedelta(hours=24))
    assert isinstance(finish(ada, code_in(last_letter())), Gone)
    assert verbs.expire_address_changes() == 1
    assert verbs.expire_address_changes() == 0
    last = ledger.Entry.objects.of(ada.account.subject).last()
    assert last is not None
    assert last.act == Act.ADDRESS_CHANGE_EXPIRE


def test_a_link_in_the_old_mailbox_serves_no_more(ada: Someone) -> None:
    committed(verbs.begin_reset, email=ada.email, by=VISITOR, source=HERE)
    token = link_in(last_letter(), "/reset/")
    begin(ada)
    assert finish(ada, code_in(last_letter()))
    assert verbs.reset_of(token) is None
