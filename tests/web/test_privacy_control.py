"""Sec-GPC: what a browser asks for in its owner's name."""

from tests.people import Person
from tests.web.conftest import Visitor
from upheld import ledger
from upheld.contact.models import Choice
from upheld.policy.acts import Act

GPC = {"Sec-GPC": "1"}
POLICY, PRODUCTS, SPECIALS = "news.policy", "news.products", "news.specials"


def standing(person: Person) -> dict[str, bool]:
    return Choice.objects.standing(person.subject)


def test_it_refuses_what_is_for_selling(person: Person, member: Visitor) -> None:
    member.get("/account/", headers=GPC)
    assert standing(person) == {SPECIALS: False, PRODUCTS: False, POLICY: True}
    entries = ledger.Entry.objects.of(person.subject).filter(act=Act.CHOICE_RECORD)
    assert {entry.facts["source"] for entry in entries} == {"gpc"}
    member.get("/account/", headers=GPC)
    assert Choice.objects.for_subject(person.subject).count() == 2


def test_another_value_says_nothing(person: Person, member: Visitor) -> None:
    for value in ("0", "true", ""):
        member.get("/account/", headers={"Sec-GPC": value})
    assert all(standing(person).values())


def test_a_persons_own_word_counts_more(person: Person, member: Visitor) -> None:
    member.post("/account/choices/", {"topic": [PRODUCTS, POLICY]})
    member.post("/account/choices/", {"topic": [SPECIALS, PRODUCTS, POLICY]})
    member.get("/account/", headers=GPC)
    assert standing(person) == {SPECIALS: True, PRODUCTS: False, POLICY: True}
    member.post("/account/choices/", {"topic": [SPECIALS, PRODUCTS, POLICY]}, headers=GPC)
    Visitor().sign_in(person).get("/account/", headers=GPC)
    assert all(standing(person).values()), "said after it, it holds for the sessions to come"


def test_a_visitor_gets_no_row(visitor: Visitor) -> None:
    assert visitor.get("/", headers=GPC).status_code == 200
    assert not Choice.objects.exists()


def test_whoever_signs_in_with_it_has_it_heeded(person: Person, visitor: Visitor) -> None:
    given = {"email": person.email, "password": person.password}
    visitor.post("/sign-in/", given, headers=GPC, follow=True)
    assert not standing(person)[SPECIALS]


def test_the_page_of_choices_says_what_it_means(member: Visitor) -> None:
    assert "A browser can send the Global Privacy Control" in member.text("/account/choices/")
    page = member.get("/account/choices/", headers=GPC).content.decode()
    assert "Your browser sends the Global Privacy Control" in page


def test_the_site_says_that_it_heeds_it(visitor: Visitor) -> None:
    answer = visitor.get("/.well-known/gpc.json")
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {"gpc": True, "lastUpdate": "2026-11-01"}
