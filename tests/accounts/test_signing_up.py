from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.accounts.people import HERE, PASSWORD, VISITOR, Someone, begin, code_in, committed, last_letter, someone
from upheld import ledger, vault
from upheld.accounts import verbs
from upheld.accounts.answers import AddressTaken, CodeSpent, Gone, NoMoreCodes, TooMany, WrongCode
from upheld.accounts.errors import PasswordUnfit
from upheld.accounts.models import Account, SignUp
from upheld.contact import verbs as contact
from upheld.contact.errors import NotAnAddress
from upheld.contact.models import Address, Letter
from upheld.policy.acts import Act
from upheld.vault.keys.models import DataKey

pytestmark = pytest.mark.django_db


def acts(subject: object) -> list[str]:
    return [entry.act for entry in ledger.Entry.objects.of(subject)]


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_the_code_makes_an_account_under_the_same_subject() -> None:
    begun = begin("ada@example.org")
    began = begun.held()["email"].at
    account = verbs.confirm_sign_up(begun, code=code_in(last_letter()), by=VISITOR)
    assert isinstance(account, Account)
    assert account.id == account.subject == begun.subject
    address = Address.objects.get(subject=account.subject)
    assert address.verified_at
    assert address.held()["email"] == account.held()["password"] == ("sign_up", began)
    assert not SignUp.objects.exists()


def test_every_act_is_on_record() -> None:
    ada = someone()
    assert acts(ada.account.subject) == [
        Act.FIELD_COLLECT, Act.SIGN_UP_BEGIN, Act.LETTER_SEND, Act.FIELD_OPEN, Act.LETTER_DELIVER, Act.FIELD_OPEN,
        Act.FIELD_COLLECT, Act.ADDRESS_VERIFY, Act.FIELD_COLLECT, Act.ACCOUNT_CREATE,
    ]  # fmt: skip


def test_the_key_of_what_was_pending_goes_with_it() -> None:
    ada = someone()
    classes = DataKey.objects.filter(subject=ada.account.subject).values_list("retention", flat=True)
    assert list(classes) == ["account"]


def test_a_code_may_be_typed_with_spaces() -> None:
    begun = begin("ada@example.org")
    code = code_in(last_letter())
    assert verbs.confirm_sign_up(begun, code=f" {code[:3]} {code[3:]}\n", by=VISITOR)


def test_five_wrong_codes_end_a_code_but_not_the_sign_up() -> None:
    begun = begin("ada@example.org")
    code = code_in(last_letter())
    left = [verbs.confirm_sign_up(begun, code=other(code), by=VISITOR) for _ in range(5)]
    assert left == [WrongCode(4), WrongCode(3), WrongCode(2), WrongCode(1), left[-1]]
    assert isinstance(left[-1], CodeSpent)
    assert isinstance(verbs.confirm_sign_up(begun, code=code, by=VISITOR), CodeSpent)
    committed(verbs.resend_code, begun, by=VISITOR, source=HERE)
    assert verbs.confirm_sign_up(begun, code=code_in(last_letter()), by=VISITOR)


def test_a_code_is_sent_three_times_at_most_and_only_the_last_counts() -> None:
    begun = begin("ada@example.org")
    first = code_in(last_letter())
    for _ in range(2):
        assert committed(verbs.resend_code, begun, by=VISITOR, source=HERE)
    assert isinstance(verbs.resend_code(begun, by=VISITOR, source=HERE), NoMoreCodes)
    assert len(mail.outbox) == 3
    if first != code_in(last_letter()):
        assert not verbs.confirm_sign_up(begun, code=first, by=VISITOR)
    assert verbs.confirm_sign_up(begun, code=code_in(last_letter()), by=VISITOR)


def test_a_code_counts_for_half_an_hour() -> None:
    begun = begin("ada@example.org")
    SignUp.objects.filter(pk=begun.pk).update(code_at=timezone.now() - timedelta(minutes=31))
    assert isinstance(verbs.confirm_sign_up(begun, code=code_in(last_letter()), by=VISITOR), CodeSpent)


def test_a_code_serves_once() -> None:
    begun = begin("ada@example.org")
    code = code_in(last_letter())
    assert verbs.confirm_sign_up(begun, code=code, by=VISITOR)
    assert isinstance(verbs.confirm_sign_up(begun, code=code, by=VISITOR), Gone)


def test_a_code_serves_no_other_sign_up() -> None:
    mine, theirs = begin("ada@example.org"), begin("eve@example.net")
    codes = [code_in(letter) for letter in mail.outbox]
    if codes[0] != codes[1]:
        assert not verbs.confirm_sign_up(mine, code=codes[1], by=VISITOR)
        assert not verbs.confirm_sign_up(theirs, code=codes[0], by=VISITOR)


def test_several_may_be_under_way_for_one_address_and_one_is_finished() -> None:
    first, second = begin("ada@example.org"), begin("ada@example.org", "another good password")
    codes = [code_in(letter) for letter in mail.outbox]
    assert verbs.confirm_sign_up(second, code=codes[1], by=VISITOR)
    assert isinstance(verbs.confirm_sign_up(first, code=codes[0], by=VISITOR), AddressTaken)
    assert Account.objects.count() == 1


def test_what_is_not_finished_within_a_day_is_shredded() -> None:
    begun = begin("ada@example.org")
    SignUp.objects.update(started_at=timezone.now() - timedelta(hours=23, minutes=1))
    assert isinstance(verbs.confirm_sign_up(begun, code=code_in(last_letter()), by=VISITOR), Gone)
    assert verbs.expire_sign_ups() == 1
    assert vault.is_erased(begun.subject)
    assert not SignUp.objects.exists()
    assert not Letter.objects.exists()
    assert not DataKey.objects.exists()
    assert acts(begun.subject)[-2:] == [Act.SIGN_UP_EXPIRE, Act.SUBJECT_SHRED]
    assert verbs.expire_sign_ups() == 0


def test_the_sweep_leaves_what_is_under_way_and_every_account(ada: Someone) -> None:
    begin("eve@example.net")
    verbs.sweep()
    assert SignUp.objects.count() == Account.objects.count() == 1


def test_an_address_with_an_account_gets_another_letter_and_the_same_answer(ada: Someone) -> None:
    before = ledger.Entry.objects.count()
    new = begin("new@example.org")
    grown = ledger.Entry.objects.count() - before
    known = begin("ADA@example.org")
    assert ledger.Entry.objects.count() - before == 2 * grown  # the log's size is public
    assert type(new) is type(known)
    letter = last_letter()
    assert letter.to == ["ada@example.org"]  # as on file, however it was typed
    assert "already" in letter.subject
    assert not any(character.isdigit() for character in letter.body.replace("localhost:8443", ""))


def test_no_code_finishes_a_sign_up_for_an_address_with_an_account(ada: Someone) -> None:
    begun = begin("ada@example.org")
    assert verbs.confirm_sign_up(begun, code="000000", by=VISITOR) in (WrongCode(4), AddressTaken())
    committed(verbs.resend_code, begun, by=VISITOR, source=HERE)
    assert "already" in last_letter().subject


@pytest.mark.parametrize("password", ["short", "password1", "12345678", "x" * 129, "ﬀ" * 65])
def test_unfit_passwords_are_refused_with_a_sentence(password: str) -> None:
    with pytest.raises(PasswordUnfit) as caught:
        verbs.begin_sign_up(email="ada@example.org", password=password, by=VISITOR, source=HERE)
    assert str(caught.value).endswith(".")
    assert not SignUp.objects.exists()


@pytest.mark.parametrize(
    "password", ["pässwörter sind lang", "密码密码密码密码密", "x" * 12 + "\0", "🔑" * 8, "y" * 128]
)
def test_any_characters_make_a_password(password: str) -> None:
    ada = someone(password=password)
    assert ada.proof()


NO_ADDRESSES = ["", "ada", "ada@", "@example.org", "a b@example.org", "a@b@c.org", "a" * 250 + "@e.org"]
MORE = ["ada@example.org\nBcc: eve@example.net", "ada@exa mple.org", "ada@[127.0.0.1]"]


@pytest.mark.parametrize("email", [*NO_ADDRESSES, *MORE])
def test_what_is_no_address_is_refused_with_a_sentence(email: str) -> None:
    with pytest.raises(NotAnAddress, match="Enter an e-mail address"):
        verbs.begin_sign_up(email=email, password=PASSWORD, by=VISITOR, source=HERE)


@pytest.mark.parametrize("email", ["ada@example.com", "ada@mail.test", "ada@localhost.test", "ada@box.invalid",
                                   "ада@пример.рф", "ada+shop@bücher.example"])  # fmt: skip
def test_reserved_and_international_domains_will_do(email: str) -> None:
    assert someone(email)


def test_letters_to_one_address_are_limited_by_place() -> None:
    for _ in range(6):
        begin("ada@example.org")
    answer = verbs.begin_sign_up(email="Ada@Example.org", password=PASSWORD, by=VISITOR, source=HERE)
    assert isinstance(answer, TooMany)
    assert begin("ada@example.org", source="198.51.100.99")
    assert begin("eve@example.org")


def test_letters_to_one_address_are_limited_wherever_they_are_asked_from() -> None:
    for number in range(24):
        begin("ada@example.org", source=f"198.51.100.{number}")
    answer = verbs.begin_sign_up(email="Ada@Example.org", password=PASSWORD, by=VISITOR, source="198.51.100.99")
    assert isinstance(answer, TooMany)
    assert 0 < answer.retry_after <= 600
    assert begin("eve@example.org", source="198.51.100.99")


def spellings(local: str, domain: str) -> st.SearchStrategy[str]:
    """Ways to write one address: upper and lower case, full-width letters, A-labels and U-labels, spaces around."""
    wide = local.translate({ord(c): ord(c) + 0xFEE0 for c in local if c.isalnum() and c.isascii()})
    locals_ = st.sampled_from([local, local.upper(), local.title(), wide])
    domains = st.sampled_from([domain, domain.upper(), domain.encode("idna").decode(), domain.replace(".", "。")])
    return st.tuples(locals_, domains).map("@".join)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spelling=spellings("ada.lovelace", "bücher.example"))
def test_spellings_of_one_address_are_one_account(spelling: str, db: None) -> None:
    if not Account.objects.exists():
        someone("ada.lovelace@bücher.example")
    found = vault.find(Address, "email", spelling)
    assert found is not None
    assert found.subject == Account.objects.get().subject


def test_whoever_ordered_as_a_guest_gets_an_account_of_the_same_person() -> None:
    guest = contact.add_address(vault.new_subject(), email="Ada@example.org", source="order", by=VISITOR)
    begun = begin("ada@example.org")
    account = committed(verbs.confirm_sign_up, begun, code=code_in(last_letter()), by=VISITOR)
    assert account.subject == guest.subject
    assert Address.objects.get(subject=guest.subject).verified_at
    assert verbs.sign_in(email="ada@example.org", password=PASSWORD, by=VISITOR, source=HERE) == account
    assert not SignUp.objects.exists()
    assert vault.is_erased(begun.subject)
    begin("ada@example.org")
    assert last_letter().subject == "You have an account already"


def test_of_two_sign_ups_of_one_guest_one_makes_the_account() -> None:
    contact.add_address(vault.new_subject(), email="ada@example.org", source="order", by=VISITOR)
    first, second = begin("ada@example.org"), begin("ada@example.org", "another good password")
    codes = [code_in(letter) for letter in mail.outbox]
    assert committed(verbs.confirm_sign_up, second, code=codes[1], by=VISITOR)
    assert isinstance(verbs.confirm_sign_up(first, code=codes[0], by=VISITOR), AddressTaken)
