"""Somebody is found by exactly what they gave, and what comes of it is numbers and ways to work on it."""

import pytest

from tests.desk.sitting import SECRET, ask, case, entries, sits
from tests.orders.conftest import Shop
from tests.people import Person
from tests.working import on_case
from upheld.cases import finding
from upheld.cases.models import Case
from upheld.policy.acts import Act

pytestmark = pytest.mark.django_db
FIND = "/desk/find/"


def test_by_address_numbers_are_found_and_nothing_typed_comes_back(person: Person) -> None:
    conversation = ask(person)
    _, browser = sits("support")
    answer = browser.post(FIND, {"what": person.email})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert conversation.number in text
    assert case("conversation", conversation.pk, "take") in text
    for value in (person.email, SECRET, str(person.email.partition("@")[0])):
        assert value not in text
    assert entries(person, Act.SEARCH_MAKE) == 1


def test_what_is_found_is_taken_from_there(person: Person) -> None:
    conversation = ask(person)
    clerk, browser = sits("support")
    _, theirs = sits("support")
    assert "/take/" in browser.post(FIND, {"what": conversation.number}).content.decode()
    on_case(clerk, "conversation", conversation.pk)
    assert "yours, go to it" in browser.post(FIND, {"what": conversation.number}).content.decode()
    text = theirs.post(FIND, {"what": conversation.number}).content.decode()
    assert f"{clerk.pseudonym} has it" in text
    assert "/take/" not in text


def test_a_case_is_started_on_what_was_found_for_a_reason(shop: Shop) -> None:
    order = shop.placed("guide")
    clerk, browser = sits("billing")
    text = browser.post(FIND, {"what": order.number}).content.decode()
    assert "It was damaged" in text
    token = text.split('name="what" value="')[1].split('"')[0]
    for reason in ("", "curious"):
        answer = browser.post("/desk/find/start/", {"what": token, "reason": reason})
        assert answer.status_code == 409
        assert "Say why" in answer.content.decode()
    assert not Case.objects.exists()
    done = browser.post("/desk/find/start/", {"what": token, "reason": "damaged"})
    assert done["Location"] == case("refund", order.pk)
    text = browser.text(case("refund", order.pk))
    assert "The order" in text
    assert "Guide" in text
    assert "A•••" in text
    assert "Beispiel" not in text
    assert browser.post(case("refund", order.pk, "close"))["Location"] == "/desk/queue/refund/"
    assert browser.get(case("refund", order.pk)).status_code == 410
    assert clerk.pk == Case.objects.get().taken_by or Case.objects.get().closed_at


def test_what_another_member_found_is_no_ground_to_start_one(shop: Shop) -> None:
    order = shop.placed("guide")
    _, browser = sits("billing")
    _, theirs = sits("billing")
    text = browser.post(FIND, {"what": order.number}).content.decode()
    token = text.split('name="what" value="')[1].split('"')[0]
    for forged in (token, token[:-2], "", "x:y:z"):
        answer = theirs.post("/desk/find/start/", {"what": forged, "reason": "damaged"})
        assert answer.status_code == 403
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("", "Type what the person gave you."),
        ("a" * 321, "longer than any of them"),
        ("4242 4242 4242 4242", "looks like the number of a card"),
    ],
)
def test_what_cannot_be_searched_for_says_why(what: str, said: str) -> None:
    _, browser = sits("support")
    answer = browser.post(FIND, {"what": what})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "4242 4242" not in answer.content.decode()


@pytest.mark.parametrize("what", ["%", "*", "a@", "@example.org", "' OR 1=1 --", "C-%", "\x00"])
def test_nothing_is_found_by_a_part_of_anything(person: Person, what: str) -> None:
    ask(person)
    _, browser = sits("support")
    answer = browser.post(FIND, {"what": what})
    assert answer.status_code in (200, 422)
    assert "data-row" not in answer.content.decode()


def test_an_address_of_the_page_searches_for_nothing(person: Person) -> None:
    _, browser = sits("support")
    assert "data-row" not in browser.text(FIND, what=person.email)
    assert person.email not in browser.text(FIND, what=person.email)
    assert entries(person, Act.SEARCH_MAKE) == 0


def test_too_many_searches_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "SEARCHES", finding.Limit("cases.searches", 1, 3600))
    _, browser = sits("support")
    assert browser.post(FIND, {"what": "C-7K3Q9XMT"}).status_code == 200
    answer = browser.post(FIND, {"what": "C-7K3Q9XMT"})
    assert answer.status_code == 429
    assert "searched as often" in answer.content.decode()


def test_who_works_on_nobodys_cases_finds_nobody(person: Person) -> None:
    _, browser = sits("news")
    assert browser.post(FIND, {"what": person.email}).status_code == 409
    assert entries(person, Act.SEARCH_MAKE) == 0
