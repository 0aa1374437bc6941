"""An emergency at the desk: asked for on one page, agreed to on another's."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.people import Person
from tests.web.conftest import Visitor
from tests.working import at_the_desk, member
from upheld.cases import glass
from upheld.cases.models import Case, Glass, Oddity
from upheld.contact.models import Address
from upheld.staff.models import DeskSession, Member

pytestmark = pytest.mark.django_db
PAGE = "/desk/emergency/"


def desk_of(someone: Member) -> Visitor:
    return at_the_desk(someone, Visitor())  # type: ignore[return-value]  # the same browser


@pytest.fixture
def asker(db: None) -> Member:
    return member("support")


@pytest.fixture
def other(db: None) -> Member:
    return member("shipping")


def ask(browser: Visitor, what: str, reason: str = "safety") -> tuple[int, str]:
    answer = browser.post(f"{PAGE}ask/", {"what": what, "reason": reason})
    return answer.status_code, answer.content.decode()


def test_two_members_open_it_together(person: Person, asker: Member, other: Member) -> None:
    one, two = desk_of(asker), desk_of(other)
    status, _ = ask(one, person.email)
    assert status == 302
    asked = Glass.objects.get()
    said = one.text(PAGE)
    assert f"{asked.number} waits until somebody else agrees" in said
    assert f"/desk/emergency/{asked.pk}/agree/" not in said
    assert person.email not in said
    said = two.text(PAGE)
    assert asked.number in said
    assert asker.pseudonym in said
    assert person.email not in said
    assert two.post(f"{PAGE}{asked.pk}/agree/").status_code == 302
    assert Case.objects.get().taken_by == asker.pk
    assert f"/desk/case/emergency/{asked.pk}/" in one.text(PAGE)
    assert f"/desk/case/emergency/{asked.pk}/" not in two.text(PAGE)
    assert one.post(f"{PAGE}{asked.pk}/end/").status_code == 302
    assert "is over" in one.text(PAGE)
    assert Case.objects.get().closed_at


def test_whoever_asked_cannot_agree(person: Person, asker: Member) -> None:
    browser = desk_of(asker)
    ask(browser, person.email)
    answer = browser.post(f"{PAGE}{Glass.objects.get().pk}/agree/")
    assert answer.status_code == 409
    assert "Somebody else has to agree" in answer.content.decode()
    assert not Case.objects.exists()


def test_it_is_refused_or_taken_back(person: Person, asker: Member, other: Member) -> None:
    for browser in (desk_of(other), desk_of(asker)):
        ask(desk_of(asker), person.email)
        waits = Glass.objects.get(refused_at=None)
        assert browser.post(f"{PAGE}{waits.pk}/refuse/").status_code == 302
        assert "Nothing was opened." in browser.text(PAGE)
        assert browser.post(f"{PAGE}{waits.pk}/agree/").status_code == 409


def test_what_no_job_of_theirs_covers_is_opened_on_the_page_of_the_case(person: Person, asker: Member) -> None:
    asked = glass.ask(person.subject, reason="safety", by=asker)
    browser, page = desk_of(asker), f"/desk/case/emergency/{asked.pk}/"
    assert browser.get(page).status_code == 403
    glass.agree(asked, by=member("billing"))
    said = browser.text(page)
    assert asked.number in said
    assert person.email not in said
    row = Address.objects.get(subject=person.subject).pk
    address = reverse("desk_open", args=["emergency", asked.pk, "address", row, "email"])
    assert person.email in browser.post(address).content.decode()
    Glass.objects.update(ends_at=timezone.now())
    over = browser.post(address)
    assert over.status_code >= 400
    assert person.email not in over.content.decode()


@pytest.mark.parametrize(("what", "reason", "said"), [
    ("", "safety", "Type an address or a number."),
    ("x" * 400, "safety", "That is longer than any of them."),
    ("nobody@example.org", "safety", "Nothing is found under this."),
    ("4242 4242 4242 4242", "safety", "This looks like the number of a card"),
    ("ada@example.org", "", "Say why."),
    ("ada@example.org", "curiosity", "Choose one of the reasons listed."),
])  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(asker: Member, what: str, reason: str, said: str) -> None:
    status, page = ask(desk_of(asker), what, reason)
    assert status == 422
    assert said in page
    assert not Glass.objects.exists()


def test_nobody_asks_about_themselves(person: Person) -> None:
    status, said = ask(desk_of(member("support", address=person.email)), person.email)
    assert status == 409
    assert "close to you" in said
    assert Oddity.objects.get().kind == "too_close"


def test_a_made_up_emergency_is_not_found(other: Member) -> None:
    browser = desk_of(other)
    for verb in ("agree", "refuse", "end"):
        assert browser.post(f"{PAGE}{other.pk}/{verb}/").status_code == 404
        assert browser.get(f"{PAGE}{other.pk}/{verb}/").status_code == 405


def test_it_is_agreed_to_only_by_who_shows_again_that_it_is_them(person: Person, asker: Member, other: Member) -> None:
    asked = glass.ask(person.subject, reason="safety", by=asker)
    browser = desk_of(other)
    DeskSession.objects.filter(member=other).update(proven_at=timezone.now() - timedelta(hours=1))
    for verb in ("agree", "refuse"):
        answer = browser.post(f"{PAGE}{asked.pk}/{verb}/")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/desk/confirm/")
    assert Glass.objects.get().agreed_by is None


def test_nobody_sees_it_from_outside(person: Person) -> None:
    for browser in (Visitor(), Visitor().sign_in(person)):
        answer = browser.get(PAGE)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/desk/sign-in/")
        assert browser.post(f"{PAGE}ask/", {"what": person.email, "reason": "safety"}).status_code == 302
    assert not Glass.objects.exists()
