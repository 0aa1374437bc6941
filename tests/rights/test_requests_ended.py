"""The privacy officer is reminded, ends a request with an answer, and a concern is never without an owner or a date."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.conf import settings
from django.utils import timezone

from tests.rights.conftest import Planted
from tests.rights.requesting import ADDRESS, CONFIRM, MAILBOX, ask, fresh, last, officer, secret, words
from upheld import vault
from upheld.contact.models import Address
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation, Message
from upheld.policy import Refused
from upheld.policy.actors import Actor, Case
from upheld.rights import verbs
from upheld.rights.checks import overseeing
from upheld.rights.errors import IsOver, NoSuchPromise, NotAnEnd, OutcomeMissing, ReasonMissing
from upheld.rights.models import Request, Right, State
from upheld.rights.reasons import Reason
from upheld.rights.requests import ending

Letters = Callable[[], list[EmailMessage]]
WORRY = "You sold my address to a canary."
OUTCOME = "Nobody was given your address: the record shows no disclosure."


def concern(who: Planted, **more: object) -> Request:
    return verbs.raise_concern(who.subject, text=WORRY, way="letter", by=MAILBOX, **more)


def restriction(letters: Letters) -> Request:
    ask([Right.RESTRICTION])
    found = verbs.confirm(secret(CONFIRM, last(letters)), by=Actor.visitor())
    assert isinstance(found, list)
    return found[0]


def test_a_concern_is_acknowledged_at_once(ann: Planted, letters: Letters) -> None:
    request = concern(ann, promise="no-sale", is_urgent=True)
    assert (request.state, request.reason, request.promise, request.is_urgent) == (
        State.IN_PROGRESS, Reason.OFFICER, "no-sale", True,
    )  # fmt: skip
    assert request.number in last(letters)
    assert ending.number_of(request) in letters()[-1]["Subject"], "so that a reply finds it"
    assert "privacy officer" in last(letters)
    assert "canary" not in last(letters)


def test_it_is_kept_sealed_in_a_conversation(ann: Planted, letters: Letters) -> None:
    request = concern(ann)
    found = Conversation.objects.get(subject=ann.subject, pk=request.conversation)
    assert found.reason == "concern"
    [said] = conversations.read(found, by=officer(request))
    assert said.text == WORRY
    assert WORRY.encode() not in bytes(Message.objects.get().sealed)


def test_a_promise_that_is_none_is_refused(ann: Planted) -> None:
    with pytest.raises(NoSuchPromise):
        concern(ann, promise="free-beer")
    assert not Request.objects.exists()


def test_concerns_are_taken_however_many_are_open(ann: Planted, letters: Letters) -> None:
    assert len({concern(ann).number for _ in range(5)}) == 5
    assert ask([Right.ACCESS]), "and keep nobody from their rights"


def test_an_outcome_goes_out_through_the_conversation(ann: Planted, letters: Letters) -> None:
    request = concern(ann)
    ended = verbs.end(request, state=State.FULFILLED, outcome=OUTCOME, by=officer(request))
    assert (ended.state, ended.ended_at is not None) == (State.FULFILLED, True)
    said = " ".join(last(letters).split())
    assert OUTCOME in said
    assert "data protection authority" in said
    assert Conversation.objects.get().closed_at


def test_one_whose_conversation_is_closed_ends_by_letter(ann: Planted, letters: Letters) -> None:
    request = concern(ann)
    closed = conversations.close(Conversation.objects.get(), by=ann.by).closed_at
    assert verbs.end(request, state=State.FULFILLED, outcome=OUTCOME, by=officer(request)).ended_at
    assert OUTCOME in " ".join(last(letters).split())
    assert Conversation.objects.get().closed_at == closed
    assert overseeing.concerns().upheld


def test_one_of_somebody_who_cannot_be_reached_ends_without_a_letter(ann: Planted, letters: Letters) -> None:
    request, count = concern(ann), len(letters())
    Address.objects.filter(subject=ann.subject).delete()
    assert verbs.end(request, state=State.FULFILLED, outcome=OUTCOME, by=officer(request)).ended_at
    assert len(letters()) == count
    assert Conversation.objects.get().closed_at
    assert overseeing.concerns().upheld


def test_an_erasure_that_is_carried_out_is_not_ended(ann: Planted, letters: Letters) -> None:
    [request] = ask([Right.ERASURE])
    Request.objects.update(state=State.IN_PROGRESS, reason=Reason.ERASING)
    count = len(letters())
    with pytest.raises(IsOver):
        verbs.end(request, state=State.DENIED, reason=Reason.CLAIM_NOT_COVERED, by=officer(request))
    assert fresh(request).state == State.IN_PROGRESS
    assert len(letters()) == count


def test_a_concern_has_an_outcome_in_words(ann: Planted, letters: Letters) -> None:
    request = concern(ann)
    with pytest.raises(OutcomeMissing):
        verbs.end(request, state=State.FULFILLED, outcome="  ", by=officer(request))
    assert fresh(request).state == State.IN_PROGRESS


def test_a_request_without_conversation_is_answered_by_letter(ann: Planted, letters: Letters) -> None:
    request = restriction(letters)
    verbs.end(request, state=State.DENIED, reason=Reason.CLAIM_NOT_COVERED, by=officer(request))
    said = " ".join(last(letters).split())
    assert request.number in said
    assert "The law does not give this right in this case." in said
    assert "data protection authority" in said
    assert letters()[-1]["To"] == ADDRESS


def test_no_is_said_with_a_reason(ann: Planted, letters: Letters) -> None:
    request = restriction(letters)
    for reason in ("", "confirmed", "nonsense"):
        with pytest.raises(ReasonMissing):
            verbs.end(request, state=State.DENIED, reason=reason, by=officer(request))
    with pytest.raises(NotAnEnd):
        verbs.end(request, state="expired", by=officer(request))


def test_what_has_ended_stays_so(ann: Planted, letters: Letters) -> None:
    request = restriction(letters)
    verbs.end(request, state=State.FULFILLED, by=officer(request))
    with pytest.raises(IsOver):
        verbs.end(request, state=State.FULFILLED, by=officer(request))


def test_staff_end_it_on_its_case_alone(ann: Planted, bob: Planted, letters: Letters) -> None:
    request = concern(ann)
    other = Actor.staff(bob.subject, job="privacy", case=Case("concern", request.pk, bob.subject))
    support = Actor.staff(bob.subject, job="support", case=Case("concern", request.pk, ann.subject))
    for by in (other, support, ann.by, bob.by, Actor.operator()):
        with pytest.raises(Refused):
            verbs.end(request, state=State.FULFILLED, outcome=OUTCOME, by=by)
    assert fresh(request).state == State.IN_PROGRESS


def test_the_officer_is_reminded_twice(ann: Planted, letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.HOME.settings, "privacy.officer", "officer@example.org")
    request, count = concern(ann), len(letters())
    told = []
    for day in (10, 16, 17, 26, 27, 40):
        Request.objects.update(asked_at=timezone.now() - timedelta(days=day))
        found = fresh(request)
        Request.objects.update(due_at=found.asked_at + timedelta(days=31))
        told.append(verbs.remind_due())
    assert told == [0, 1, 0, 1, 0, 0]
    reminders = letters()[count:]
    assert {letter["To"] for letter in reminders} == {"officer@example.org"}
    assert all(request.number in words(letter) for letter in reminders)
    assert not any("canary" in words(letter) for letter in reminders)
    assert vault.find(type(ann_address(ann)), "email", "officer@example.org") is None


def ann_address(ann: Planted) -> vault.Personal:
    found: Address = Address.objects.get(subject=ann.subject)
    return found


def test_nobody_is_reminded_of_what_waits_for_the_person(ann: Planted, letters: Letters) -> None:
    ask([Right.ERASURE])
    Request.objects.update(asked_at=timezone.now() - timedelta(days=60), due_at=timezone.now())
    assert verbs.remind_due() == 0


def test_without_a_setting_the_contact_of_the_policy_is_told(ann: Planted, letters: Letters) -> None:
    concern(ann)
    Request.objects.update(asked_at=timezone.now() - timedelta(days=30), due_at=timezone.now())
    assert verbs.remind_due() == 1
    assert letters()[-1]["To"] == "hello@webmr.io"


def test_what_was_written_for_a_request_that_is_over_is_closed(ann: Planted, letters: Letters) -> None:
    """So that its time to be kept begins to run."""
    for over in ("withdraw", "disown", "expire"):
        about = conversations.begin(ann.subject, title="", text=WORRY, reason="rights", by=MAILBOX, acknowledged=False)
        [request] = ask([Right.RECTIFICATION], conversation=about.id)
        link = secret(CONFIRM, last(letters))
        if over == "withdraw":
            verbs.withdraw(request, by=ann.by)
        elif over == "disown":
            verbs.disown(link, by=Actor.visitor())
        else:
            Request.objects.filter(pk=request.pk).update(asked_at=timezone.now() - timedelta(days=8))
            assert verbs.expire_due() == 1
        assert Conversation.objects.get(pk=about.pk).closed_at, over


def test_a_conversation_stays_open_while_anything_is_open_about_it(ann: Planted, letters: Letters) -> None:
    first = concern(ann)
    [other] = ask([Right.RESTRICTION], conversation=first.conversation)
    verbs.end(first, state=State.FULFILLED, outcome=OUTCOME, by=officer(first))
    assert Conversation.objects.get().closed_at is None
    verbs.withdraw(other, by=ann.by)
    assert Conversation.objects.get().closed_at
