"""The story and the record of who received what, in words that people read; and the lists that staff work from."""

from tests.orders.conftest import Shop, billing, staff
from upheld.orders import numbers, verbs
from upheld.orders.models import STEPS, TROUBLES, Order
from upheld.orders.states import State
from upheld.orders.steps import REASONS
from upheld.orders.story import WHY, WORDS
from upheld.orders.troubling import WORDS as TROUBLE_WORDS


def test_everything_that_can_happen_has_words() -> None:
    assert set(WORDS) == set(STEPS)
    assert set(WHY) >= {*REASONS, *TROUBLES}
    assert set(TROUBLE_WORDS) == set(TROUBLES)
    assert all(state.words for state in State)


def test_a_story_says_what_who_why_and_how_much(shop: Shop) -> None:
    order = shop.placed("export", details={"country": "US"})
    verbs.refund(order, amount=100, by=billing(order), reason="goodwill")
    told = [(each.what, each.who, each.why, each.amount) for each in verbs.story(order)]
    assert sorted(told) == sorted([
        ("The order form was filled in", "You", "", "€9.00"),
        ("The order was placed", "You", "", "€9.00"),
        ("The amount was reserved on the card", "The shop", "", "€9.00"),
        ("The card was charged", "The shop", "", "€9.00"),
        ("A refund was asked for", "Billing", "goodwill", "€1.00"),
        ("The money was given back", "The shop", "", "€1.00"),
    ])  # fmt: skip


def test_who_received_what_names_recipient_data_and_purpose(shop: Shop) -> None:
    order = shop.placed("guide")
    verbs.ship(order, by=staff(order), tracking="RR1234")
    last = verbs.disclosures(order)[-1]
    assert (last.recipient, sorted(last.fields)) == (
        "The carrier who brings your parcel", ["Country", "Name", "Postal address"]
    )  # fmt: skip
    assert last.purpose == "Filling your order"
    assert last.entry


def test_lists_hold_what_there_is_to_do(shop: Shop) -> None:
    parcel, packed, sent, download = (shop.placed(w) for w in ("guide", "guide", "guide", "export"))
    shop.drafted("guide")
    verbs.pack(packed, by=staff(packed))
    verbs.ship(sent, by=staff(sent), tracking="RR1234")
    troubled = shop.placed("mount")
    verbs.trouble(troubled, kind="undeliverable", by=staff(troubled))
    over = shop.placed("guide")
    verbs.cancel(over, by=billing(over))
    assert set(Order.objects.to_pack()) == {parcel}
    assert set(Order.objects.to_ship()) == {packed}
    assert set(Order.objects.in_trouble()) == {troubled}
    assert set(Order.objects.open()) == {parcel, packed, sent, troubled}
    assert download not in Order.objects.open()
    found = verbs.states(list(Order.objects.order_by("pk")))
    assert {found[each.pk] for each in (parcel, packed, sent)} == {"paid", "packed", "shipped"}


def test_a_number_is_read_as_it_is_said(shop: Shop) -> None:
    order = shop.placed("guide")
    said = order.number.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert Order.objects.by_number(said).get() == order
    assert not Order.objects.by_number("nothing at all").exists()
    assert len({numbers.new() for _ in range(1000)}) == 1000
