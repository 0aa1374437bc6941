"""An erasure waits for what is ordered, for the days in which it can be taken back, and goes on by itself."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone

from tests.orders.conftest import Shop, fresh, processor, shop, staff, started, steps, typed
from tests.people import Person
from tests.rights.conftest import Planted
from tests.rights.requesting import ADDRESS, CONFIRM, ask, last, secret, words
from tests.rights.requesting import fresh as fresh_request
from upheld import ledger, vault
from upheld.contact.models import Letter
from upheld.orders import verbs as orders
from upheld.orders.sums import sums_of
from upheld.policy import Refused, force, loads
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import links, verbs
from upheld.rights.erasure import beginning, keep_links, keeping, waiting
from upheld.rights.erasure.planning import plan
from upheld.rights.erasure.rereading import look_again
from upheld.rights.errors import IsOver, Waits
from upheld.rights.models import ErasureRequest, Right, State
from upheld.rights.reasons import Reason
from upheld.vault import holding, restricting
from upheld.vault.errors import Restricted
from upheld.web import progress

__all__ = ["processor", "shop", "started", "typed"]

Letters = Callable[[], list[EmailMessage]]
erases = pytest.mark.django_db(transaction=True, databases="__all__")
OFFICER = Actor.system("holds")


@pytest.fixture
def three_days(tmp_path: object) -> Iterator[None]:
    """The policy in force lets people take a deletion back for three days."""
    before, policy = force.published().directory, force.in_force()
    text = policy.text.replace(b"\nretention:\n", b"\nerasure: {undo: 3d}\nretention:\n", 1)
    force.configure(f"{tmp_path}/policy").add(loads(text))
    yield
    force.configure(before)


def asks(someone: Planted | Person, settle: str = waiting.CANCEL) -> waiting.Wait:
    by = Actor.person(someone.subject)
    with pytest.raises(Waits) as found:
        verbs.erase(someone.subject, settle=settle, by=by)
    return found.value.wait


def is_gone(someone: Planted | Person) -> bool:
    return vault.is_erased(someone.subject) and not any(count for _, count in look_again(someone.subject))


def days_pass(days: int) -> None:
    for row in ErasureRequest.objects.all():
        row.asked_at -= timedelta(days=days)
        row.due_at = row.due_at and row.due_at - timedelta(days=days)
        row.save()


@erases
def test_what_was_ordered_is_delivered_first(shop: Shop, person: Person, letters: Letters) -> None:
    order = shop.placed("guide", who=person)
    assert plan(person.subject).open_orders == (order.number,)
    wait = asks(person, waiting.DELIVER)
    assert (wait.reason, waiting.why(person.subject)) == (Reason.AWAITS_DELIVERY, wait)
    assert "/rights/keep/" in last(letters)
    assert "delivered first" in last(letters)
    assert verbs.resume() == 0, "it waits"
    by = staff(order)
    orders.pack(order, by=by)
    orders.ship(order, by=by, tracking="CANARY123")
    assert verbs.resume() == 0, "it is on its way"
    orders.deliver(fresh(order), by=by)
    assert waiting.why(person.subject) is None
    assert verbs.resume() == 1
    assert is_gone(person)
    assert sums_of(fresh(order)).captured, "it was delivered, and paid for"
    assert "receipt" in last(letters)
    assert links.read(last(letters).split("/rights/receipt/")[1].split("/")[0]) == person.subject


@erases
def test_what_is_not_delivered_in_time_is_cancelled(shop: Shop, person: Person) -> None:
    order = shop.placed("guide", who=person)
    asks(person, waiting.DELIVER)
    days_pass(59)
    assert verbs.resume() == 0
    days_pass(1)
    assert verbs.resume() == 1
    assert is_gone(person)
    assert (sums_of(fresh(order)).reserved, sums_of(fresh(order)).held) == (0, 0)


@erases
def test_whoever_thinks_again_has_it_cancelled_now(shop: Shop, person: Person) -> None:
    order = shop.placed("guide", who=person)
    asks(person, waiting.DELIVER)
    assert verbs.erase(person.subject, settle=waiting.CANCEL, by=person.me).clean
    assert sums_of(fresh(order)).reserved == 0


@erases
def test_without_open_orders_nothing_waits(person: Person) -> None:
    assert verbs.erase(person.subject, settle=waiting.DELIVER, by=person.me).clean


def test_it_is_taken_back_in_time(three_days: None, ann: Planted, letters: Letters) -> None:
    assert plan(ann.subject).wait
    wait = asks(ann)
    assert (wait.reason, wait.day) == (Reason.UNDO_WINDOW, (datetime.now(UTC) + timedelta(days=3)).date())
    restricted = restricting.restricted(ann.subject)
    assert "news.specials" in restricted
    assert "reply" not in restricted
    address = next(row for row in vault.rows_of(ann.subject) if row.label() == "address")
    with pytest.raises(Restricted):
        vault.open(address, ["email"], by=Actor.system("letters"), purpose="billing")
    assert (verbs.resume(), verbs.resume()) == (0, 0)
    token = last(letters).split("/rights/keep/")[1].split("/")[0]
    asked = keep_links.read(token)
    assert asked is not None
    assert verbs.keep(asked.subject, by=ann.by) is True
    assert "Nothing was deleted" in last(letters)
    assert not restricting.restricted(ann.subject)
    assert keep_links.read(token) is None
    assert isinstance(verbs.keep(ann.subject, by=ann.by), keeping.TooLate)
    days_pass(3)
    assert verbs.resume() == 0
    assert {row.label() for row in vault.rows_of(ann.subject)} >= {"account", "address", "session"}
    acts = list(ledger.Entry.objects.of(ann.subject).values_list("act", flat=True))
    assert (acts.count(Act.SUBJECT_ERASE), acts.count(Act.SUBJECT_KEEP)) == (1, 1)
    again = keep_links.read(token) or asks(ann)
    assert isinstance(again, waiting.Wait), "the old link takes nothing new back"


def test_what_was_restricted_before_stays_so(three_days: None, ann: Planted) -> None:
    restricting.restrict(ann.subject, ["billing"], by=ann.by)
    asks(ann)
    verbs.keep(ann.subject, by=ann.by)
    assert restricting.restricted(ann.subject) == {"billing"}


def test_after_its_days_it_goes_on_by_itself(three_days: None, ann: Planted, letters: Letters) -> None:
    asks(ann)
    days_pass(3)
    assert waiting.why(ann.subject) is None
    assert verbs.resume() == 1
    assert is_gone(ann)
    assert verbs.receipt(ann.subject).clean
    assert [letter["To"] for letter in letters()] == [ADDRESS]


@erases
def test_an_order_is_settled_after_the_days_to_take_it_back(three_days: None, shop: Shop, person: Person) -> None:
    order = shop.placed("guide", who=person)
    asks(person)
    assert steps(order)[-1] != "cancelled", "taken back, it is delivered after all"
    days_pass(3)
    assert verbs.resume() == 1
    assert is_gone(person)
    assert (sums_of(fresh(order)).reserved, sums_of(fresh(order)).held) == (0, 0)


def test_what_was_refused_meanwhile_stays_refused(three_days: None, ann: Planted, letters: Letters) -> None:
    asks(ann)
    verbs.ask([ann.subject], [Right.RESTRICTION], way="site", by=ann.by)
    verbs.carry_out_due()
    assert verbs.keep(ann.subject, by=ann.by) is True
    assert restricting.restricted(ann.subject) == set(restricting.may_be(force.in_force()))


def test_a_hold_comes_first(three_days: None, ann: Planted, letters: Letters) -> None:
    until = datetime.now(UTC).date() + timedelta(days=9)
    hold = holding.place(ann.subject, reason="claim", until=until, by=staffed(ann))
    wait = asks(ann)
    assert (wait.reason, wait.until) == (Reason.LEGAL_HOLD, until)
    assert plan(ann.subject).wait == wait
    holding.release(hold, by=OFFICER)
    assert waiting.why(ann.subject).reason == Reason.UNDO_WINDOW  # type: ignore[union-attr]  # else it fails here
    days_pass(3)
    assert verbs.resume() == 1


def test_a_hold_that_comes_after_it_began_is_waited_for(ann: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    settle, until = orders.settle, datetime.now(UTC).date()

    def meanwhile(*args: object, **more: object) -> int:
        holding.place(ann.subject, reason="claim", until=until, by=staffed(ann))
        return settle(*args, **more)  # type: ignore[arg-type]  # handed through

    with monkeypatch.context() as patch:
        patch.setattr("upheld.rights.erasure.erasing.orders.settle", meanwhile)
        assert asks(ann).reason == Reason.LEGAL_HOLD
    assert verbs.see(ann.subject, by=ann.by).items
    assert verbs.resume() == 0
    assert isinstance(verbs.keep(ann.subject, by=ann.by), keeping.TooLate), "it has begun"
    holding.release(holding.standing(ann.subject), by=OFFICER)  # type: ignore[arg-type]  # it stands
    assert verbs.resume() == 1
    assert is_gone(ann)


def test_a_request_by_letter_waits_and_is_withdrawn(three_days: None, ann: Planted, letters: Letters) -> None:
    ask([Right.ERASURE])
    [request] = verbs.confirm(secret(CONFIRM, last(letters)), by=Actor.visitor())  # type: ignore[misc]  # it serves
    assert (verbs.carry_out_due(), verbs.carry_out_due(), verbs.resume()) == (1, 0, 0)
    request = fresh_request(request)
    assert (request.state, request.reason) == (State.ON_HOLD, Reason.UNDO_WINDOW)
    assert sum("/rights/keep/" in words(letter) for letter in letters()) == 1
    assert verbs.withdraw(request, by=ann.by).state == State.REVOKED
    assert not ErasureRequest.objects.exists()


def test_it_is_taken_back_from_an_old_page(three_days: None, ann: Planted) -> None:
    [request] = verbs.ask([ann.subject], [Right.ERASURE], way="site", by=ann.by)
    verbs.carry_out_due()
    assert verbs.withdraw(request, by=ann.by).state == State.REVOKED
    days_pass(4)
    assert verbs.resume() == 0
    assert not ErasureRequest.objects.exists()
    with pytest.raises(IsOver):
        verbs.withdraw(request, by=ann.by)


def test_once_begun_a_hold_makes_no_way_back(ann: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    [request] = verbs.ask([ann.subject], [Right.ERASURE], way="site", by=ann.by)
    with monkeypatch.context() as patch:
        patch.setattr("upheld.rights.erasure.erasing._deliver_farewell", lambda subject: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            verbs.carry_out_due()
    hold = holding.place(ann.subject, reason="claim", until=holding.today(), by=staffed(ann))
    assert verbs.resume() == 0
    [row] = progress.rows([fresh_request(request)])
    assert (row.asked.reason, row.is_begun) == (Reason.LEGAL_HOLD, True)
    with pytest.raises(IsOver):
        verbs.withdraw(request, by=ann.by)
    holding.release(hold, by=OFFICER)
    assert beginning.go_on(ann.subject) is True
    assert fresh_request(request).reason == Reason.ERASING
    assert verbs.resume() == 1


def test_a_request_by_letter_goes_on_after_its_days(three_days: None, ann: Planted, letters: Letters) -> None:
    ask([Right.ERASURE])
    verbs.confirm(secret(CONFIRM, last(letters)), settle=waiting.DELIVER, by=Actor.visitor())
    verbs.carry_out_due()
    assert ErasureRequest.objects.get().settle == waiting.DELIVER
    days_pass(3)
    assert verbs.resume() == 1
    assert is_gone(ann)
    assert "being deleted" in last(letters)


def test_only_they_themselves_take_it_back(three_days: None, ann: Planted, bob: Planted) -> None:
    asks(ann)
    for by in (bob.by, Actor.visitor(), Actor.system("rights"), Actor.operator()):
        with pytest.raises(Refused):
            verbs.keep(ann.subject, by=by)
    assert keep_links.read("nonsense") is None


def test_one_that_waits_costs_few_queries_and_writes_nothing(
    three_days: None, ann: Planted, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    asks(ann)
    entries, written = ledger.Entry.objects.count(), Letter.objects.count()
    with django_assert_max_num_queries(1):  # type: ignore[attr-defined]  # a context manager
        assert verbs.resume() == 0
    assert (ledger.Entry.objects.count(), Letter.objects.count()) == (entries, written)


def test_taken_back_at_the_last_moment_or_not_at_all(ann: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins and it is taken back under one lock: after the one, the other finds nothing."""
    ErasureRequest.objects.create(subject=ann.subject, asked_at=timezone.now())
    assert beginning.go_on(ann.subject) is True
    assert isinstance(verbs.keep(ann.subject, by=ann.by), keeping.TooLate)
    assert verbs.resume() == 1
    assert beginning.go_on(ann.subject) is False


def staffed(someone: Planted) -> Actor:
    from uuid import UUID

    from upheld.policy.actors import Case

    case = Case("rights_request", UUID(int=9), someone.subject)
    return Actor.staff(UUID(int=8), job="privacy", case=case)
