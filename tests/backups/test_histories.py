"""Any history, any two points of it at which data and keys were copied: after a restore nobody who was erased is
readable, and every refusal stands."""

import tempfile
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.backups.restored import Kept, copy_data, copy_keys, restore
from tests.rights.conftest import Planted, plant
from upheld import ledger, vault
from upheld.contact import suppressing
from upheld.contact import verbs as contact
from upheld.contact.models import Address, Choice
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.policy.actors import Actor
from upheld.vault.errors import KeyMissing
from upheld.vault.keys.models import DataKey

pytestmark = pytest.mark.django_db(transaction=True)
TOPIC = "news.specials"
NUMBERS = count()
STEPS = st.lists(
    st.tuples(st.sampled_from(["sign up", "erase", "write", "remove", "yes", "no"]), st.integers(0, 2)),
    min_size=4,
    max_size=9,
)


@dataclass(eq=False)
class One:
    planted: Planted
    says: bool = False
    erased: bool = False
    written: list[Conversation] = field(default_factory=list)
    removed: list[Conversation] = field(default_factory=list)


def new() -> Planted:
    return plant({"email": f"canary{next(NUMBERS)}@example.org", "password": "canary-x", "device": "Canary"})


def step(people: dict[int, One], what: str, number: int) -> None:
    one = people.get(number)
    if what == "sign up" and (one is None or one.erased):
        people[number] = One(new())
    if one is None or one.erased:
        return
    subject, by = one.planted.subject, one.planted.by
    if what == "erase":
        contact.suppress(subject)
        vault.shred(subject, by=Actor.system("erasure"))
        one.erased = True
    elif what == "write":
        one.written.append(conversations.begin(subject, title="T", text="canary", reason="concern", by=by))
    elif what == "remove" and one.written:
        one.removed.append(one.written.pop())
        conversations.remove(one.removed[-1], by=by)
    elif what in ("yes", "no"):
        one.says = what == "yes"
        contact.record_choice(subject, topic=TOPIC, allowed=one.says, by=by, source="account")


# A failure is not made smaller: each example is a restore, and the first one says enough.
@settings(max_examples=7, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.integers(0, 9), st.integers(0, 9))
def test_after_any_restore_what_was_ended_is_ended(steps: list[tuple[str, int]], data_at: int, keys_at: int) -> None:
    people: dict[int, One] = {0: One(new())}
    everybody = list(people.values())
    data: Kept | None = None
    keys: Kept | None = None
    for at, (what, number) in enumerate(steps):
        data = copy_data() if at == data_at else data
        keys = copy_keys() if at == keys_at else keys
        step(people, what, number)
        everybody += [one for one in people.values() if one not in everybody]
    with tempfile.TemporaryDirectory() as folder:
        restore(Path(folder), data=data, keys=keys)
    for one in everybody:
        check(one)
    assert ledger.verify().ok


def check(one: One) -> None:
    subject = one.planted.subject
    assert not Conversation.objects.filter(pk__in=[each.pk for each in one.removed]).exists()
    if one.erased:
        assert not DataKey.objects.filter(subject=subject).exists()
        assert not any(model._base_manager.filter(subject=subject).exists() for model in vault.people())
        assert one.says or suppressing.is_kept(one.planted.values["email"], TOPIC)
    elif address := Address.objects.filter(subject=subject).first():
        assert one.says or not Choice.objects.may_write(subject, TOPIC)
        try:
            found = vault.open(address, ["email"], by=one.planted.by, purpose="access")
        except KeyMissing:
            return  # who came after the keys were copied: upheld restore counts them
        assert found["email"] == one.planted.values["email"]
