"""An emergency is agreed to as a whole, by one member."""

from functools import partial
from typing import Any

import pytest

from tests.accounts.test_at_once import at_once
from tests.crash import kill_at_each_step
from tests.working import member
from upheld import ledger, vault
from upheld.cases import glass
from upheld.cases.errors import NotWaiting
from upheld.cases.models import Case, Glass, Oddity
from upheld.contact import verbs as contact
from upheld.contact.models import Letter
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.staff.models import Member

pytestmark = pytest.mark.django_db(transaction=True)


def some_ask() -> None:
    subject = vault.new_subject()
    contact.add_address(subject, email="crash@example.org", source="account", by=Actor.person(subject))
    member("privacy")
    glass.ask(subject, reason="court_order", by=member("support"))


def they_agree() -> None:
    glass.agree(Glass.objects.get(), by=Member.objects.get(jobs=["privacy"]))


def it_is_all_or_nothing() -> None:
    agreed = Glass.objects.exclude(agreed_by=None).count()
    counts = [rows.count() for rows in (Case.objects, Oddity.objects, Letter.objects)]
    assert counts == [agreed] * 3, counts
    assert ledger.Entry.objects.filter(act=Act.GLASS_AGREE).count() == agreed


def test_agreeing_survives_a_crash_anywhere() -> None:
    assert kill_at_each_step(they_agree, before=some_ask, check=it_is_all_or_nothing) > 3


def test_of_two_who_agree_and_one_who_refuses_one_is_heard(letters: object) -> None:
    subject = vault.new_subject()
    contact.add_address(subject, email="crash@example.org", source="account", by=Actor.person(subject))
    asked = glass.ask(subject, reason="safety", by=member("support"))

    def answer(verb: Any, by: Member) -> Any:
        try:
            return verb(asked, by=by)
        except NotWaiting as refused:
            return refused

    others = [member("billing") for _ in range(3)]
    verbs = (glass.agree, glass.agree, glass.refuse)
    answers = at_once(*[partial(answer, verb, each) for verb, each in zip(verbs, others, strict=True)])
    assert sum(isinstance(each, NotWaiting) for each in answers) == 2
    asked.refresh_from_db()
    assert (asked.agreed_by is None) == (asked.refused_at is not None)
    assert Letter.objects.filter(kind="emergency_opened").count() == Case.objects.count() == (asked.refused_at is None)
