"""Requests are killed before each step of their verbs, and carried on: nothing is lost, doubled, or half done."""

import json
from typing import Any
from uuid import UUID

from tests.crash import kill_at_each_step
from tests.rights.conftest import plant
from tests.rights.requesting import ADDRESS, CONFIRM, COPY, ask, deliver, folder, secret
from upheld import ledger, vault
from upheld.contact.models import Letter
from upheld.home import Home
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import verbs
from upheld.rights.erasure.erasing import look_again
from upheld.rights.models import Request, RequestStep, Right, State, Token
from upheld.rights.reasons import Reason

VALUES = {"email": ADDRESS, "password": "canary-hash-of-ann", "device": "Canary on Ann"}


def told(**facts: Any) -> None:
    (Home.here().folder / "told.json").write_text(json.dumps({**heard(), **facts}))


def heard() -> dict[str, Any]:
    file = Home.here().folder / "told.json"
    return json.loads(file.read_text()) if file.exists() else {}


def plant_her() -> None:
    told(subject=str(plant(VALUES).subject))


def ask_for_both() -> None:
    ask([Right.ACCESS, Right.OPT_OUT])


def both_or_nothing() -> None:
    """All that she asked for and the letter, or nothing of it, and then her letter is taken again."""
    if not Request.objects.exists():
        assert not Token.objects.exists()
        assert not Letter.objects.exists()
        ask_for_both()
    states = sorted(Request.objects.values_list("right", "state"))
    assert states == [("access", State.NEED_VERIFICATION), ("opt_out", State.FULFILLED)]
    assert sorted(Letter.objects.values_list("kind", flat=True)) == ["confirm_requests", "opted_out"]
    assert Token.objects.count() == 1
    each_step_is_on_record()


def each_step_is_on_record() -> None:
    acts = [Act.REQUEST_OPEN, Act.REQUEST_STEP, Act.REQUEST_CONFIRM]
    entries = ledger.Entry.objects.filter(act__in=acts).order_by("id")
    steps = RequestStep.objects.order_by("id")
    assert [each.facts["state"] for each in entries] == [each.state for each in steps]


def asked_for(*rights: Right) -> None:
    plant_her()
    ask(rights)
    deliver()
    told(link=secret(CONFIRM, folder()[-1]))


def asked_for_correction() -> None:
    asked_for(Right.RECTIFICATION)


def confirm_it() -> None:
    verbs.confirm(heard()["link"], by=Actor.visitor())


def it_is_confirmed_once() -> None:
    """Whoever is not sure asks again."""
    confirm_it()
    assert set(Request.objects.values_list("state", flat=True)) == {State.IN_PROGRESS}
    assert Token.objects.exclude(used_at=None).count() == 1
    assert list(Letter.objects.values_list("kind", flat=True)).count("requests_taken") == 1
    each_step_is_on_record()


def confirmed_access() -> None:
    asked_for(Right.ACCESS)
    confirm_it()


def confirmed_erasure() -> None:
    asked_for(Right.ERASURE)
    confirm_it()


def carry_out() -> None:
    verbs.carry_out_due()


def one_copy_is_offered() -> None:
    verbs.carry_out_due()
    deliver()
    [request] = Request.objects.all()
    assert request.reason == Reason.COPY_READY
    links = [text for text in folder() if COPY.search(text)]
    assert len(links) == Token.objects.filter(use="fetch").count() == 1
    assert verbs.copy(secret(COPY, links[0])) == request
    each_step_is_on_record()


def she_is_erased_and_told_once() -> None:
    """The worker carries on by the same verbs as ever."""
    verbs.carry_out_due()
    verbs.resume()
    vault.resume()
    deliver()
    subject = UUID(heard()["subject"])
    assert not any(count for _, count in look_again(subject))
    acts = list(ledger.Entry.objects.of(subject).values_list("act", flat=True))
    assert (acts.count(Act.SUBJECT_ERASE), acts.count(Act.SUBJECT_SHRED)) == (1, 1)
    assert verbs.receipt(subject).clean
    assert sum("being deleted" in text for text in folder()) == 1
    assert not Request.objects.exists()


def test_an_ask_is_taken_whole() -> None:
    assert kill_at_each_step(ask_for_both, before=plant_her, check=both_or_nothing) > 10


def test_a_confirmation_counts_once() -> None:
    assert kill_at_each_step(confirm_it, before=asked_for_correction, check=it_is_confirmed_once) > 5


def test_a_copy_is_offered_once() -> None:
    assert kill_at_each_step(carry_out, before=confirmed_access, check=one_copy_is_offered) > 5


def test_an_erasure_is_carried_to_its_end() -> None:
    assert kill_at_each_step(carry_out, before=confirmed_erasure, check=she_is_erased_and_told_once) > 10
