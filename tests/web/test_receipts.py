"""The receipt of a request: as a file for whoever asked, by the link in a letter, and the page that checks it."""

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from tests.people import Person
from tests.rights.requesting import officer
from tests.web.conftest import Visitor
from upheld import ledger, vault
from upheld.accounts import limits
from upheld.ledger import sequencing
from upheld.policy.actors import Actor
from upheld.rights import links, verbs
from upheld.rights.models import Request, Right, State
from upheld.rights.papers import receipts
from upheld.rights.requests import ending
from upheld.web.views import data, delete_item
from upheld.web.views import receipts as views

Letters = Callable[[], list[EmailMessage]]


def asked(person: Person) -> Request:
    found = verbs.ask([person.subject], [Right.RECTIFICATION], way="site", by=Actor.person(person.subject))
    assert isinstance(found, list)
    return found[0]


def path_of(request: Request) -> str:
    return "/" + links.to_receipt(request.subject, request.pk).split("/", 3)[3]


def test_whoever_asked_gets_it_as_a_file_at_every_step(person: Person, member: Visitor) -> None:
    request = asked(person)
    answer = member.get(f"/account/requests/{request.pk}/receipt/")
    assert answer["Content-Disposition"] == f'attachment; filename="receipt-{request.number}.txt"'
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    found = receipts.verify(answer.content)
    assert (found.subject, found.state) == (person.subject, "in_progress")
    assert person.email not in found.text


def test_a_step_without_a_place_yet_is_waited_for(
    person: Person, member: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asked(person)
    monkeypatch.setattr(sequencing, "sequence", lambda: None)  # the worker has the log's lock for longer than we wait
    monkeypatch.setattr(ledger, "sequence", lambda: None, raising=False)
    assert member.get(f"/account/requests/{request.pk}/receipt/").status_code == 503
    assert "under way" in member.text(path_of(request))


def test_nobody_else_gets_it(person: Person, member: Visitor) -> None:
    subject = vault.new_subject()
    [other] = verbs.ask([subject], [Right.RECTIFICATION], way="site", by=Actor.person(subject)) or []
    assert member.get(f"/account/requests/{other.pk}/receipt/").status_code == 404
    assert Visitor().get(f"/account/requests/{asked(person).pk}/receipt/")["Location"].startswith("/sign-in/")


def test_a_letters_link_shows_it_and_hands_it_over(person: Person, visitor: Visitor, letters: Letters) -> None:
    request = asked(person)
    request = ending.end(request, state=State.DENIED, reason="no_match", by=officer(request))
    page = visitor.text(path_of(request))
    assert request.number in page
    assert "refused. We hold nothing that it is about." in page
    [text] = re.findall(r'name="receipt" value="([^"]+)"', page)
    file = visitor.post("/account/delete/receipt/", {"receipt": text.replace("\n", "\r\n")})
    assert receipts.verify(file.content).state == "denied"
    cut = path_of(request)[:-4] + "/"
    assert visitor.get(cut).status_code == 404


def test_it_stays_when_everything_else_is_gone(person: Person, visitor: Visitor, letters: Letters) -> None:
    request = asked(person)
    path = path_of(request)
    verbs.erase(person.subject, by=Actor.person(person.subject))
    assert "Entry" in visitor.text(path)
    assert request.number not in visitor.text(path), "of which only the row knew"


def test_receipts_and_copies_are_made_so_often_and_no_more(
    person: Person, member: Visitor, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "BY_LINK", limits.Limit("few_by_link", 2, limits.HOUR))
    monkeypatch.setattr(views, "OWN", limits.Limit("few_of_theirs", 2, limits.HOUR))
    monkeypatch.setattr(delete_item, "OWN", limits.Limit("few_of_theirs", 2, limits.HOUR))
    monkeypatch.setattr(data, "DOWNLOADS", limits.Limit("few_downloads", 2, limits.HOUR))
    request, other = asked(person), asked(person)
    codes = [visitor.get(path_of(request)).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert visitor.get(path_of(other)).status_code == 200, "each link by itself"
    own = f"/account/requests/{request.pk}/receipt/"
    assert [member.get(own).status_code for _ in range(3)] == [200, 200, 429]
    assert member.get(f"/account/data/deleted/{request.pk}/").status_code == 429
    copies = []
    for _ in range(3):
        answer = member.post("/account/data/download/")
        copies.append(answer.status_code)
        assert b"".join(answer)
    assert copies == [200, 200, 429]
    assert int(answer["Retry-After"]) > 0


def test_the_page_that_checks_lets_nothing_out(member: Visitor, visitor: Visitor) -> None:
    for browser in (member, visitor):
        answer = browser.get("/receipt/")
        policy = dict(
            part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";") if part.strip()
        )
        assert (policy["connect-src"], policy["form-action"]) == ("'none'", "'none'")
        assert ledger.verifier_key() in answer.content.decode().replace("&#x27;", "'")
        assert not answer.cookies
    assert 'action="/sign-out/"' not in member.text("/receipt/")
    kept = visitor.get("/receipt/receipt-check.html")
    assert kept["Content-Disposition"] == 'attachment; filename="receipt-check.html"'
    text = kept.content.decode()
    assert "import(" not in text
    assert "export {" not in text
    assert not re.search(r'(?:src|href)=|url\((?!["\']?data:)', text), "it fetches nothing"
