"""Two at the same time: each in a thread with its own connections, let loose together."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

import pytest

from tests.accounts.test_at_once import at_once
from tests.rights.conftest import Planted
from tests.rights.requesting import ADDRESS, CONFIRM, COPY, DIGITS, MAILBOX, ask, last, secret
from tests.rights.test_requests import Letters
from upheld import ledger
from upheld.contact.models import Address
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import verbs
from upheld.rights.answers import CopyGone
from upheld.rights.errors import CopyCutShort
from upheld.rights.models import Request, Right, State, Token

NOBODY = Actor.visitor()


def test_of_two_confirmations_one_counts(ann: Planted, letters: Letters) -> None:
    ask([Right.RESTRICTION])
    link = secret(CONFIRM, last(letters))
    found = at_once(
        *[lambda: verbs.confirm(link, by=NOBODY)] * 2,
        *[lambda: verbs.confirm(link[:10], sender=ADDRESS, by=MAILBOX)] * 2,
    )
    assert sum(bool(each) for each in found) == 1
    assert ledger.Entry.objects.filter(act=Act.REQUEST_CONFIRM).count() == 1


def test_yes_and_no_are_never_both_heard(ann: Planted, letters: Letters) -> None:
    ask([Right.ERASURE])
    link = secret(CONFIRM, last(letters))
    yes, no = at_once(lambda: verbs.confirm(link, by=NOBODY), lambda: verbs.disown(link, by=NOBODY))
    assert bool(yes) is not bool(no)
    assert Request.objects.get().state == (State.IN_PROGRESS if yes else State.REVOKED)


def test_of_two_who_fetch_one_has_the_copy(ann: Planted, letters: Letters) -> None:
    ask([Right.ACCESS])
    verbs.confirm(secret(CONFIRM, last(letters)), by=NOBODY)
    verbs.carry_out_due()
    link = secret(COPY, last(letters))
    verbs.begin_fetch(link, by=NOBODY)
    code = secret(DIGITS, last(letters))
    pieces = [copy.pieces for _ in range(3) if isinstance(copy := verbs.fetch(link, code, by=NOBODY), verbs.Copy)]
    assert len(pieces) == 3, "each may begin, since any of them may break"

    def whole(pieces: Iterator[bytes]) -> bool:
        with suppress(CopyCutShort):
            return zipfile.is_zipfile(io.BytesIO(b"".join(pieces)))
        return False

    assert sum(at_once(*[partial(whole, each) for each in pieces])) == 1
    assert isinstance(verbs.fetch(link, code, by=NOBODY), CopyGone)
    assert Request.objects.get().state == State.FULFILLED


def test_two_workers_offer_one_copy(ann: Planted, letters: Letters) -> None:
    ask([Right.ACCESS])
    verbs.confirm(secret(CONFIRM, last(letters)), by=NOBODY)
    assert sum(at_once(*[verbs.carry_out_due] * 3)) == 1
    assert Token.objects.filter(use="fetch").count() == 1


def test_no_more_than_three_at_once(ann: Planted, letters: Letters) -> None:
    def once() -> object:
        return verbs.ask([ann.subject], [Right.ACCESS], way="site", by=ann.by)

    assert sum(bool(each) for each in at_once(*[once] * 5)) == 3
    assert Request.objects.standing().count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_letters_from_a_new_address_are_one_writers() -> None:
    assert len(set(at_once(*[lambda: verbs.writer("new@example.org", by=MAILBOX)] * 4))) == 1
    assert Address.objects.count() == 1
