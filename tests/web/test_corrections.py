"""Correcting as the pages offer it: by a letter's link and a code, in all places at once, and with a yes or a no."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from html import unescape

import pytest
from django.utils import timezone

from tests.people import Person
from tests.rights.conftest import Planted
from tests.rights.requesting import CONFIRM, DIGITS, ask, fresh, last, officer, secret, words
from tests.rights.test_buyers import bought, paid
from tests.rights.test_proposing import LINK, VALUE
from tests.web.conftest import Visitor
from upheld import vault
from upheld.accounts.models import Session
from upheld.contact import verbs as contact
from upheld.orders.models import AsIssued, Order, Step
from upheld.policy.actors import Actor
from upheld.rights import verbs
from upheld.rights.corrections import proposing
from upheld.rights.models import Proposal, Request, Right, State
from upheld.rights.reasons import Reason

pytestmark = pytest.mark.django_db(transaction=True)
Letters = Callable[[], list[EmailMessage]]
GUEST, NEW = "guest.canary@example.org", "Ann Berichtigt"


@pytest.fixture
def guest(letters: Letters) -> Planted:
    """Somebody without an account, whose one order is charged and over."""
    subject = vault.new_subject()
    contact.add_address(subject, email=GUEST, source="order", by=Actor.person(subject))
    someone = Planted(subject, {"email": GUEST})
    paid(bought(someone))
    Step.objects.create(subject=subject, order=Order.objects.get().pk, kind="cancelled", at=timezone.now(), by="shop")
    return someone


def another(guest: Planted) -> Order:
    row = Order.objects.get(subject=guest.subject)
    order = Order(
        subject=row.subject, number="7KQ4M-X2P9F", currency="EUR", card=row.card, drafted_at=row.drafted_at,
        placed_at=row.placed_at,
    )  # fmt: skip
    return vault.collect(order, {"name": "ann  canary", "country": "DE"}, source="order", by=guest.by)


def confirmed(email: str, letters: Letters) -> Request:
    ask([Right.RECTIFICATION], email)
    [found] = verbs.confirm(secret(CONFIRM, last(letters)), by=Actor.visitor())
    return found


def invited(letters: Letters) -> str:
    [told] = [words(letter) for letter in letters() if "correct it at once" in words(letter)]
    return f"/rights/correction/{secret(LINK, told)}/"


def let_in(visitor: Visitor, link: str, letters: Letters) -> str:
    assert visitor.post(f"{link}code/")["Location"] == link
    assert "This is not the code" in visitor.post(link, {"code": "0"}).content.decode()
    assert visitor.post(link, {"code": secret(DIGITS, last(letters))})["Location"] == link
    return visitor.text(link)


def test_a_guest_corrects_all_places_and_the_invoice_stays(guest: Planted, visitor: Visitor, letters: Letters) -> None:
    second = another(guest)
    asked = confirmed(GUEST, letters)
    link = invited(letters)
    assert "Ann Canary" not in visitor.text(link)
    assert visitor.post(link, {"settle": "yes"}).status_code == 200
    assert fresh(asked).state == State.IN_PROGRESS, "not before the code"
    assert "Correct it yourself" in let_in(visitor, link, letters)
    assert "Ann Canary" in visitor.text("/account/data/")
    first = Order.objects.exclude(pk=second.pk).get()
    path = f"/account/data/order/{first.pk}/name/"
    page = visitor.post(path, {"value": NEW}).content.decode()
    assert "held in 1 other place" in page
    assert f"order:{second.pk}:name" in page
    assert NEW not in page
    assert "correction COR-" in page
    assert visitor.post(f"{path}elsewhere/", {"place": f"order:{second.pk}:name"})["Location"] == "/account/data/"
    assert {each.document for each in AsIssued.objects.all()}
    shown = visitor.text("/account/data/")
    assert shown.count(f'value="{NEW}"') == 2
    ended = visitor.post(link, {"settle": "yes"}).content.decode()
    assert "a correction stands beside it" in ended
    assert (fresh(asked).state, fresh(asked).reason) == (State.PARTLY_FULFILLED, Reason.STAYS_AS_ISSUED)
    assert visitor.get(link).status_code == 410
    assert visitor.post(f"{link}code/").status_code == 410


def test_places_that_are_not_of_this_kind_are_not_there(guest: Planted, visitor: Visitor, letters: Letters) -> None:
    confirmed(GUEST, letters)
    let_in(visitor, invited(letters), letters)
    order = Order.objects.get()
    path = f"/account/data/order/{order.pk}/name/elsewhere/"
    for place in ("nonsense", f"order:{order.pk}:city", f"order:{guest.subject}:name", f"account:{order.pk}:password"):
        assert visitor.post(path, {"place": place}).status_code == 404, place


def test_a_proposal_is_seen_and_answered_under_the_requests(person: Person, member: Visitor, letters: Letters) -> None:
    asked = confirmed(person.email, letters)
    session = Session.objects.filter(subject=person.subject).first()
    assert session is not None
    about = {"label": "session", "row": session.pk, "field": "device", "by": officer(asked)}
    proposing.propose(asked, **about, value=VALUE)
    assert f'href="/account/requests/{asked.pk}/correction/"' in member.text("/account/requests/")
    page = member.text(f"/account/requests/{asked.pk}/correction/")
    assert VALUE in page
    assert "Yes, correct it" in page
    assert member.post(f"/account/requests/{asked.pk}/correction/", {"answer": "yes"}).status_code == 404
    waiting = Proposal.objects.get()
    done = {"answer": "yes", "proposal": str(waiting.pk)}
    assert member.post(f"/account/requests/{asked.pk}/correction/", done)["Location"] == "/account/requests/"
    assert "It is corrected." in member.text("/account/requests/")
    assert fresh(asked).state == State.FULFILLED
    assert member.get(f"/account/requests/{asked.pk}/correction/").status_code == 404


def test_by_its_link_a_proposal_shows_after_the_code_and_no_leaves_it(
    person: Person, visitor: Visitor, letters: Letters
) -> None:
    asked = confirmed(person.email, letters)
    row = vault.collect(
        Session(
            subject=person.subject, digest=person.subject.bytes * 2, data="{}", created_at=asked.asked_at,
            expires_at=asked.due_at,
        ), {"device": "Old canary"}, source="account", by=person.me,
    )  # fmt: skip
    proposing.propose(asked, label="session", row=row.pk, field="device", value=VALUE, by=officer(asked))
    link = f"/rights/correction/{secret(LINK, last(letters))}/"
    assert VALUE not in visitor.text(link)
    assert VALUE not in visitor.post(link, {"answer": "yes"}).content.decode()
    page = unescape(let_in(visitor, link, letters))
    assert VALUE in page
    assert "Old canary" in page
    assert visitor.get("/account/data/").status_code == 302, "the code of one link opens nothing else of an account"
    assert "Nothing was changed" in visitor.post(link, {"answer": "no"}).content.decode()
    assert fresh(asked).reason == Reason.OFFICER
    assert visitor.get(link).status_code == 410
    own = invited(letters)
    assert "sign in" in let_in(visitor, own, letters)
    assert not re.search("canary", visitor.text(own))
