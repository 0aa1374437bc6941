from dataclasses import replace
from uuid import UUID

import pytest

from upheld import ledger, vault
from upheld.contact import verbs
from upheld.contact.errors import NoSuchTopic
from upheld.contact.models import Choice
from upheld.policy import Refused, force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

pytestmark = pytest.mark.django_db
SPECIALS, PRODUCTS = "news.specials", "news.products"


@pytest.fixture
def subject() -> UUID:
    return vault.new_subject()


def record(subject: UUID, topic: str, *, allowed: bool) -> Choice:
    return verbs.record_choice(subject, topic=topic, allowed=allowed, by=Actor.person(subject), source="account")


def test_what_one_may_refuse_is_allowed_until_refused(subject: UUID) -> None:
    assert verbs.may_write(subject, SPECIALS)
    record(subject, SPECIALS, allowed=False)
    assert not verbs.may_write(subject, SPECIALS)
    assert verbs.may_write(subject, PRODUCTS)


def test_what_one_may_ask_for_is_refused_until_asked_for(subject: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = force.in_force()
    asked = replace(policy.purposes[SPECIALS], choice="opt_in")
    changed = replace(policy, purposes={**policy.purposes, SPECIALS: asked})
    monkeypatch.setattr(force, "in_force", lambda: changed)
    assert not verbs.may_write(subject, SPECIALS)
    record(subject, SPECIALS, allowed=True)
    assert verbs.may_write(subject, SPECIALS)


def test_the_latest_word_counts(subject: UUID) -> None:
    for allowed in (False, True, False, True):
        record(subject, SPECIALS, allowed=allowed)
        assert verbs.may_write(subject, SPECIALS) is allowed
        assert Choice.objects.standing(subject)[SPECIALS] is allowed
    assert Choice.objects.for_subject(subject).count() == 4


def test_everything_is_refused_in_one_step(subject: UUID) -> None:
    record(subject, SPECIALS, allowed=True)
    verbs.refuse_everything(subject, by=Actor.person(subject), source="account")
    assert Choice.objects.standing(subject) == dict.fromkeys(force.in_force().topics, False)


def test_one_persons_word_is_not_anothers(subject: UUID) -> None:
    verbs.refuse_everything(vault.new_subject(), by=Actor.visitor(), source="letter")
    assert all(Choice.objects.standing(subject).values())


@pytest.mark.parametrize("topic", ["", "billing", "news.weather", "sign_in"])
def test_what_is_no_choice_is_never_allowed(subject: UUID, topic: str) -> None:
    assert not verbs.may_write(subject, topic)
    with pytest.raises(NoSuchTopic):
        record(subject, topic, allowed=True)


def test_nobody_chooses_for_someone_else(subject: UUID) -> None:
    with pytest.raises(Refused):
        verbs.record_choice(
            subject, topic=SPECIALS, allowed=True, by=Actor.person(vault.new_subject()), source="account"
        )
    assert not Choice.objects.exists()


def test_each_word_is_on_record(subject: UUID) -> None:
    record(subject, SPECIALS, allowed=False)
    entry = ledger.Entry.objects.of(subject).get()
    assert entry.act == Act.CHOICE_RECORD
    assert entry.facts == {"topic": SPECIALS, "allowed": False, "source": "account"}
