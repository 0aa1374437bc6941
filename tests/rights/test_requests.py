"""Somebody asks by letter; the address on file says whether it is theirs; and what was asked is done."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone

from tests.rights.conftest import Planted
from tests.rights.requesting import ADDRESS, CODE, CONFIRM, MAILBOX, ask, fresh, last, secret, words
from upheld import ledger
from upheld.contact import verbs as contact
from upheld.contact.models import Choice
from upheld.policy import Refused
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import verbs
from upheld.rights.answers import NotConfirmable, TooManyOpen
from upheld.rights.errors import IsOver
from upheld.rights.models import Request, RequestStep, Right, State, Token
from upheld.rights.reasons import Reason

Letters = Callable[[], list[EmailMessage]]
NOBODY = Actor.visitor()


def test_news_is_refused_at_once(ann: Planted, letters: Letters) -> None:
    [request] = ask([Right.OPT_OUT])
    assert (request.state, request.due_at.tzinfo is not None) == (State.FULFILLED, True)
    assert not any(Choice.objects.standing(ann.subject).values())
    assert "no more news" in last(letters)


def test_an_objection_stops_news_and_waits_for_a_person(ann: Planted, letters: Letters) -> None:
    conversation = begun(ann)
    [request] = ask([Right.OBJECTION], conversation=conversation)
    assert (request.state, request.reason) == (State.IN_PROGRESS, Reason.OFFICER)
    assert not any(Choice.objects.standing(ann.subject).values())
    assert request.number in last(letters)


def begun(who: Planted) -> object:
    from upheld.conversations import verbs as conversations

    return conversations.begin(
        who.subject, title="", text="I object to all of it.", reason="rights", by=MAILBOX, acknowledged=False
    ).id


def test_several_rights_wait_for_one_word(ann: Planted, letters: Letters) -> None:
    found = ask([Right.ERASURE, Right.ACCESS])
    assert [(each.right, each.state) for each in found] == [
        (Right.ACCESS, State.NEED_VERIFICATION),
        (Right.ERASURE, State.NEED_VERIFICATION),
    ]
    assert len(letters()) == Token.objects.count() == 1
    assert Request.objects.standing().count() == 2


def test_the_letter_repeats_nothing(ann: Planted, letters: Letters) -> None:
    ask([Right.ERASURE])
    assert not any(value in last(letters) for value in ann.values.values())
    assert letters()[-1]["To"] == ADDRESS


def test_no_secret_is_kept(ann: Planted, letters: Letters) -> None:
    ask([Right.ERASURE])
    code = secret(CODE, last(letters))
    rows = [str(value) for row in Token.objects.values_list() for value in row]
    assert not any(code in row or code in bytes(Token.objects.get().digest).hex() for row in rows)
    assert not any(code in bytes(entry.body).decode() for entry in ledger.Entry.objects.all())


def test_a_reply_with_the_code_confirms(ann: Planted, letters: Letters) -> None:
    [request] = ask([Right.ERASURE])
    code = verbs.secret_in(f"Re: {letters()[-1]['Subject']}")
    assert code
    [confirmed] = verbs.confirm(code, sender=ADDRESS, by=MAILBOX)
    assert (confirmed.pk, confirmed.state, confirmed.reason) == (request.pk, State.IN_PROGRESS, Reason.CONFIRMED)


def test_each_change_is_on_record(ann: Planted, letters: Letters) -> None:
    [request] = ask([Right.RESTRICTION])
    verbs.confirm(secret(CONFIRM, last(letters)), by=NOBODY)
    steps = list(RequestStep.objects.filter(request=request.pk).order_by("id").values_list("state", flat=True))
    assert steps == [State.OPEN, State.NEED_VERIFICATION, State.IN_PROGRESS]
    entries = ledger.Entry.objects.of(ann.subject).filter(act__startswith="rights:request")
    assert [(each.act, each.facts["state"]) for each in entries] == [
        (Act.REQUEST_OPEN, State.OPEN),
        (Act.REQUEST_STEP, State.NEED_VERIFICATION),
        (Act.REQUEST_CONFIRM, State.IN_PROGRESS),
    ]
    assert [each.by["kind"] for each in entries] == ["system", "system", "person"]


def test_the_code_alone_serves_nobody_but_its_address(ann: Planted, bob: Planted, letters: Letters) -> None:
    [request] = ask([Right.ERASURE])
    code = secret(CODE, last(letters))
    for sender in (bob.values["email"], "nobody@example.org", None):
        assert isinstance(verbs.confirm(code, sender=sender, by=MAILBOX), NotConfirmable)
    assert fresh(request).state == State.NEED_VERIFICATION


def test_the_link_serves_whoever_has_it(ann: Planted, letters: Letters) -> None:
    [request] = ask([Right.RECTIFICATION])
    link = secret(CONFIRM, last(letters))
    assert [each.pk for each in verbs.asked(link)] == [request.pk]
    [confirmed] = verbs.confirm(link, by=NOBODY)
    assert (confirmed.state, confirmed.reason) == (State.IN_PROGRESS, Reason.OFFICER)


@pytest.mark.parametrize("change", [lambda s: s[:-1] + ("0" if s[-1] != "0" else "1"), lambda s: s[:10], lambda s: ""])
def test_a_link_that_was_changed_serves_nobody(ann: Planted, letters: Letters, change: Callable[[str], str]) -> None:
    ask([Right.ERASURE])
    wrong = change(secret(CONFIRM, last(letters)))
    assert not verbs.asked(wrong)
    assert not verbs.confirm(wrong, by=NOBODY)


def test_a_confirmation_counts_once(ann: Planted, letters: Letters) -> None:
    ask([Right.RESTRICTION])
    link = secret(CONFIRM, last(letters))
    assert verbs.confirm(link, by=NOBODY)
    count = len(letters())
    assert isinstance(verbs.confirm(link, by=NOBODY), NotConfirmable)
    assert isinstance(verbs.confirm(link[:10], sender=ADDRESS, by=MAILBOX), NotConfirmable)
    assert isinstance(verbs.disown(link, by=NOBODY), NotConfirmable)
    assert len(letters()) == count
    assert verbs.secret_in(f"Re: Is this request yours? [{link[:10]}]") == link[:10], "still known for one of ours"


def test_after_seven_days_it_is_over(ann: Planted, letters: Letters) -> None:
    [request] = ask([Right.ERASURE])
    link = secret(CONFIRM, last(letters))
    assert verbs.expire_due() == 0
    past = timezone.now() - timedelta(days=7, seconds=1)
    Token.objects.update(expires_at=past + timedelta(days=7))
    Request.objects.update(asked_at=past)
    assert isinstance(verbs.confirm(link, by=NOBODY), NotConfirmable)
    assert (verbs.expire_due(), verbs.expire_due()) == (1, 0)
    assert (fresh(request).state, fresh(request).reason) == (State.EXPIRED, Reason.UNCONFIRMED)


def test_it_was_not_me(ann: Planted, letters: Letters) -> None:
    found = ask([Right.ERASURE, Right.ACCESS])
    verbs.disown(secret(CODE, last(letters)), sender=ADDRESS, by=MAILBOX)
    assert {(fresh(each).state, fresh(each).reason) for each in found} == {(State.REVOKED, Reason.NOT_ME)}
    assert verbs.carry_out_due() == 0


def test_a_code_of_somebody_elses_is_none(db: None) -> None:
    assert verbs.secret_in("Re: [Newsletter] yes [K7QF2M9X4T]") is None


def test_guesses_from_one_address_are_counted(ann: Planted, letters: Letters) -> None:
    ask([Right.ERASURE])
    code = secret(CODE, last(letters))
    for _ in range(20):
        assert not verbs.confirm("0000000000", sender=ADDRESS, by=MAILBOX)
    assert not verbs.confirm(code, sender=ADDRESS, by=MAILBOX)


def test_a_fourth_is_not_taken_and_said_so_once(ann: Planted, letters: Letters) -> None:
    ask([Right.ACCESS, Right.RECTIFICATION, Right.ERASURE])
    verbs.confirm(secret(CONFIRM, last(letters)), by=NOBODY)
    count = len(letters())
    for _ in range(3):
        answer = verbs.ask([ann.subject], [Right.ACCESS, Right.OPT_OUT], way="letter", by=MAILBOX)
        assert isinstance(answer, TooManyOpen)
        assert not answer
    assert Request.objects.standing().count() == 3
    assert sum("no fourth one" in words(letter) for letter in letters()[count:]) == 1
    assert not contact.may_write(ann.subject, "news.specials"), "what needs no word is never kept from anyone"


def test_what_waits_is_asked_about_again_and_fills_nothing_up(ann: Planted, letters: Letters) -> None:
    waiting = ask([Right.ACCESS, Right.RECTIFICATION, Right.RESTRICTION])
    [request] = ask([Right.ERASURE])
    for _ in range(9):
        assert ask([Right.ERASURE]) == [request]
    assert {each.pk for each in Request.objects.all()} == {each.pk for each in (*waiting, request)}
    assert len(letters()) == 8, "a few times a day"
    verbs.confirm(secret(CONFIRM, last(letters)), by=NOBODY)
    assert fresh(request).state == State.IN_PROGRESS


def test_a_yes_to_one_letter_is_none_to_the_words_of_another(ann: Planted, letters: Letters) -> None:
    [theirs] = ask([Right.RECTIFICATION], conversation=begun(ann))
    [another] = ask([Right.RECTIFICATION], conversation=begun(ann))
    verbs.confirm(secret(CONFIRM, last(letters)), by=NOBODY)
    assert [fresh(each).state for each in (theirs, another)] == [State.NEED_VERIFICATION, State.IN_PROGRESS]


def test_what_will_end_soon_waits_anew(ann: Planted, letters: Letters) -> None:
    [before] = ask([Right.ERASURE])
    Request.objects.update(asked_at=timezone.now() - timedelta(days=6))
    [again] = ask([Right.ERASURE])
    assert again.pk != before.pk


def test_one_that_ended_makes_room(ann: Planted, letters: Letters) -> None:
    found = ask([Right.ACCESS, Right.RECTIFICATION, Right.ERASURE])
    verbs.confirm(secret(CONFIRM, last(letters)), by=NOBODY)
    verbs.withdraw(found[0], by=ann.by)
    assert ask([Right.ACCESS])
    with pytest.raises(IsOver):
        verbs.withdraw(found[0], by=ann.by)


def test_nobody_takes_back_what_is_not_theirs(ann: Planted, bob: Planted, letters: Letters) -> None:
    [request] = ask([Right.ERASURE])
    with pytest.raises(Refused):
        verbs.withdraw(request, by=bob.by)


def test_whoever_is_signed_in_need_not_confirm(ann: Planted, letters: Letters) -> None:
    [request] = verbs.ask([ann.subject], [Right.RECTIFICATION], way="site", by=ann.by)
    assert (request.state, request.reason, request.way) == (State.IN_PROGRESS, Reason.OFFICER, "site")
    assert request.number in last(letters)


def test_a_reminder_is_answered_with_what_is_open(ann: Planted, letters: Letters) -> None:
    assert verbs.status([ann.subject], by=MAILBOX) == []
    assert letters() == []
    found = ask([Right.ACCESS, Right.RESTRICTION])
    assert verbs.status([ann.subject], by=MAILBOX, answers="<1@example.org>") == found
    assert all(each.number in last(letters) for each in found)
    assert letters()[-1]["In-Reply-To"] == "<1@example.org>"


def test_an_unknown_address_asks_nothing(db: None) -> None:
    assert verbs.ask(verbs.writers("nobody@example.org"), [Right.ERASURE], way="letter", by=MAILBOX) == []
    assert not Request.objects.exists()


def test_they_read_in_words_what_they_asked_for(ann: Planted, letters: Letters) -> None:
    [request] = ask([Right.RESTRICTION])
    verbs.confirm(secret(CONFIRM, last(letters)), by=NOBODY)
    said = {record.label: record.words for record in verbs.see(ann.subject, by=ann.by).records}
    assert said["request"] == f"Number {request.number}, to have us use your data no further for now: in progress."
    assert said["request_step"] == "From then on: in progress. It was confirmed, and is carried out now."
    assert said["token"] == "To say that a request is yours; it was used."
