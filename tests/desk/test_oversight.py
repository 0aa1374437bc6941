"""The privacy officer's page, which nobody else is shown; and what members declare about themselves."""

import pytest
from django.db import transaction

from tests.orders.conftest import Shop
from tests.people import Person
from tests.web.conftest import Visitor
from tests.working import at_the_desk, member
from upheld import ledger, vault
from upheld.accounts.limits import HOUR, Limit
from upheld.cases import glass, noticing, taking
from upheld.cases.models import Glass, Oddity, Relation
from upheld.contact.models import Address
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights.checks.rehearsal import NOBODY_OF_US
from upheld.staff.jobs import offered
from upheld.staff.models import Member

pytestmark = pytest.mark.django_db
PAGE = "/desk/oversight/"


def desk_of(someone: Member) -> Visitor:
    return at_the_desk(someone, Visitor())  # type: ignore[return-value]  # the same browser


@pytest.fixture
def officer(db: None) -> Visitor:
    return desk_of(member("privacy"))


@pytest.fixture
def clerk(db: None) -> Member:
    return member("support")


@pytest.fixture
def opened(person: Person, clerk: Member) -> Glass:
    """An emergency in which an address was opened."""
    asked = glass.ask(person.subject, reason="court_order", by=clerk)
    case = glass.agree(asked, by=member("billing"))
    address = Address.objects.get(subject=person.subject)
    vault.open(address, ["email"], by=taking.acts_as(clerk, case), purpose="reply", because=f"glass:{asked.pk}")
    return asked


@pytest.mark.parametrize("job", [job for job in offered() if job != "privacy"])
def test_no_other_job_sees_or_does_any_of_it(job: str, clerk: Member, opened: Glass) -> None:
    browser = desk_of(member(job))
    oddity = noticing.report("refused", member=clerk.pk)
    assert browser.get(PAGE).status_code == 403
    for address in ("name/", f"reports/{oddity.pk}/close/", f"emergencies/{opened.pk}/review/"):
        answer = browser.post(PAGE + address, {"outcome": "in_order", "pseudonym": clerk.pseudonym})
        assert answer.status_code == 403
        assert "Staff Canary" not in answer.content.decode()
    assert Oddity.objects.filter(closed_at=None).count() == 2
    assert PAGE not in browser.text("/desk/")


def test_nobody_from_outside_sees_it(person: Person) -> None:
    for browser in (Visitor(), Visitor().sign_in(person)):
        assert browser.get(PAGE)["Location"].startswith("/desk/sign-in/")


def test_reports_are_read_and_closed(officer: Visitor, clerk: Member) -> None:
    oddity = noticing.report("unusual", member=clerk.pk, figure="31 opened in an hour as support, 9 at most before")
    said = officer.text(PAGE)
    assert "far more than usual (31 opened in an hour as support, 9 at most before)" in said
    assert clerk.pseudonym in said
    assert "Staff Canary" not in said
    address = f"{PAGE}reports/{oddity.pk}/close/"
    assert officer.post(address, {"outcome": "whatever"}).status_code == 409
    assert officer.post(address, {"outcome": "followed_up"}).status_code == 302
    assert "None is open." in officer.text(PAGE)
    assert officer.post(address, {"outcome": "in_order"}).status_code == 409
    assert officer.post(f"{PAGE}reports/{clerk.pk}/close/", {"outcome": "in_order"}).status_code == 404


def test_an_emergency_is_reviewed_with_what_was_opened_in_it(officer: Visitor, opened: Glass, person: Person) -> None:
    said = officer.text(PAGE)
    assert opened.number in said
    assert "A court or an authority ordered it." in said
    assert "Opened address: email" in said
    assert f"Emergency {opened.number}" in said  # beside the report of it
    assert str(opened.pk) not in officer.text(PAGE).replace(f"{opened.pk}/review/", "")
    assert person.email not in said
    address = f"{PAGE}emergencies/{opened.pk}/review/"
    assert officer.post(address, {"outcome": "unjustified"}).status_code == 302
    assert Glass.objects.get().outcome == "unjustified"
    assert f"The review of {opened.number} is closed." in officer.text(PAGE)
    assert address not in officer.text(PAGE)
    assert officer.post(address, {"outcome": "justified"}).status_code == 409


def test_nobody_reviews_their_own(person: Person, clerk: Member) -> None:
    someone = member("privacy")
    asked = glass.ask(person.subject, reason="safety", by=clerk)
    glass.agree(asked, by=someone)
    browser = desk_of(someone)
    assert "For a colleague: you took part in it." in browser.text(PAGE)
    assert browser.post(f"{PAGE}emergencies/{asked.pk}/review/", {"outcome": "justified"}).status_code == 409
    own = noticing.report("refused", member=someone.pk)
    assert "For a colleague: it is about you." in browser.text(PAGE)
    assert browser.post(f"{PAGE}reports/{own.pk}/close/", {"outcome": "in_order"}).status_code == 409
    assert Glass.objects.get().reviewed_at is None


def test_a_name_is_shown_once_and_on_record(officer: Visitor, clerk: Member) -> None:
    answer = officer.post(f"{PAGE}name/", {"pseudonym": clerk.pseudonym.lower()})
    assert f"{clerk.pseudonym} is Staff Canary." in answer.content.decode()
    assert "Staff Canary" not in officer.text(PAGE)
    assert ledger.Entry.objects.get(act=Act.MEMBER_NAME).facts["member"] == str(clerk.pk)
    for wrong in ("", "S-XXXXX", "x" * 20):
        assert officer.post(f"{PAGE}name/", {"pseudonym": wrong}).status_code == 422


def test_openings_of_today_stand_beside_what_is_usual(officer: Visitor, clerk: Member) -> None:
    by = Actor.staff(clerk.pk, job="support")
    with transaction.atomic():
        ledger.append_many([ledger.Draft(Act.FIELD_OPEN, by, vault.new_subject(), {"row": "a:1"}) for _ in range(7)])
    said = officer.text(PAGE)
    assert f'aria-label="Busiest hour of {clerk.pseudonym}">7 of 40</meter>' in said
    assert "not known yet" in said


def test_what_checks_opened_of_whom_they_made_up_is_nobodys(officer: Visitor) -> None:
    by = Actor.staff(NOBODY_OF_US, job="support")
    with transaction.atomic():
        ledger.append(Act.FIELD_OPEN, by=by, subject=vault.new_subject(), facts={"row": "a:1"})
    assert "Nobody opened anything." in officer.text(PAGE)


def test_refusals_at_the_desk_are_counted(clerk: Member) -> None:
    browser = desk_of(clerk)
    for _ in range(noticing.REFUSALS.times + 1):
        assert browser.get(PAGE).status_code == 403
    assert Oddity.objects.get().kind == "refused"


def test_a_batch_ends_where_a_jobs_limit_does(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noticing, "OPENINGS_OF_PARCELS", Limit("openings.few", 1, HOUR))
    browser, orders = desk_of(member("shipping")), [shop.placed("guide") for _ in range(2)]
    answer = browser.post("/desk/parcels/slips/", {"order": [str(each.pk) for each in orders]})
    assert answer["Content-Type"] == "application/zip"
    assert ledger.Entry.objects.filter(act=Act.FIELD_PRINT).count() == 1
    assert Oddity.objects.get().kind == "rate"


def test_who_is_close_is_declared_and_withdrawn(clerk: Member, person: Person) -> None:
    browser = desk_of(clerk)
    answer = browser.post("/desk/me/close/", {"address": person.email, "kind": "relative"})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/me/")
    said = browser.text("/desk/me/")
    assert "A relative&#x27;s or friend&#x27;s" in said
    assert person.email not in said
    relation = Relation.objects.get()
    address = f"/desk/me/close/{relation.pk}/withdraw/"
    assert desk_of(member("support")).post(address).status_code == 404
    assert browser.post(address).status_code == 302
    assert not Relation.objects.exists()
    assert browser.post(address).status_code == 404


@pytest.mark.parametrize(("address", "kind", "said"), [
    ("", "own", "Enter your e-mail address."), ("nobody", "own", ""), ("ada@example.org", "", "Say whose it is."),
    ("ada@example.org", "friend", "Choose one of those listed."),
])  # fmt: skip
def test_what_is_wrong_with_a_declaration_is_said(clerk: Member, address: str, kind: str, said: str) -> None:
    answer = desk_of(clerk).post("/desk/me/close/", {"address": address, "kind": kind})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Relation.objects.exists()
