"""After a restore requests stand where people left them, a used secret serves nobody, no number is given twice."""

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.db import transaction

from tests.backups.restored import copy_data, restore
from tests.rights.conftest import Planted, ann
from tests.rights.requesting import CONFIRM, COPY, ask, fresh, last, secret
from tests.rights.test_buyers import bought
from tests.rights.test_requests_done import coded, confirmed
from upheld import vault
from upheld.orders import issuing
from upheld.orders.models import INVOICE, Document, Order
from upheld.policy.actors import Actor
from upheld.rights import verbs
from upheld.rights.answers import CopyGone, NotConfirmable
from upheld.rights.models import ErasureRequest, Request, RequestStep, Right, State, Token
from upheld.rights.reasons import Reason
from upheld.rights.requests import requesting, tokens

__all__ = ["ann"]  # fixture
pytestmark = pytest.mark.django_db(transaction=True)
Letters = Callable[[], list[EmailMessage]]
NOBODY = Actor.visitor()


def stands(request: Request) -> tuple[str, str]:
    found = fresh(request)
    return found.state, found.reason


def test_what_was_taken_back_is_not_carried_out(ann: Planted, tmp_path: Path, letters: Letters) -> None:
    [request] = confirmed(letters, Right.ERASURE)
    data = copy_data()
    requesting.withdraw(request, by=ann.by)
    steps = RequestStep.objects.filter(request=request.pk).count()
    for times in (1, 0):
        done = restore(tmp_path, data=data if times else None)
        assert done.counts["requests"] == times
        assert stands(request) == (State.REVOKED, Reason.WITHDRAWN)
        assert fresh(request).ended_at is not None
        assert RequestStep.objects.filter(request=request.pk).count() == steps
    assert (verbs.carry_out_due(), verbs.resume()) == (0, 0)
    assert not vault.is_erased(ann.subject)
    assert not ErasureRequest.objects.exists()


def test_a_secret_that_was_used_serves_nobody_and_one_that_is_waited_for_does(
    ann: Planted, tmp_path: Path, letters: Letters
) -> None:
    ask([Right.ACCESS])
    link = secret(CONFIRM, last(letters))
    data = copy_data()
    done = restore(tmp_path, data=data)
    assert done.counts["secrets"] == 0
    [request] = verbs.confirm(link, by=NOBODY) or []
    done = restore(tmp_path, data=data)
    assert done.counts["secrets"] == 1
    assert isinstance(verbs.confirm(link, by=NOBODY), NotConfirmable)
    assert stands(request) == (State.IN_PROGRESS, Reason.CONFIRMED)
    assert not Token.objects.filter(used_at=None).exists()


def test_a_copy_is_fetched_once_and_offered_anew_where_its_link_is_gone(
    ann: Planted, tmp_path: Path, letters: Letters
) -> None:
    [request] = confirmed(letters, Right.ACCESS)
    before = copy_data()
    assert verbs.carry_out_due() == 1
    gone = secret(COPY, last(letters))
    done = restore(tmp_path, data=before)
    assert done.counts["copies"] == 1
    assert isinstance(verbs.begin_fetch(gone, by=NOBODY), CopyGone)
    assert verbs.carry_out_due() == 1
    link = secret(COPY, last(letters))
    ready = copy_data()
    assert restore(tmp_path, data=ready).counts["copies"] == 0
    code = coded(letters, link)
    found = verbs.fetch(link, code, by=NOBODY)
    assert isinstance(found, verbs.Copy)
    assert b"".join(found.pieces)
    restore(tmp_path, data=ready)
    assert isinstance(verbs.fetch(link, code, by=NOBODY), CopyGone)
    assert stands(request) == (State.FULFILLED, "")
    assert not Token.objects.filter(use=tokens.FETCH, used_at=None).exists()


def test_a_number_is_never_given_twice(ann: Planted, tmp_path: Path) -> None:
    order = bought(ann)

    def issue() -> Document:
        with transaction.atomic():
            return issuing._issue(Order.objects.lock(order), INVOICE, 100, 7)

    first = issue()
    data = copy_data()
    given = [first, issue(), issue()]
    with transaction.atomic():
        other = issuing.correction(order, first)
    done = restore(tmp_path, data=data)
    assert done.counts["numbers"] == 3
    with transaction.atomic():
        later = [issue(), issuing.correction(order, first)]
    known = {str(each) for each in (*given, other)}
    assert [each.number for each in later] == [first.number + 3, other.number + 1]
    assert known.isdisjoint(map(str, later))
