"""A person sees everything that is held about them, and nothing of anyone else's."""

import json

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests.rights.conftest import Planted
from upheld import ledger, vault
from upheld.contact.models import Address
from upheld.policy import Refused
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.standing import STANDING
from upheld.rights import verbs, words


def test_everything_planted_comes_back(ann: Planted, bob: Planted) -> None:
    held = verbs.see(ann.subject, by=ann.by)
    assert {item.field: item.value for item in held.items if not item.withheld} == {
        "email": ann.values["email"],
        "device": ann.values["device"],
    }
    assert {record.label for record in held.records} >= {"address", "account", "session", "choice", "lookup"}
    shown = repr(held)
    assert not any(value in shown for value in bob.values.values())
    assert str(bob.subject) not in shown


def test_how_signing_in_works_is_not_shown(ann: Planted) -> None:
    records = {record.label: record.facts for record in verbs.see(ann.subject, by=ann.by).records}
    assert "stamp" not in records["account"]
    assert "data" not in records["session"]
    assert records["session"]["digest"] == "a digest of 32 bytes"


def test_what_proves_who_someone_is_is_named_and_never_shown(ann: Planted) -> None:
    held = verbs.see(ann.subject, by=ann.by)
    [password] = [item for item in held.items if item.datum == "password"]
    assert password.value is None
    assert password.withheld
    assert ann.values["password"] not in repr(held)


def test_each_item_says_why_whence_and_how_long(ann: Planted) -> None:
    [email] = [item for item in verbs.see(ann.subject, by=ann.by).items if item.datum == "email"]
    assert "sign_in" in [use.name for use in email.uses]
    assert email.source_words == "You gave it when you signed up."
    assert email.retention_words == "until you delete it"
    assert email.recipients == ()
    assert email.how == "address"


def test_who_looked_is_told_with_entry_and_place(ann: Planted, address: Address) -> None:
    vault.open(address, ["email"], by=Actor.system("letters"), purpose="security", because="letter:1")
    ledger.sequence()
    held = verbs.see(ann.subject, by=ann.by)
    [email] = [item for item in held.items if item.datum == "email"]
    own, looked = held.openings_of(email)
    assert own.own
    assert own.index is None  # appended by this very look
    assert (looked.who, looked.purpose, looked.because, looked.own) == (
        "the program (letters)",
        "security",
        "letter:1",
        False,
    )
    assert looked.index is not None


def test_an_outline_opens_nothing_and_leaves_no_entry(ann: Planted) -> None:
    before = ledger.Entry.objects.count()
    held = verbs.outline(ann.subject)
    assert len(held.items) == 3
    assert all(item.value is None for item in held.items)
    assert ledger.Entry.objects.count() == before


def test_someone_unknown_is_told_that_nothing_is_held(transactional_db: None) -> None:
    subject = vault.new_subject()
    held = verbs.see(subject, by=Actor.person(subject))
    assert held.nothing


def test_nobody_else_may_look(ann: Planted, bob: Planted) -> None:
    for actor in (bob.by, Actor.system("curiosity"), Actor.operator(), Actor.visitor()):
        with pytest.raises(Refused):
            verbs.see(ann.subject, by=actor)
    assert not ledger.Entry.objects.filter(act=Act.DATA_SEE).exists()


def test_the_queries_do_not_grow_with_what_was_looked_at(ann: Planted, address: Address) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connections["default"]) as data, CaptureQueriesContext(connections["keys"]) as keys:
            verbs.see(ann.subject, by=ann.by)
        return len(data) + len(keys)

    few = queries()
    for _ in range(20):
        vault.open(address, ["email"], by=Actor.system("letters"), purpose="security")
    assert queries() == few


def test_every_act_about_a_person_is_worded() -> None:
    not_about_people = {act for act, standing in STANDING.items() if not standing.about_someone} | {Act.KEYS_ROTATE}
    without_a_case = {Act.GLASS_AGREE, Act.GLASS_ASK, Act.GLASS_REVIEW, Act.SEARCH_MAKE}  # yet about whom it names
    by_themselves = {Act.BUILD_FORGET, Act.BUILD_STOP}  # about a build, and told to the person who did it
    assert set(words.ACTS) == set(Act) - not_about_people | without_a_case | by_themselves


def test_the_story_tells_each_act_in_words(ann: Planted) -> None:
    story = verbs.see(ann.subject, by=ann.by).story
    assert story[0].words == "You looked at what is held about you."
    assert story[-1].words == "Something you gave was sealed and kept."
    assert json.dumps([dict(event.facts) for event in story])
