"""Staff propose a correction; nothing changes before the person says yes, and no value shows on the way."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone

from tests.rights.conftest import Planted
from tests.rights.requesting import CONFIRM, DIGITS, ask, fresh, last, officer, secret, words
from tests.rights.test_buyers import bought, paid
from tests.rights.test_correcting import device
from upheld import ledger, vault
from upheld.accounts.answers import CodeSpent, TooMany, WrongCode
from upheld.accounts.models import Session
from upheld.conversations import verbs as conversations
from upheld.home import Home
from upheld.orders.answers import Refusal
from upheld.orders.models import Order
from upheld.policy import Refused
from upheld.policy.actors import Actor, Case
from upheld.policy.acts import Act
from upheld.rights import verbs
from upheld.rights.answers import NotConfirmable
from upheld.rights.checks.search import Needle, files_showing
from upheld.rights.corrections import inviting, proposing
from upheld.rights.errors import CorrectedElsewhere, IsOver, NotHeld, NotToCorrect, Unacceptable
from upheld.rights.models import Proposal, Request, Right, State, Token
from upheld.rights.reasons import Reason
from upheld.rights.seen.tables import tables_showing
from upheld.vault.keys.models import DataKey
from upheld.vault.models import Disclosure, Notice

Letters = Callable[[], list[EmailMessage]]
LINK = re.compile(r"/rights/correction/([0-9A-Z]{26})/")
VALUE = "Canary4f1c Proposed"
NOBODY = Actor.visitor()


@pytest.fixture
def request_row(ann: Planted, letters: Letters) -> Request:
    """Confirmed by letter; the privacy officer works on it."""
    about = conversations.begin(ann.subject, title="", text="My name is wrong.", reason="rights", by=ann.by)
    ask([Right.RECTIFICATION], conversation=about.pk)
    [found] = verbs.confirm(secret(CONFIRM, last(letters)), by=NOBODY)
    return found


@pytest.fixture
def order(ann: Planted) -> Order:
    order = bought(ann)
    paid(order)
    return order


def propose(request: Request, row: vault.Personal, field: str, value: str, by: Actor | None = None) -> Proposal:
    return proposing.propose(
        request, label=row.label(), row=row.pk, field=field, value=value, by=by or officer(request)
    )


def propose_device(request: Request, person: Planted, value: str = VALUE) -> Proposal:
    item = device(person)
    return proposing.propose(request, label="session", row=item.row, field="device", value=value, by=officer(request))


def test_yes_corrects_it_and_ends_the_request(ann: Planted, request_row: Request, letters: Letters, home: Home) -> None:
    proposal = propose_device(request_row, ann)
    assert (fresh(request_row).state, fresh(request_row).reason) == (State.IN_PROGRESS, Reason.PROPOSED)
    assert device(ann).value == ann.values["device"]
    needle = Needle.of("Canary4f1c")
    assert not files_showing(needle, [path for path in home.folder.rglob("*") if path.is_file()])
    assert not [*tables_showing(needle, ann.subject)]
    assert not any("Canary" in words(letter) for letter in letters())
    assert DataKey.objects.filter(subject=ann.subject, retention="proposal").exists()
    link = secret(LINK, last(letters))
    answered = proposing.answer(link, True, by=NOBODY)
    assert isinstance(answered, Request)
    assert answered.state == State.FULFILLED
    assert device(ann).value == VALUE
    assert not Proposal.objects.filter(pk=proposal.pk).exists()
    assert not DataKey.objects.filter(subject=ann.subject, retention="proposal").exists()
    [entry] = [e for e in ledger.Entry.objects.of(ann.subject) if e.act == Act.FIELD_CORRECT]
    assert entry.facts["because"] == request_row.reference
    assert f"{request_row.number}" in last(letters)
    assert VALUE not in last(letters)
    assert not proposing.answer(link, True, by=NOBODY)


def test_no_changes_nothing_and_leaves_it_to_staff(ann: Planted, request_row: Request, letters: Letters) -> None:
    propose_device(request_row, ann)
    link = secret(LINK, last(letters))
    assert proposing.answer(link, False, by=NOBODY)
    assert (fresh(request_row).state, fresh(request_row).reason) == (State.IN_PROGRESS, Reason.OFFICER)
    assert device(ann).value == ann.values["device"]
    assert isinstance(proposing.answer(link, True, by=NOBODY), NotConfirmable)


def test_silence_is_no_yes(ann: Planted, request_row: Request, letters: Letters) -> None:
    proposal = propose_device(request_row, ann)
    assert proposing.expire_due() == 0
    Proposal.objects.update(proposed_at=timezone.now() - timedelta(days=7, minutes=1))
    assert isinstance(proposing.decide(proposal, True, by=ann.by), NotConfirmable)
    assert (proposing.expire_due(), proposing.expire_due()) == (1, 0)
    assert fresh(request_row).reason == Reason.OFFICER
    assert not Proposal.objects.exists()
    propose_device(request_row, ann)
    verbs.end(fresh(request_row), state="fulfilled", by=officer(request_row))
    assert isinstance(proposing.answer(secret(LINK, words(letters()[-2])), True, by=NOBODY), NotConfirmable)
    assert proposing.expire_due() == 1


def test_it_stays_open_until_each_is_answered_and_an_invoice_stays_as_issued(
    ann: Planted, request_row: Request, order: Order, letters: Letters
) -> None:
    Disclosure.objects.create(
        subject=ann.subject, at=timezone.now(), recipient="carrier", purpose="fulfilment", because=order.reference,
        fields=["name", "address", "country"], row=order.reference, entry=order.pk,
    )  # fmt: skip
    first, second = propose(request_row, order, "name", "Ann Right"), propose_device(request_row, ann)
    assert propose(request_row, order, "name", "Ann Righter").pk != first.pk
    assert Proposal.objects.count() == 2
    assert isinstance(proposing.decide(second, True, by=ann.by), Request)
    assert fresh(request_row).state == State.IN_PROGRESS
    done = proposing.decide(Proposal.objects.get(), True, by=ann.by)
    assert isinstance(done, Request)
    assert (done.state, done.reason) == (State.PARTLY_FULFILLED, Reason.STAYS_AS_ISSUED)
    assert any("A correction stands beside your invoice" in words(letter) for letter in letters())
    assert Notice.objects.get().reason == "corrected"
    order.refresh_from_db()
    assert vault.open(order, ["name"], by=ann.by, purpose="access")["name"] == "Ann Righter"


def test_what_does_not_fit_any_more_is_said_and_changes_nothing(
    ann: Planted, request_row: Request, letters: Letters
) -> None:
    proposal = propose_device(request_row, ann)
    vault.remove(Session.objects.get(pk=proposal.row), by=ann.by)
    answered = proposing.decide(proposal, True, by=ann.by)
    assert isinstance(answered, Refusal)
    assert "not held any more" in answered.sentence
    assert Proposal.objects.exists()
    assert proposing.decide(proposal, False, by=ann.by)


def test_what_cannot_be_proposed_is_refused(ann: Planted, bob: Planted, request_row: Request, letters: Letters) -> None:
    here, there = device(ann), device(bob)
    about = {"label": "session", "field": "device", "by": officer(request_row)}
    with pytest.raises(NotHeld):
        proposing.propose(request_row, **about | {"row": there.row, "value": VALUE})
    with pytest.raises(Unacceptable):
        proposing.propose(request_row, **about | {"row": here.row, "value": "4242 4242 4242 4242"})
    with pytest.raises(CorrectedElsewhere):
        proposing.propose(
            request_row, **about | {"row": here.row, "label": "account", "field": "password", "value": "x"}
        )
    for nobody in (ann.by, Actor.operator(), Actor.system("rights")):
        with pytest.raises(Refused):
            proposing.propose(request_row, **about | {"row": here.row, "value": VALUE, "by": nobody})
    other = Actor.staff(bob.subject, job="privacy", case=Case("rights_request", bob.subject, bob.subject))
    with pytest.raises(Refused):
        proposing.propose(request_row, **about | {"row": here.row, "value": VALUE, "by": other})
    [erasure] = ask([Right.ERASURE])
    with pytest.raises(NotToCorrect):
        proposing.propose(erasure, **about | {"row": here.row, "value": VALUE})
    verbs.end(request_row, state="denied", reason="other", by=officer(request_row))
    with pytest.raises(IsOver):
        proposing.propose(request_row, **about | {"row": here.row, "value": VALUE})
    assert not Proposal.objects.exists()


def test_somebody_elses_word_counts_for_nothing(ann: Planted, bob: Planted, request_row: Request) -> None:
    proposal = propose_device(request_row, ann)
    with pytest.raises(Refused):
        proposing.decide(proposal, True, by=bob.by)
    assert not proposing.answer("nonsense", True, by=NOBODY)
    assert device(ann).value == ann.values["device"]


def test_the_fields_are_named_and_nothing_is_opened(ann: Planted, request_row: Request, order: Order) -> None:
    before = ledger.Entry.objects.of(ann.subject).filter(act=Act.FIELD_OPEN).count()
    found = {(each.label, each.field): each for each in proposing.fields(request_row)}
    assert ("order", "name") in found
    assert ("session", "device") in found
    assert not {("account", "password"), ("card", "token"), ("address", "email")} & found.keys()
    assert found["order", "name"].title == "An order, Name"
    assert ledger.Entry.objects.of(ann.subject).filter(act=Act.FIELD_OPEN).count() == before


def test_a_letter_leads_to_correcting_it_oneself(ann: Planted, request_row: Request, letters: Letters) -> None:
    [told] = [words(letter) for letter in letters() if "correct it at once" in words(letter)]
    link = secret(LINK, told)
    assert isinstance(inviting.enter(link, "000000"), CodeSpent)
    assert inviting.send_code(link, by=NOBODY) is True
    code = secret(DIGITS, last(letters))
    assert isinstance(inviting.enter(link, f"{(int(code) + 1) % 10**6:06}"), WrongCode)
    entered = inviting.enter(link, code)
    assert isinstance(entered, Token)
    assert entered.subject == ann.subject
    assert isinstance(inviting.enter(link, code), CodeSpent)
    assert [isinstance(inviting.enter(link, code), TooMany) for _ in range(2)][-1]
    done = inviting.settle(link, by=NOBODY)
    assert isinstance(done, Request)
    assert done.state == State.FULFILLED
    assert not inviting.settle(link, by=NOBODY)
    assert not inviting.send_code(link, by=NOBODY)


def test_an_erased_person_leaves_no_proposal(ann: Planted, request_row: Request, letters: Letters) -> None:
    proposal = propose_device(request_row, ann)
    link = secret(LINK, last(letters))
    vault.shred(ann.subject, by=ann.by)
    assert not Proposal.objects.filter(pk=proposal.pk).exists()
    assert not proposing.answer(link, True, by=NOBODY)
    assert not inviting.about(link)
