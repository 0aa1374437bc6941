"""Two at the same time: each in a thread with its own connections, let loose together."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from tests.accounts.people import HERE, VISITOR, begin, code_in, committed, last_letter, link_in, someone
from upheld import ledger
from upheld.accounts import limits, verbs
from upheld.accounts.answers import AddressTaken, Gone
from upheld.accounts.models import Account, RecoveryCode, SignUp
from upheld.accounts.second_factor import _digest, _used
from upheld.contact.models import Address
from upheld.policy.acts import Act

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call answered. Raises what any of them raised."""
    answers: dict[int, Any] = {}
    failures: list[BaseException] = []
    together = threading.Barrier(len(calls))

    def run(number: int, call: Callable[[], Any]) -> None:
        try:
            together.wait()
            answers[number] = call()
        except BaseException as error:  # told to the test below
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [answers[number] for number in range(len(calls))]


def test_two_confirmations_of_one_sign_up_make_one_account() -> None:
    begun = begin("ada@example.org")
    code = code_in(last_letter())
    answers = at_once(*[lambda: verbs.confirm_sign_up(begun, code=code, by=VISITOR)] * 4)
    assert sorted(type(answer).__name__ for answer in answers) == ["Account", "Gone", "Gone", "Gone"]
    assert Account.objects.count() == Address.objects.count() == 1
    assert ledger.Entry.objects.filter(act=Act.ACCOUNT_CREATE).count() == 1


def test_two_sign_ups_for_one_address_make_one_account() -> None:
    begun = []
    for spelling in ("ada@example.org", "ADA@example.org"):
        row = begin(spelling)
        begun.append((row, code_in(last_letter())))
    answers = at_once(
        *[lambda row=row, code=code: verbs.confirm_sign_up(row, code=code, by=VISITOR) for row, code in begun]
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Account", "AddressTaken"]
    assert any(isinstance(answer, AddressTaken) for answer in answers)
    assert Account.objects.count() == 1


def test_guesses_at_once_are_all_counted() -> None:
    begun = begin("ada@example.org")
    answers = at_once(*[lambda: verbs.confirm_sign_up(begun, code="nonsense", by=VISITOR)] * 4)
    assert sorted(answer.left for answer in answers) == [1, 2, 3, 4]
    assert SignUp.objects.get().tries == 4


def test_a_recovery_code_serves_one_of_two() -> None:
    ada = someone()
    RecoveryCode.objects.create(subject=ada.account.subject, digest=_digest(ada.account, "abcdefghjk"))
    assert sorted(at_once(*[lambda: _used(ada.account, "abcde-fghjk")] * 3)) == [False, False, True]


def test_a_reset_serves_one_of_two() -> None:
    ada = someone()
    committed(verbs.begin_reset, email=ada.email, by=VISITOR, source=HERE)
    token = link_in(last_letter(), "/reset/")
    answers = at_once(*[lambda: verbs.finish_reset(token, new="another harbour in november")] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["Account", "Gone"]
    assert any(isinstance(answer, Gone) for answer in answers)


def test_a_limit_holds_for_tries_at_once() -> None:
    limit = limits.Limit("test", 3, 600)
    refused = at_once(*[lambda: limits.take([(limit, b"someone")])] * 6)
    assert sum(answer is None for answer in refused) == 3
