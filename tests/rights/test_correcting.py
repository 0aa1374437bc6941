"""A person corrects what is held about them."""

import pytest

from tests.rights.conftest import Planted
from upheld import vault
from upheld.policy import Refused
from upheld.rights import verbs
from upheld.rights.errors import CorrectedElsewhere, NotHeld, Unacceptable


def device(person: Planted):
    return next(item for item in verbs.see(person.subject, by=person.by).items if item.field == "device")


def correct(person: Planted, value: str, **changed: object) -> None:
    asked = {"label": "session", "row": device(person).row, "field": "device", "by": person.by} | changed
    verbs.correct(person.subject, value=value, **asked)


def test_a_value_is_put_in_place_of_the_old_one(ann: Planted) -> None:
    correct(ann, "  Another one ")
    assert device(ann).value == "Another one"
    assert device(ann).source == "account"
    assert ann.values["device"] not in repr(verbs.see(ann.subject, by=ann.by))


def test_every_field_that_can_be_held_can_be_corrected_somehow() -> None:
    ways = {verbs.how_to_correct(model.label(), name) for model, fields in vault.registry().items() for name in fields}
    assert ways <= {"here", "address", "password", "replace"}


@pytest.mark.parametrize(("label", "field"), [("address", "email"), ("account", "password")])
def test_what_has_a_verb_of_its_own_is_sent_there(ann: Planted, label: str, field: str) -> None:
    with pytest.raises(CorrectedElsewhere, match="is not corrected in place"):
        correct(ann, "x", label=label, field=field)


@pytest.mark.parametrize("value", ["", "  ", "two\nlines", "null\0", "x" * 10_001, "\ud800"])
def test_what_cannot_be_kept_is_refused_in_words(ann: Planted, value: str) -> None:
    with pytest.raises(Unacceptable, match=r"[.]$"):
        correct(ann, value)


def test_nobody_corrects_what_is_someone_elses(ann: Planted, bob: Planted) -> None:
    with pytest.raises(NotHeld):
        correct(ann, "x", row=device(bob).row)
    with pytest.raises(Refused):
        correct(ann, "x", by=bob.by)
    assert device(bob).value == bob.values["device"]
