"""The page behind an answered letter: how far it is, for whoever has the link, and nothing else."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

import pytest
from django.core import signing
from django.db import connections
from django.utils import timezone

from tests.canaries import Canaries
from tests.people import Person, begin, confirm
from tests.rights.requesting import CONFIRM, last, officer, secret
from tests.web.conftest import Visitor
from upheld import ledger, vault
from upheld.contact import verbs as contact
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import links, verbs
from upheld.rights.models import Request, Right, State, Token
from upheld.rights.requests import following, tokens

pytestmark = pytest.mark.django_db(transaction=True)
Letters = Callable[[], list[EmailMessage]]
RECEIPT = re.compile(r'href="[^"]*/rights/receipt/([^"]+)/"')
FOLLOW = re.compile(r'href="(/rights/request/[^"]+)"')


@pytest.fixture
def link(person: Person, canaries: Canaries, visitor: Visitor, letters: Letters) -> str:
    """The page that our letter leads to."""
    rights = ["access", "rectification", "opt_out"]
    visitor.post("/rights/", {"email": person.email, "rights": rights, "text": canaries["message"]})
    contact.deliver_due()
    return f"/rights/confirm/{secret(CONFIRM, last(letters))}/"


def followed(page: str) -> str:
    found = FOLLOW.search(page)
    assert found, page
    return found[1]


def test_it_shows_how_far_it_is_and_changes_nothing(
    person: Person, canaries: Canaries, link: str, visitor: Visitor
) -> None:
    path = followed(visitor.post(link, {"mine": "yes"}).content.decode())
    before = ledger.Entry.objects.count()
    page = visitor.text(path)
    for request in Request.objects.for_subject(person.subject):
        assert request.number in page
    assert "Done." in page
    assert "In progress. A person works on it." in page
    assert ">0 of 3" in page.replace("</progress> ", ">")
    for each in (*canaries.values.values(), "/account/", "Take it back"):
        assert each not in page
    answer = visitor.get(path, {"part": "progress"})
    part = answer.content.decode()
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert 'data-moving="yes"' in part
    assert "<html" not in part
    assert ledger.Entry.objects.count() == before
    assert visitor.post(path).status_code == 405
    for request in Request.objects.standing():
        verbs.end(request, state=State.FULFILLED, by=officer(request))
    assert 'data-moving="no"' in visitor.text(path, part="progress")
    assert "Look again" not in visitor.text(path)


def test_a_link_that_was_used_leads_there_and_does_nothing(link: str, visitor: Visitor) -> None:
    visitor.post(link, {"mine": "yes"})
    states = list(Request.objects.values_list("state", flat=True))
    for answer in (visitor.get(link), visitor.post(link), visitor.post(link, {"not_me": "yes"})):
        assert answer.status_code == 410
        assert visitor.get(followed(answer.content.decode())).status_code == 200
    assert list(Request.objects.values_list("state", flat=True)) == states


def test_what_is_no_link_of_ours_is_gone(link: str, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    path = followed(visitor.post(link, {"mine": "yes"}).content.decode())
    token = Token.objects.get(use="confirm")
    others = signing.dumps([token.subject.hex, token.pk.hex], salt="upheld.rights.receipt")
    strange = signing.dumps([vault.new_subject().hex, token.pk.hex], salt=following.SALT)
    for end in (path.split("/")[3][:-1], link.split("/")[3], others, strange, "x", "%00", "a:b:c", "%ff" * 300):
        answer = visitor.get(f"/rights/request/{end}/")
        assert answer.status_code == 410, end
        assert "This link serves no more" in answer.content.decode()
    monkeypatch.setattr(following, "LASTS", timedelta(0))
    assert visitor.get(path).status_code == 410


def test_after_an_erasure_it_leads_to_the_receipt(person: Person, visitor: Visitor, letters: Letters) -> None:
    visitor.post("/rights/", {"email": person.email, "rights": ["erasure"]})
    contact.deliver_due()
    link = f"/rights/confirm/{secret(CONFIRM, last(letters))}/"
    path = followed(visitor.post(link, {"mine": "yes"}).content.decode())
    assert "Delete everything" in visitor.text(path)
    verbs.carry_out_due()
    page = visitor.text(path)
    assert "It is deleted" in page
    assert "data-progress" not in visitor.text(path, part="progress"), "whoever looks on loads the page anew"
    receipt = re.search(r'href="(?:https://[^/]+)?(/rights/receipt/[^"]+)"', page)
    assert receipt
    assert str(person.subject) in visitor.text(receipt[1])


def test_one_of_two_people_of_an_address_goes_and_the_other_stays(
    person: Person, visitor: Visitor, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two guests' orders, say, that were made apart with one address."""
    other = confirm(begin("second.canary@example.org", person.password), letters()[-1])
    asked = [each for who in (person, other) for each in _waiting(who.subject)]
    secret = tokens.issue(tokens.CONFIRM, asked).link.rstrip("/").rsplit("/", 1)[1]
    path = f"/rights/request/{following.followable(secret)}/"
    verbs.erase(person.subject, by=person.me)
    page = visitor.text(path)
    assert asked[1].number in page
    assert "It is deleted" not in page
    assert asked[0].number not in page
    assert all(links.named(each) == (other.subject, asked[1].pk) for each in RECEIPT.findall(page))
    page = visitor.post(f"/rights/confirm/{secret}/", {"mine": "yes"}).content.decode()
    assert Request.objects.get(subject=other.subject).state == State.IN_PROGRESS
    assert visitor.post(f"/rights/confirm/{secret}/", {"mine": "yes"}).status_code == 410
    assert visitor.get(followed(page)).status_code == 200
    verbs.erase(other.subject, by=other.me)
    page = visitor.text(path)
    assert "It is deleted" in page
    receipts = RECEIPT.findall(page)
    assert {links.read(each) for each in receipts} == {person.subject, other.subject}
    monkeypatch.setattr(links.timezone, "now", lambda: datetime.now(UTC) + following.LASTS + timedelta(minutes=1))
    assert [links.read(each) for each in receipts] == [None, None], "they end with the page"


def _waiting(subject: UUID) -> list[Request]:
    found = verbs.ask([subject], [Right.RECTIFICATION], way="site", by=Actor.visitor())
    assert isinstance(found, list)
    return found


def test_two_tabs_confirm_once(person: Person, link: str) -> None:
    codes: list[int] = []
    both = threading.Barrier(2)

    def tab() -> None:
        both.wait()
        codes.append(Visitor().post(link, {"mine": "yes"}).status_code)
        connections.close_all()

    tabs = [threading.Thread(target=tab) for _ in range(2)]
    for each in tabs:
        each.start()
    for each in tabs:
        each.join()
    assert sorted(codes) == [200, 410]
    confirmed = ledger.Entry.objects.of(person.subject).filter(act=Act.REQUEST_CONFIRM)
    assert confirmed.count() == Request.objects.count() == 3


def test_one_that_expired_is_over(link: str, visitor: Visitor) -> None:
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    Request.objects.update(asked_at=timezone.now() - timedelta(days=8))
    verbs.expire_due()
    answer = visitor.get(link)
    assert answer.status_code == 410
    page = visitor.text(followed(answer.content.decode()))
    assert page.count("Ended without confirmation.") == 3
    assert not Request.objects.filter(right=Right.OPT_OUT, state=State.FULFILLED).exists()


def test_a_link_of_before_an_upgrade_still_leads_there(link: str, visitor: Visitor) -> None:
    visitor.post(link)
    page = followed(visitor.text(link))
    named = signing.loads(page.split("/")[3], salt="upheld.rights.following")  # as letters that have left were signed
    assert bytes.fromhex(named[0])
    assert visitor.get(page).status_code == 200
