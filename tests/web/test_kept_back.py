"""What a person reads where they had us stop using their data, or where a law has us keep them."""

import re
from datetime import timedelta
from uuid import UUID

from tests.payments.conftest import Typed
from tests.people import Person
from tests.web.buying import Buyer, ada, guest, processor, started, text, typed
from tests.web.conftest import Visitor
from tests.web.test_cards import add
from upheld.payments.models import Card
from upheld.policy.actors import Actor, Case
from upheld.rights import verbs
from upheld.vault import holding

__all__ = ["ada", "guest", "processor", "started", "typed"]


def test_an_order_is_shown_and_waits(ada: Buyer, person: Person) -> None:
    order = ada.buy(ada.shop.guide)
    path = f"/account/orders/{order.pk}/"
    assert "This order waits" not in ada.browser.text(path)
    verbs.restrict(person.subject, ["fulfilment", "billing"], by=person.me)
    page = ada.browser.text(path)
    for shown in ("This order waits", "Beispielweg 7", "ending in 4242", person.email):
        assert shown in page, shown
    assert "ending in 4242" in ada.browser.text("/account/cards/")
    assert ada.browser.get(f"{path}confirmation.pdf").status_code in (200, 404)
    answer = ada.draft(ada.shop.guide)
    assert answer.status_code == 403
    assert "You had us stop using your data for this" in text(answer)
    verbs.lift(person.subject, ["fulfilment", "billing"], by=person.me)
    assert "This order waits" not in ada.browser.text(path)


def test_what_a_law_has_us_keep_is_not_removed(member: Visitor, person: Person, typed: Typed) -> None:
    add(member, typed())
    by = Actor.staff(UUID(int=3), job="privacy", case=Case("rights_request", person.subject, person.subject))
    hold = verbs.place_hold(person.subject, reason="claim", until=holding.today() + timedelta(days=3), by=by)
    path = re.findall(r'href="(/account/cards/[^"]+/remove/)"', member.text("/account/cards/"))[0]
    answer = member.post(path)
    assert answer.status_code == 409
    assert "A law has us keep this for now" in text(answer)
    assert Card.objects.exists()
    verbs.end_hold(hold, by=by)
    member.post(path)
    assert not Card.objects.exists()
