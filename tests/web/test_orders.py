"""The pages of what was ordered: for people with an account, and for guests who came by a letter's link."""

import io
import re
import time
from uuid import UUID

import pypdf
import pytest

from tests.people import Person
from tests.web.buying import BERLIN, DECLINES_LATER, Buyer, ada, guest, processor, started, text, typed
from tests.web.conftest import Visitor
from tests.web.shop import sell
from upheld import ledger
from upheld.accounts.models import Account
from upheld.ledger.notes import Verifier
from upheld.ledger.proofs import check_proof
from upheld.orders import links, verbs
from upheld.orders.models import Order, Trouble
from upheld.payments.models import Card
from upheld.policy import force
from upheld.policy.actors import Actor, Case
from upheld.rights.papers import receipts

__all__ = ["ada", "guest", "processor", "started", "typed"]

NOBODYS = "01890000-0000-7000-8000-000000000000"


def staff(order: Order, job: str = "shipping", case: str = "shipment") -> Actor:
    return Actor.staff(UUID(int=7), job=job, case=Case(case, order.pk, order.subject))


def page_of(order: Order) -> str:
    return f"/account/orders/{order.pk}/"


def test_orders_are_listed_with_their_state_and_total(ada: Buyer) -> None:
    assert "You have not ordered anything yet." in ada.browser.text("/account/orders/")
    order = ada.buy(ada.shop.licence)
    page = ada.browser.text("/account/orders/")
    for said in (order.number, "Paid", "$105.91", page_of(order), ">Licence<"):
        assert said in page
    assert 'href="/account/orders/"' in ada.browser.text("/account/")


def test_the_list_says_what_is_in_each(ada: Buyer) -> None:
    ada.buy(ada.shop.guide, ada.shop.licence, ada.shop.support)
    assert ">Guide and 2 more<" in ada.browser.text("/account/orders/")


def test_what_needs_no_parcel_says_how_it_is_got(ada: Buyer) -> None:
    mixed = ada.buy(ada.shop.guide, ada.shop.licence)
    page = ada.browser.text(page_of(mixed))
    contact = force.in_force().controller.contact
    assert "How you get it" in page
    assert f'Licence: write to <a href="mailto:{contact}">{contact}</a> and name this order.' in page
    assert "The download comes to you once it is paid." in page
    assert "The service begins" not in page
    service = ada.buy(ada.shop.support)
    assert "The service begins once it is paid." in ada.browser.text(page_of(service))
    assert "How you get it" not in ada.browser.text(page_of(ada.buy(ada.shop.guide)))
    with ada.commits(execute=True):
        ada.browser.post(f"{page_of(mixed)}cancel/")
    assert "How you get it" not in ada.browser.text(page_of(mixed))


def test_cancelling_says_what_is_given_back_with_it(ada: Buyer) -> None:
    order = ada.buy(ada.shop.guide, ada.shop.licence)
    said = "What is paid for already is called off too, and you get that money back: Licence."
    assert said in ada.browser.text(f"{page_of(order)}cancel/")
    with ada.commits(execute=True):
        page = text(ada.browser.post(f"{page_of(order)}cancel/", follow=True))
    assert re.search(r"The money was given back.*?\$105\.91", page, re.DOTALL)
    alone = ada.buy(ada.shop.guide)
    assert "paid for already" not in ada.browser.text(f"{page_of(alone)}cancel/")


def test_an_order_tells_everything_about_it(ada: Buyer) -> None:
    order = ada.buy(ada.shop.guide, ada.shop.licence)
    page = ada.browser.text(page_of(order))
    for said in ("$158.27", "10115 BERLIN", "ending in 4242", "The order was placed", "The card was charged", "Invoice",
                 "The payment processor who charges your card", "Proof", "Test money", "Cancel the order"):  # fmt: skip
        assert said in page, said
    assert "Your parcel" not in page


def test_a_parcel_shows_the_carriers_number_and_who_got_the_address(ada: Buyer) -> None:
    order = ada.buy(ada.shop.guide)
    with ada.commits(execute=True):
        verbs.pack(order, by=staff(order))
        verbs.ship(order, by=staff(order), tracking="TRACK4711X")
    page = ada.browser.text(page_of(order))
    for said in ("On its way", "TRACK4711X", "The carrier who brings your parcel", "Postal address"):
        assert said in page, said
    assert "Cancel the order" not in page
    assert "has left" in text(ada.browser.post(f"{page_of(order)}cancel/", follow=True))


def test_a_document_is_a_pdf_that_no_cache_keeps(ada: Buyer) -> None:
    order = ada.buy(ada.shop.licence)
    answer = ada.browser.get(f"{page_of(order)}invoice.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"] == f'attachment; filename="invoice-{order.number}.pdf"'
    assert "INV-" in pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    for kind in ("packing_slip", "credit_note", "invoice-7", "nothing"):
        assert ada.browser.get(f"{page_of(order)}{kind}.pdf").status_code == 404


def test_a_proof_can_be_checked_without_us(ada: Buyer) -> None:
    order = ada.buy(ada.shop.licence)
    path = re.findall(rf'href="({page_of(order)}proof/[^"]+)"', ada.browser.text(page_of(order)))[0]
    answer = ada.browser.get(path)
    assert answer["Content-Disposition"].endswith('.tlog-proof"')
    proven = check_proof(text(answer), Verifier.parse(ledger.verifier_key()))
    assert proven.entry["subject"] == str(order.subject)
    assert ada.browser.get(f"{page_of(order)}proof/{NOBODYS}/").status_code == 404


def test_nobody_sees_another_persons_order(guest: Buyer, person: Person) -> None:
    order = guest.buy(guest.shop.licence)
    member = Visitor().sign_in(person)
    for path in ("", "cancel/", "invoice.pdf", f"proof/{NOBODYS}/"):
        assert member.get(page_of(order) + path).status_code == 404
        assert Visitor().get(page_of(order) + path)["Location"].startswith("/sign-in/")


def test_a_draft_is_no_order_yet(ada: Buyer) -> None:
    ada.draft(ada.shop.licence)
    order = Order.objects.get()
    assert order.number not in ada.browser.text("/account/orders/")
    assert ada.browser.get(page_of(order)).status_code == 404


def test_an_order_is_cancelled_after_a_question(ada: Buyer) -> None:
    order = ada.buy(ada.shop.guide)
    assert "Cancel this order?" in ada.browser.text(f"{page_of(order)}cancel/")
    with ada.commits(execute=True):
        page = text(ada.browser.post(f"{page_of(order)}cancel/", follow=True))
    assert "The order is cancelled." in page
    assert "What was reserved on the card was released" in page
    assert "it is over already" in text(ada.browser.post(f"{page_of(order)}cancel/", follow=True))


def test_a_guest_comes_by_the_letters_link(guest: Buyer) -> None:
    order = guest.buy(guest.shop.licence)
    elsewhere = Visitor()
    assert elsewhere.get("/account/data/")["Location"].startswith("/sign-in/")
    answer = elsewhere.get(guest.link("mine"))
    assert answer["Location"] == page_of(order)
    page = elsewhere.text(page_of(order))
    assert order.number in page
    assert "You ordered without an account." in page
    assert 'href="/account/security/"' not in page
    assert order.number in elsewhere.text("/account/orders/")
    assert elsewhere.get("/account/security/")["Location"].startswith("/sign-in/")


def test_a_link_stays_good_for_an_hour_in_a_browser(guest: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    order = guest.buy(guest.shop.licence)
    guest.browser.get(guest.link("mine"))
    now = time.time()
    monkeypatch.setattr("upheld.web.people.time.time", lambda: now + 3700)
    assert guest.browser.get(page_of(order))["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("kind", ["mine", "mend"])
def test_a_forged_link_leads_nowhere(guest: Buyer, kind: str) -> None:
    order = guest.buy(guest.shop.licence)
    for token in ("x", links.token(order, kind)[:-2] + "xx", links.token(order, "mine" if kind == "mend" else "mend")):
        answer = guest.browser.get(f"/order/{kind}/{token}/")
        assert answer.status_code == 410
        assert "serves no more" in text(answer)


def test_a_guest_sees_corrects_and_takes_along_what_is_held(guest: Buyer) -> None:
    guest.buy(guest.shop.guide)
    guest.browser.get(guest.link("mine"))
    page = guest.browser.text("/account/data/")
    for value in (guest.email, "Ada Beispiel", "Beispielweg 7"):
        assert value in page
    path = re.findall(r'action="(/account/data/order/[^"]+/city/)"', page)[0]
    assert guest.browser.post(path, {"value": "Potsdam"})["Location"] == "/account/data/"
    assert "Potsdam" in guest.browser.text("/account/data/")
    assert guest.browser.post("/account/data/download/")["Content-Type"] == "application/zip"


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_guest_deletes_everything(guest: Buyer) -> None:
    order = guest.buy(guest.shop.guide)
    guest.browser.get(guest.link("mine"))
    assert "Goes now" in guest.browser.text("/order/delete/")
    answer = guest.browser.post("/order/delete/")
    found = re.findall(r'name="receipt" value="([^"]+)"', text(answer))[0]
    for escaped, plain in (("&quot;", '"'), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        found = found.replace(escaped, plain)
    assert receipts.verify(found.encode()).subject == order.subject
    assert guest.browser.get("/account/orders/")["Location"].startswith("/sign-in/")
    assert not Card.objects.filter(subject=order.subject).exists()


def test_deleting_is_for_guests_here_and_for_accounts_there(ada: Buyer) -> None:
    assert ada.browser.get("/order/delete/")["Location"] == "/account/delete/"
    assert ada.browser.post("/order/delete/")["Location"] == "/account/delete/"
    assert Account.objects.exists()


def test_who_has_an_account_by_now_signs_in(guest: Buyer, person: Person) -> None:
    guest.email = person.email
    order = guest.buy(guest.shop.licence)
    link = links.token(order, "mine")
    assert Visitor().get(f"/order/mine/{link}/")["Location"].startswith(("/sign-in/?next=", page_of(order)))


def test_a_link_of_someone_else_says_who_is_signed_in(guest: Buyer, person: Person) -> None:
    guest.buy(guest.shop.licence)
    path = guest.link("mine")
    member = Visitor().sign_in(person)
    answer = member.get(path)
    assert answer.status_code == 409
    assert "Someone else is signed in" in text(answer)


def test_a_declined_card_is_mended_by_the_letters_link(guest: Buyer) -> None:
    order = guest.buy(guest.shop.guide, number=DECLINES_LATER)
    elsewhere = Visitor()
    path = guest.link("mend")
    page = elsewhere.text(path)
    assert "could not be charged" in page
    assert "ending in 0341" in page
    assert "Type your card, or choose one." in text(elsewhere.post(path, {"card": "new", "card_token": ""}))
    page = text(elsewhere.post(path, {"card_token": guest.typed("4000000000000002")}))
    assert "Your bank declined this card." in page
    answer = elsewhere.post(path, {"card_token": guest.typed(DECLINES_LATER)}, follow=True)
    assert "That did not work either." in text(answer)
    with guest.commits(execute=True):
        page = text(elsewhere.post(path, {"card": "new", "card_token": guest.typed()}, follow=True))
    assert "It is mended." in page
    assert "Nothing to mend" in page
    assert verbs.state(order) == "paid"
    assert Trouble.objects.get().ending == "mended"


def test_a_wrong_address_is_mended(ada: Buyer) -> None:
    order = ada.buy(ada.shop.guide)
    with ada.commits(execute=True):
        verbs.trouble(order, kind="undeliverable", by=staff(order))
    assert "Mend it" in ada.browser.text(page_of(order))
    path = ada.link("mend")
    page = ada.browser.text(path)
    assert "Beispielweg 7" in page
    changed = {name: value for name, value in BERLIN.items() if name != "country"} | {"address_line1": "Neuer Weg 8"}
    page = text(ada.browser.post(path, changed | {"postal_code": "1"}))
    assert 'id="id_postal_code_error"' in page
    with ada.commits(execute=True):
        assert "The address is corrected." in text(ada.browser.post(path, changed, follow=True))
    page = ada.browser.text(page_of(order))
    assert "Neuer Weg 8" in page
    assert "Beispielweg" not in page


def test_something_else_is_taken_in_place_of_what_is_gone(ada: Buyer) -> None:
    order = ada.buy(ada.shop.guide)
    dearer, cheaper = sell("dearer", "parcel", 9900), sell("cheaper", "parcel", 1900)
    with ada.commits(execute=True):
        verbs.trouble(order, kind="out_of_stock", reason="GUIDE", by=staff(order))
    path = ada.link("mend")
    page = ada.browser.text(path)
    assert str(cheaper.pk) in page
    assert str(dearer.pk) not in page
    assert "Choose one of those listed." in text(ada.browser.post(path, {"variant": str(dearer.pk)}))
    with ada.commits(execute=True):
        assert "It is mended." in text(ada.browser.post(path, {"variant": str(cheaper.pk)}, follow=True))
    assert "Cheaper" in ada.browser.text(page_of(order))


def test_trouble_can_be_answered_by_calling_it_off(guest: Buyer) -> None:
    order = guest.buy(guest.shop.guide, number=DECLINES_LATER)
    path = guest.link("mend")
    with guest.commits(execute=True):
        page = text(guest.browser.post(path, {"give_up": "1"}, follow=True))
    assert "The order is cancelled." in page
    assert "This order is over" in page
    assert verbs.state(order) == "cancelled"
    assert "over" in guest.browser.text(path), "the link tells how it ended"
