"""A person corrects what is held about them."""

import pytest
from django.utils import timezone
from uuid_utils.compat import uuid7

from tests.rights.conftest import Planted
from tests.rights.test_buyers import bought, paid
from upheld import vault
from upheld.orders import numbers
from upheld.orders.models import Order, Shipment, Step
from upheld.policy import Refused
from upheld.rights import verbs
from upheld.rights.corrections import amending
from upheld.rights.corrections.correcting import _ELSEWHERE, HERE, correctable
from upheld.rights.errors import CorrectedElsewhere, NotHeld, Unacceptable
from upheld.vault.models import Disclosure, Notice


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
    """In place, or by a way that is named in words."""
    fields = {(model.label(), name) for model, fields in vault.registry().items() for name in fields}
    elsewhere = {field: verbs.how_to_correct(*field) for field in fields if verbs.how_to_correct(*field) != HERE}
    assert set(elsewhere.values()) == set(_ELSEWHERE)
    assert elsewhere["proposal", "value"] == "proposed"
    assert {elsewhere["as_issued", name] for name in ("name", "country")} == {"issued"}
    assert elsewhere["attachment", "content"] == "conversation"
    for label, name in elsewhere:
        with pytest.raises(CorrectedElsewhere, match=rf"^{label}.{name} is not corrected in place: .+[.]$"):
            correctable(vault.new_subject(), label, vault.new_subject(), name)


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


def handed_over(order: Order, recipient: str) -> None:
    Disclosure.objects.create(
        subject=order.subject, at=timezone.now(), recipient=recipient, purpose="fulfilment", because=order.reference,
        fields=["name", "address", "country"], row=order.reference, entry=order.pk,
    )  # fmt: skip


def test_the_same_value_is_found_wherever_it_is_held_of_them_and_nowhere_else(ann: Planted, bob: Planted) -> None:
    first, second, other = bought(ann), bought_again(ann, "ANN  canary"), bought_again(ann, "Somebody Else")
    bought(bob)
    paid(first)
    asked = {"label": "order", "row": first.pk, "field": "name", "by": ann.by}
    [place] = amending.same_elsewhere(ann.subject, **asked)
    assert (place.reference, place.how) == (f"order:{second.pk}:name", "here")
    handed_over(second, "carrier")
    correct(ann, "Ann Right", label="order", row=first.pk, field="name")
    done = amending.amend(ann.subject, **asked, places=[("order", second.pk, "name")])
    assert (done.count, done.refused) == (1, [])
    assert {item.value for item in verbs.see(ann.subject, by=ann.by).items if item.field == "name"} == {
        "Ann Right", "Somebody Else", "Ann Canary"  # as the invoice has it
    }  # fmt: skip
    assert [(each.recipient, each.reason) for each in Notice.objects.all()] == [("carrier", "corrected")]
    for place_of in (
        ("order", other.pk, "city"),
        ("session", device(ann).row, "device"),
        ("order", bob.subject, "name"),
    ):
        with pytest.raises(NotHeld):
            amending.amend(ann.subject, **asked, places=[place_of])
    with pytest.raises(Refused):
        amending.same_elsewhere(ann.subject, **asked | {"by": bob.by})


def test_a_place_that_cannot_change_now_is_named_and_the_others_are_corrected(ann: Planted) -> None:
    first, second, third = bought(ann), bought_again(ann, "Ann Canary"), bought_again(ann, "Ann Canary")
    Step.objects.create(subject=ann.subject, order=third.pk, kind="placed", at=timezone.now(), by="you")
    Shipment.objects.create(subject=ann.subject, order=third.pk, carrier="manual", asked_at=timezone.now())
    correct(ann, "Ann Right", label="order", row=first.pk, field="name")
    places = [("order", each.pk, "name") for each in (third, second)]
    done = amending.amend(ann.subject, label="order", row=first.pk, field="name", places=places, by=ann.by)
    assert done.count == 1
    assert done.refused == ["The parcel is being handed over just now. Try again in a few minutes."]


def bought_again(someone: Planted, name: str) -> Order:
    now = timezone.now()
    order = Order(
        subject=someone.subject, number=numbers.new(), currency="EUR", card=uuid7(), drafted_at=now, placed_at=now
    )
    return vault.collect(order, {"name": name, "city": "Canaryton"}, source="order", by=someone.by)
