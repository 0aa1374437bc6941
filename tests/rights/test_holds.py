"""The privacy officer holds what a law has us keep: an erasure waits, says so, and goes on by itself."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

import pytest

from tests.accounts.test_at_once import at_once
from tests.rights.conftest import Planted
from tests.rights.requesting import CONFIRM, ask, fresh, last, officer, secret, words
from upheld import ledger, vault
from upheld.contact.models import Letter
from upheld.policy import Refused
from upheld.policy.actors import Actor, Case
from upheld.policy.acts import Act
from upheld.rights import promises, verbs
from upheld.rights.checks import rehearsal, rehearsed
from upheld.rights.erasure import waiting
from upheld.rights.erasure.rereading import look_again
from upheld.rights.errors import CarriedOut, Waits
from upheld.rights.models import MadeUp, Request, Right, State
from upheld.rights.reasons import Reason
from upheld.vault import holding, restricting
from upheld.vault.errors import Erased
from upheld.vault.keys.models import Erasure
from upheld.vault.models import Hold

pytestmark = pytest.mark.django_db(transaction=True)
Letters = Callable[[], list[EmailMessage]]
LATER = holding.today() + timedelta(days=30)


def on_case(subject: UUID) -> Actor:
    return Actor.staff(UUID(int=3), job="privacy", case=Case("rights_request", subject, subject))


def held(someone: Planted) -> Hold:
    return verbs.place_hold(someone.subject, reason="litigation", until=LATER, by=on_case(someone.subject))


def is_gone(someone: Planted) -> bool:
    return vault.is_erased(someone.subject) and not any(count for _, count in look_again(someone.subject))


def confirmed(letters: Letters, *rights: Right) -> list[Request]:
    ask(rights)
    found = verbs.confirm(secret(CONFIRM, last(letters)), by=Actor.visitor())
    assert isinstance(found, list)
    return found


def test_a_confirmed_erasure_waits_and_goes_on_when_the_hold_ends(ann: Planted, letters: Letters) -> None:
    [request] = confirmed(letters, Right.ERASURE)
    hold = verbs.place_hold(request, reason="litigation", until=LATER, by=officer(request))
    assert "before a court" in last(letters)
    assert [verbs.carry_out_due(), verbs.carry_out_due(), verbs.resume()] == [1, 0, 0]
    found = fresh(request)
    assert (found.state, found.reason) == (State.ON_HOLD, Reason.LEGAL_HOLD)
    assert waiting.why(ann.subject) == waiting.Wait(Reason.LEGAL_HOLD, LATER)
    assert not Erasure.objects.exists()
    with pytest.raises(CarriedOut):
        verbs.end(request, state=State.DENIED, reason="kept_by_law", by=officer(request))
    verbs.end_hold(hold, by=officer(request))
    assert "need not be kept any more" in last(letters)
    assert verbs.resume() == 1
    assert is_gone(ann)
    said = [words(each) for each in letters()]
    assert not any(value in letter for letter in said for value in ann.values.values())


def test_it_ends_by_itself_after_its_day(
    ann: Planted, bob: Planted, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = held(ann)
    verbs.place_hold(bob.subject, reason="claim", until=LATER + timedelta(days=1), by=on_case(bob.subject))
    with pytest.raises(Waits):
        verbs.erase(ann.subject, by=ann.by)
    monkeypatch.setattr(holding, "today", lambda: LATER + timedelta(days=1))
    assert (verbs.end_over(), verbs.end_over()) == (1, 0)
    hold.refresh_from_db()
    assert hold.released_at
    [release] = ledger.Entry.objects.filter(act=Act.HOLD_RELEASE)
    assert (release.by["kind"], release.subject) == ("system", ann.subject)
    assert verbs.resume() == 1
    assert (is_gone(ann), is_gone(bob)) == (True, False)


def test_the_person_is_told_in_their_language_at_both_moments(ann: Planted, letters: Letters) -> None:
    confirmed(letters, Right.ACCESS)
    Request.objects.update(language="xx")
    first = held(ann)
    second = verbs.place_hold(ann.subject, reason="claim", until=LATER, by=on_case(ann.subject))
    verbs.end_hold(first, by=on_case(ann.subject))
    kinds = Letter.objects.filter(kind__in=["hold_placed", "hold_ended"]).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["hold_placed", "hold_placed"], "another one stands"
    verbs.end_hold(second, by=on_case(ann.subject))
    verbs.end_hold(second, by=on_case(ann.subject))
    assert list(kinds.all()) == ["hold_placed", "hold_placed", "hold_ended"]


def test_only_the_officer_places_one_and_never_on_the_erased(ann: Planted, bob: Planted) -> None:
    for by in (ann.by, Actor.operator(), on_case(bob.subject)):
        with pytest.raises(Refused):
            verbs.place_hold(ann.subject, reason="claim", until=LATER, by=by)
    verbs.erase(ann.subject, by=ann.by)
    with pytest.raises(Erased):
        held(ann)
    assert not Hold.objects.exists()
    assert not Letter.objects.filter(kind="hold_placed").exists()


def test_of_a_hold_and_an_erasure_at_once_one_is_carried_out(ann: Planted, letters: Letters) -> None:
    def hold() -> object:
        try:
            return held(ann)
        except Erased:
            return None

    def erase() -> object:
        try:
            return verbs.erase(ann.subject, by=ann.by)
        except Waits:
            return None

    stands, erased = at_once(hold, erase)
    assert bool(stands) is not bool(erased)
    assert is_gone(ann) is bool(erased)
    if stands:
        verbs.end_hold(stands, by=on_case(ann.subject))
        verbs.resume()
        assert is_gone(ann)


def test_the_checks_see_what_is_let_go_or_opened_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rehearsed.forget()
    with monkeypatch.context() as patch:
        patch.setattr(holding, "refuse_held", lambda _: None)
        patch.setattr(restricting, "refuse_restricted", lambda *_: None)
        held, refused = promises.held(), promises.refused_uses()
    rehearsed.forget()
    assert (held.upheld, refused.upheld) == (False, False)
    assert "was deleted under a hold" in held.details[0]
    assert "opened for billing, which they refused" in refused.details
    assert not MadeUp.objects.filter(gone_at=None).exists()


def test_nobody_who_was_made_up_stays_held() -> None:
    """A check that is killed while its hold stands is swept as any other."""
    with rehearsal.somebody_made_up() as nobody:
        by = rehearsal.staff("rights_request", nobody.subject, nobody.subject)
        holding.place(nobody.subject, reason="claim", until=LATER, by=by)
    assert not Hold.objects.exists()
    assert not MadeUp.objects.filter(gone_at=None).exists()
