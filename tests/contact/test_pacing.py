"""Letters to one domain go at its pace, and delay none to another."""

from collections import Counter
from collections.abc import Iterator
from itertools import count
from smtplib import SMTPRecipientsRefused, SMTPResponseException, SMTPServerDisconnected
from typing import Any

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from upheld import vault
from upheld.accounts.letters import SignUpCode
from upheld.contact import delivering, pacing, verbs
from upheld.contact.models import Address, Letter
from upheld.policy.actors import Actor

pytestmark = pytest.mark.django_db
NUMBERS = count()


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    monkeypatch.setattr(pacing.paces, "clock", clock)
    pacing.paces.forget()
    yield clock
    pacing.paces.forget()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> "Server":
    server = Server()
    monkeypatch.setattr(delivering, "get_connection", lambda: server)
    return server


class Server(BaseEmailBackend):
    """A mail server that has other things to do for some domains."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.busy: dict[str, int] = {}
        self.says = b"4.7.0 Try again later"
        self.closed = 0

    def send_messages(self, messages: Any) -> int:
        [message] = messages
        [address] = message.to
        domain = address.partition("@")[2]
        self.asked[domain] += 1
        if domain in self.busy:
            raise SMTPRecipientsRefused({address: (self.busy[domain], self.says)})
        self.taken[domain] += 1
        return 1

    def close(self) -> None:
        self.closed += 1


def rate(letters: int, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.HOME.settings, "mail.domain_rate", letters)


def write(domain: str, letters: int) -> None:
    """To people of their own. The test's transaction never ends, so that none leaves by itself."""
    for _ in range(letters):
        subject = vault.new_subject()
        by = Actor.person(subject)
        address = verbs.add_address(subject, email=f"ada{next(NUMBERS)}@{domain}", source="account", by=by)
        verbs.send(SignUpCode("482915"), to=address, by=by)


def test_a_domain_gets_no_more_than_its_rate_and_others_do_not_wait(
    clock: Clock, server: Server, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate(120, settings, monkeypatch)
    write("big.example", 9)
    write("small.example", 1)
    assert verbs.deliver_due() == 3
    assert server.taken == {"big.example": 2, "small.example": 1}
    clock.now += 1
    assert verbs.deliver_due() == 2
    clock.now += 60
    assert verbs.deliver_due() == 2  # what was not sent in a minute is not caught up in a second
    assert set(Letter.objects.due().values_list("tries", flat=True)) == {0}


def test_without_a_rate_nothing_waits(clock: Clock, server: Server) -> None:
    write("big.example", 9)
    assert verbs.deliver_due() == 9
    assert not pacing.paces.resting()
    assert not pacing.paces.lanes  # and nothing is remembered


def test_a_domain_that_defers_is_left_alone_longer_each_time_and_loses_no_letter(clock: Clock, server: Server) -> None:
    server.busy["big.example"] = 450
    write("big.example", 5)
    write("small.example", 5)
    asked = []
    for wait in (0, 59, 1, 60, 60, 240):
        clock.now += wait
        verbs.deliver_due()
        asked.append(server.asked["big.example"])
    assert asked == [1, 1, 2, 2, 3, 4]  # at 0, 60, 180 and 420 seconds
    assert server.taken == {"small.example": 5}
    assert Letter.objects.filter(ending="").count() == 5
    server.busy.clear()
    clock.now += pacing.LONGEST
    Letter.objects.exclude(due_at=None).update(due_at=timezone.now())
    assert verbs.deliver_due() == 5


@pytest.mark.parametrize("said", [b"4.2.2 The mailbox is full", b"4.2.0 Greylisted", b"later"])
def test_one_that_cannot_take_it_now_keeps_nobody_else_of_the_domain_waiting(
    said: bytes, clock: Clock, server: Server
) -> None:
    server.busy["big.example"], server.says = 452, said
    write("big.example", 3)
    assert verbs.deliver_due() == 0
    assert server.asked["big.example"] == 3
    assert not pacing.paces.resting()
    assert set(Letter.objects.values_list("ending", "tries")) == {("", 1)}


def test_a_domain_that_hangs_up_or_defers_by_its_policy_is_left_alone(clock: Clock, server: Server) -> None:
    server.busy = {"big.example": 421, "small.example": 451}
    write("big.example", 3)
    write("small.example", 3)
    server.says = b"4.7.1 Too many letters"
    assert verbs.deliver_due() == 0
    assert server.asked == {"big.example": 1, "small.example": 1}


def test_a_single_letter_waits_for_its_domain_too(
    clock: Clock, server: Server, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate(60, settings, monkeypatch)
    monkeypatch.setattr(delivering, "close_old_connections", lambda: None)  # of a thread that is not this one
    write("big.example", 3)
    write("small.example", 1)
    for letter in list(Letter.objects.order_by("at")):
        delivering._apart(letter)
    assert server.asked == {"big.example": 1, "small.example": 1}
    assert Letter.objects.due().count() == 2
    clock.now += 1
    assert verbs.deliver_due() == 1


def test_a_refusal_for_good_says_nothing_about_the_others(clock: Clock, server: Server) -> None:
    server.busy["big.example"] = 550
    write("big.example", 3)
    assert verbs.deliver_due() == 0
    assert server.asked["big.example"] == 3
    assert set(Letter.objects.values_list("ending", flat=True)) == {"failed"}


@pytest.mark.parametrize("error", [SMTPServerDisconnected(), SMTPResponseException(421, b"bye"), OSError()])
def test_a_server_that_is_away_is_no_domains_fault(error: OSError, clock: Clock, server: Server) -> None:
    server.send_messages = lambda messages: (_ for _ in ()).throw(error)  # type: ignore[method-assign]  # of this one
    write("big.example", 2)
    verbs.deliver_due()
    assert not pacing.paces.resting()
    assert server.closed == 3  # after each, and at the end


def test_a_domain_that_hangs_up_costs_the_next_letter_nothing(clock: Clock, server: Server) -> None:
    server.busy["big.example"] = 421
    write("big.example", 1)
    write("small.example", 1)
    assert verbs.deliver_due() == 1
    assert server.closed == 2


def test_a_lane_is_of_the_domain_and_tells_nothing_of_it(db: None) -> None:
    assert pacing.lane_of("ada@Example.org") == pacing.lane_of("bob@example.ORG")
    lanes = {pacing.lane_of(f"ada@example{n}.org") for n in range(100)}
    assert len(lanes) > 90
    assert all(0 <= lane < pacing.LANES for lane in lanes)


def test_an_address_and_a_letter_under_way_have_their_lane(clock: Clock, server: Server) -> None:
    write("big.example", 1)
    lane = pacing.lane_of("x@big.example")
    assert list(Address.objects.values_list("lane", flat=True)) == [lane]
    assert list(Letter.objects.values_list("lane", flat=True)) == [lane]
    verbs.deliver_due()
    assert list(Letter.objects.values_list("lane", flat=True)) == [None]
    address = Address.objects.get()
    verbs.change_address(address, email="ada@small.example", source="account", by=Actor.person(address.subject))
    assert list(Address.objects.values_list("lane", flat=True)) == [pacing.lane_of("x@small.example")]


def test_a_letter_of_unknown_domain_is_paced_once_it_is_known(clock: Clock, server: Server) -> None:
    server.busy["big.example"] = 450
    write("big.example", 1)
    Letter.objects.update(lane=None)
    verbs.deliver_due()
    assert Letter.objects.get().lane in pacing.paces.resting()
