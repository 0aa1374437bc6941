"""Parcels in a batch: taken, packed, their slips printed, sent; and what happens when two do it at once."""

import io
import re
import zipfile
from uuid import UUID

import pytest
from django.http import HttpResponse

from tests.orders.conftest import BERLIN, CAPTURE_FAILS, Shop, fresh, steps
from tests.orders.papers import text
from tests.people import Person
from tests.web.conftest import Visitor
from tests.working import at_the_desk, member, on_case
from upheld import ledger
from upheld.cases import taking
from upheld.cases.models import Case
from upheld.orders.models import Order, Shipment
from upheld.policy.acts import Act
from upheld.staff.models import DeskSession, Member

PERSONAL = ("Ada Beispiel", "Beispielweg", "10115", "guest@example.org")


@pytest.fixture
def packer(db: None) -> Member:
    return member("shipping")


@pytest.fixture
def browser(packer: Member) -> Visitor:
    return opened(packer)


def opened(someone: Member) -> Visitor:
    visitor = at_the_desk(someone, Visitor())
    assert isinstance(visitor, Visitor)
    return visitor


def read(answer: HttpResponse, person: Person | None = None) -> str:
    """The page, on whose bytes there is nothing of anybody."""
    found = answer.content.decode()
    for value in (*PERSONAL, *([person.email] if person else [])):  # as a word: an id may hold a postcode's digits
        assert not re.search(rf"\b{re.escape(value)}\b", found), value
    return found


def chosen(*orders: Order) -> dict[str, list[str]]:
    return {"order": [str(each.pk) for each in orders]}


def test_the_page_lists_what_waits_and_nobodys_name(shop: Shop, browser: Visitor, person: Person) -> None:
    theirs, guests = shop.placed("guide", who=person), shop.placed(("mount", 2))
    shop.placed("export")  # no parcel
    page = read(browser.get("/desk/parcels/"), person)
    assert theirs.number in page
    assert guests.number in page
    assert "2 \u00d7 Mount" in page
    assert page.count('type="checkbox"') == 2
    assert not Case.objects.exists()  # looking takes nothing


def test_several_are_taken_and_packed_at_once(shop: Shop, browser: Visitor, packer: Member) -> None:
    first, second, left = shop.placed("guide"), shop.placed("guide"), shop.placed("guide")
    answer = browser.post("/desk/parcels/take/", chosen(first, second), follow=True)
    assert "2 parcels are taken." in read(answer)
    assert set(Case.objects.open().filter(taken_by=packer.pk).values_list("about", flat=True)) == {first.pk, second.pk}
    answer = browser.post("/desk/parcels/pack/", chosen(first, second, left), follow=True)
    assert "3 parcels are packed." in read(answer)
    assert all(steps(each)[-1] == "packed" for each in (first, second, left))
    assert "1 parcel" not in read(browser.get("/desk/parcels/"))  # said once


def test_what_cannot_be_packed_is_told_and_keeps_none_of_the_others(shop: Shop, browser: Visitor) -> None:
    packed, free = shop.placed("guide"), shop.placed("guide")
    browser.post("/desk/parcels/pack/", chosen(packed))
    answer = browser.post("/desk/parcels/pack/", chosen(packed, free))
    page = read(answer)
    assert answer.status_code == 422
    assert f"{packed.number}: Order {packed.number} cannot be packed: it is packed already." in page
    assert "1 parcel is packed." in page
    assert steps(free)[-1] == "packed"
    assert f'value="{packed.pk}" checked' in page
    assert f'value="{free.pk}" checked' not in page


def test_two_people_who_pack_the_same_one_get_a_clear_answer(shop: Shop, browser: Visitor, packer: Member) -> None:
    order, other = shop.placed("guide"), member("shipping")
    theirs = opened(other)
    assert order.number in read(theirs.get("/desk/parcels/"))
    browser.post("/desk/parcels/pack/", chosen(order))
    answer = theirs.post("/desk/parcels/pack/", chosen(order))
    page = read(answer)
    assert answer.status_code == 422
    assert f"is being worked on by {packer.pseudonym}" in page
    assert steps(order).count("packed") == 1
    assert f"order-{order.pk}" not in page  # it is not theirs to choose any more


def test_the_slips_of_several_are_printed_together_and_on_record(
    shop: Shop, browser: Visitor, packer: Member, person: Person
) -> None:
    first, second = shop.placed("guide", who=person), shop.placed("mount")
    answer = browser.post("/desk/parcels/slips/", chosen(first, second))
    assert answer["Content-Disposition"] == 'attachment; filename="packing-slips.zip"'
    assert answer["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == [f"packing-slip-{each.number}.pdf" for each in (first, second)]
        slip = text(archive.read(archive.namelist()[0]))
    assert BERLIN["name"] in slip
    assert first.number in slip
    for order in (first, second):
        done = list(ledger.Entry.objects.of(order.subject).filter(act__in=[Act.DOCUMENT_MAKE, Act.FIELD_PRINT]))
        assert {entry.act for entry in done} == {Act.DOCUMENT_MAKE, Act.FIELD_PRINT}
    assert read(browser.get("/desk/parcels/"), person)


def test_a_slip_that_cannot_be_made_is_told_beside_the_others(shop: Shop, browser: Visitor) -> None:
    mine, theirs = shop.placed("guide"), shop.placed("guide")
    on_case(member("shipping"), "shipment", theirs.pk)
    answer = browser.post("/desk/parcels/slips/", chosen(mine, theirs))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == [f"packing-slip-{mine.number}.pdf", "not-made.txt"]
        assert theirs.number in archive.read("not-made.txt").decode()
    answer = browser.post("/desk/parcels/slips/", chosen(theirs))
    assert answer.status_code == 422
    assert theirs.number in read(answer)


def test_tracking_numbers_of_several_ship_them(shop: Shop, browser: Visitor) -> None:
    first, second, left = shop.placed("guide"), shop.placed("guide"), shop.placed("guide")
    typed = {f"tracking-{first.pk}": "0034 0434 1610", f"tracking-{second.pk}": "JD0146", f"tracking-{left.pk}": ""}
    answer = browser.post("/desk/parcels/ship/", typed, follow=True)
    page = read(answer)
    assert "2 parcels are shipped." in page
    assert first.number not in page
    assert left.number in page
    assert all("shipped" in steps(each) for each in (first, second))
    assert "shipped" not in steps(left)
    assert "003404341610" not in page


def test_a_wrong_tracking_number_stays_typed_and_the_others_ship(shop: Shop, browser: Visitor) -> None:
    wrong, right, card = shop.placed("guide"), shop.placed("guide"), shop.placed("guide")
    typed = {f"tracking-{wrong.pk}": "a!", f"tracking-{right.pk}": "JD0147", f"tracking-{card.pk}": "4242424242424242"}
    answer = browser.post("/desk/parcels/ship/", typed)
    page = read(answer)
    assert answer.status_code == 422
    assert "1 parcel is shipped." in page
    assert "Give the tracking number in 4 to 60 letters and digits." in page
    assert 'value="a!"' in page
    assert "4242424242424242" not in page
    assert "looks like the number of a card" in page
    assert Shipment.objects.count() == 1
    assert "shipped" in steps(fresh(right))


@pytest.mark.parametrize("what", ["take", "pack", "slips", "ship"])
@pytest.mark.parametrize("id", ["", "nonsense", str(UUID(int=5))])
def test_forged_and_missing_ids_change_nothing(shop: Shop, browser: Visitor, what: str, id: str) -> None:
    order = shop.placed("guide")
    given = {} if not id else {f"tracking-{id}": "JD0148"} if what == "ship" else {"order": [id, str(order.pk)]}
    answer = browser.post(f"/desk/parcels/{what}/", given)
    assert answer.status_code == 422
    assert "Not done" in read(answer)
    assert not Case.objects.exists()
    assert steps(order)[-1] == "authorised"


def test_an_order_in_trouble_is_not_packed(shop: Shop, browser: Visitor, packer: Member) -> None:
    from upheld.orders import verbs

    order = shop.placed("guide")
    case, actor = on_case(packer, "shipment", order.pk)
    verbs.trouble(order, kind="undeliverable", reason="address", by=actor)
    assert order.number not in read(browser.get("/desk/parcels/"))
    answer = browser.post("/desk/parcels/pack/", chosen(order))
    assert answer.status_code == 422
    assert steps(order)[-1] == "trouble"
    assert taking.open_case("shipment", order.pk) == case


def test_a_card_that_fails_as_the_parcel_leaves_is_told_in_words_for_staff(shop: Shop, browser: Visitor) -> None:
    order = shop.placed("guide", number=CAPTURE_FAILS)
    answer = browser.post("/desk/parcels/ship/", {f"tracking-{order.pk}": "JD0149"})
    assert answer.status_code == 422
    assert f"{order.number}: It is in trouble now, and the person is written to." in read(answer)


@pytest.mark.parametrize("what", ["take", "pack", "slips", "ship"])
def test_nothing_is_done_before_they_show_that_it_is_still_them(shop: Shop, browser: Visitor, what: str) -> None:
    order = shop.placed("guide")
    DeskSession.objects.update(proven_at=None)
    answer = browser.post(f"/desk/parcels/{what}/", chosen(order))
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/desk/confirm/")
    assert not Case.objects.exists()


@pytest.mark.parametrize("what", ["", "take/", "pack/", "slips/", "ship/"])
def test_nobody_else_gets_in(shop: Shop, what: str) -> None:
    order, visitor = shop.placed("guide"), Visitor()
    way = f"/desk/parcels/{what}"
    for job in ("billing", "support", "privacy", "news", "shop", "administration"):
        browser = opened(member(job))
        answer = browser.post(way, chosen(order)) if what else browser.get(way)
        assert answer.status_code == 403
        assert order.number not in read(answer)
    answer = visitor.post(way, chosen(order)) if what else visitor.get(way)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/desk/sign-in/")
    assert steps(order)[-1] == "authorised"
