"""Whatever three members do with two matters, in whatever order: a value opens exactly while the case is theirs and
open, and the turns tell who had it when."""

from contextlib import suppress
from itertools import pairwise
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.working import member
from upheld import ledger, vault
from upheld.cases import fields, noticing, sweeping, taking
from upheld.cases.errors import CasesError, NoSuchCase, NotYours, TakenBy
from upheld.cases.models import Case, Turn
from upheld.contact import verbs as contact
from upheld.contact.models import Address
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.errors import Refused
from upheld.staff.models import Member

pytestmark = pytest.mark.django_db

THREE, TWO = st.integers(0, 2), st.integers(0, 1)


class Life(RuleBasedStateMachine):
    """`holders` and `closed` are the model; the rooms are asked whether they agree."""

    def __init__(self) -> None:
        super().__init__()
        self.members = [member("support") for _ in range(3)]
        self.here = [True] * 3
        self.matters = [self._written() for _ in range(2)]
        self.holders: list[int | None] = [None, None]
        self.closed = [False, False]
        self.cases: list[Case | None] = [None, None]  # as somebody's page has it, maybe out of date

    def _written(self) -> Conversation:
        subject = vault.new_subject()
        by = Actor.system("mailbox")
        address = f"{subject}@example.org"
        contact.add_address(subject, email=address, source="letter", by=by)
        return conversations.begin(subject, title="", text="Where is it?", reason="order", by=by, acknowledged=False)

    def works(self, who: int, which: int) -> bool:
        return self.holders[which] == who and not self.closed[which] and self.here[who]

    def now(self, who: int) -> Member:
        found: Member = Member.objects.get(pk=self.members[who].pk)
        return found

    @rule(who=THREE, which=TWO)
    def take(self, who: int, which: int) -> None:
        free = self.holders[which] in (None, who)
        may = free and not self.closed[which] and self.here[who]
        try:
            self.cases[which] = taking.take("conversation", self.matters[which].pk, by=self.now(who))
            assert may or (self.holders[which] == who and not self.closed[which])
            self.holders[which] = who
        except (NoSuchCase, TakenBy, Refused):
            assert not may

    @rule(who=THREE, which=TWO)
    def hand_back(self, who: int, which: int) -> None:
        if case := self.cases[which]:
            try:
                taking.hand_back(case, by=self.now(who))
                assert self.works(who, which)
                self.holders[which] = None
            except (CasesError, Refused):
                assert not self.works(who, which)

    @rule(who=THREE, to=THREE, which=TWO)
    def hand_over(self, who: int, to: int, which: int) -> None:
        if case := self.cases[which]:
            may = self.works(who, which) and (self.here[to] or to == who)
            try:
                taking.hand_over(case, to=self.now(to), by=self.now(who))
                assert may
                self.holders[which] = to
            except (CasesError, Refused):
                assert not may

    @rule(who=THREE, which=TWO)
    def close(self, who: int, which: int) -> None:
        if case := self.cases[which]:
            try:
                by = taking.acts_as(self.now(who), case)
                conversations.close(self.matters[which], by=by)
                assert self.works(who, which)
                self.closed[which] = True
            except (CasesError, Refused):
                assert not self.works(who, which)

    @rule(which=TWO)
    def write_again(self, which: int) -> None:
        by = Actor.person(self.matters[which].subject)
        conversations.add(self.matters[which], title="", text="Still not here", by=by)
        self.closed[which] = False

    @rule(who=THREE)
    def leave(self, who: int) -> None:
        if sum(self.here) > 1:
            Member.objects.filter(pk=self.members[who].pk).update(left_at=timezone.now())
            self.here[who] = False

    @rule()
    def settle(self) -> None:
        sweeping.settle()
        for which, holder in enumerate(self.holders):
            if self.closed[which] or (holder is not None and not self.here[holder]):
                self.holders[which] = None

    @rule(who=THREE, which=TWO)
    def open(self, who: int, which: int) -> None:
        case = self.cases[which]
        if case is None:
            return
        address = Address.objects.get(subject=case.subject)
        before = ledger.Entry.objects.filter(act=Act.FIELD_OPEN).count()
        opened = None
        with suppress(NotYours, NoSuchCase, Refused):
            opened = fields.open_field(case, "address", address.pk, "email", by=self.now(who))
        assert (opened is not None) == self.works(who, which)
        assert ledger.Entry.objects.filter(act=Act.FIELD_OPEN).count() - before == (opened is not None)
        shown: list[fields.Field] = []
        with suppress(Refused):  # who left, and has the case until the next sweep
            shown = fields.fields(case, by=self.now(who))
        assert bool(shown) == self.works(who, which)

    @invariant()
    def the_turns_tell_who_has_it(self) -> None:
        for which, matter in enumerate(self.matters):
            open_turns = list(Turn.objects.filter(subject=matter.subject, until=None).values_list("member", flat=True))
            holder = self.holders[which]
            held: list[UUID] = [] if holder is None else [self.members[holder].pk]
            assert open_turns == held
            turns = list(Turn.objects.filter(subject=matter.subject).order_by("since", "id"))
            assert all(one.until and one.until <= next.since for one, next in pairwise(turns))


def test_a_value_opens_exactly_while_the_case_is_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noticing, "OPENINGS", noticing.Limit("openings", 100_000, 3600))
    looked_for = [Phase.explicit, Phase.reuse, Phase.generate]  # to make a finding smaller takes minutes
    few = settings(max_examples=12, stateful_step_count=25, phases=looked_for, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Life, settings=few)
