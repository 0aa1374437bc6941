"""Staff as whoever administers the desk sees them: pseudonyms, jobs, and what ends at once."""

import pytest
from django.core import mail
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.web.conftest import Visitor
from tests.working import at_the_desk, member
from upheld.staff.models import DeskSession, Member

pytestmark = pytest.mark.django_db
STAFF, INVITE = "/desk/staff/", "/desk/staff/invite/"
NEW = {"address": "rosa@staff.example.org", "name": "Rosa Canary", "jobs": ["billing", "shop"]}


@pytest.fixture
def ada(db: None) -> Member:
    return member("administration")


@pytest.fixture
def clerk(db: None) -> Member:
    return member("billing")


@pytest.fixture
def browser(ada: Member) -> Visitor:
    browser = Visitor()
    at_the_desk(ada, browser)
    return browser


def page_of(someone: Member) -> str:
    return f"{STAFF}{someone.pseudonym}/"


def test_everybody_is_listed_by_pseudonym(browser: Visitor, ada: Member, clerk: Member) -> None:
    text = browser.text(STAFF)
    assert ada.pseudonym in text
    assert clerk.pseudonym in text
    assert "Billing" in text
    assert "Canary" not in text
    assert "@staff.example.org" not in text


@pytest.mark.parametrize("job", ["billing", "shipping", "support", "privacy", "news", "shop"])
def test_no_other_job_gets_here(ada: Member, job: str) -> None:
    other = Visitor()
    at_the_desk(member(job), other)
    for path in (STAFF, INVITE, page_of(ada), f"{page_of(ada)}leave/"):
        assert other.get(path).status_code == 403, path
    for path in (INVITE, page_of(ada), f"{page_of(ada)}leave/", f"{page_of(ada)}sessions/end/"):
        assert other.post(path, NEW).status_code == 403, path
    assert Member.objects.get(pk=ada.pk).is_here
    assert Member.objects.count() == 2


def test_somebody_is_invited(
    browser: Visitor, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(INVITE, NEW)["Location"] == STAFF
    new = Member.objects.get(enrolled_at=None)
    assert new.jobs == ["billing", "shop"]
    [letter] = mail.outbox
    assert letter.to == [NEW["address"]]
    text = browser.text(STAFF)
    assert f"{new.pseudonym} is invited" in text
    assert "has not joined" in text
    assert "Canary" not in text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"address": "rosa"}, "Enter an e-mail address"),
        ({"address": ""}, "Enter the address to write to"),
        ({"jobs": ["elephants"]}, "Choose among the jobs listed"),
        ({"jobs": ["emergency"]}, "Choose among the jobs listed"),
        ({"name": "n" * 101}, "at most 100 characters"),
        ({"name": "4242 4242 4242 4242"}, "the number of a card"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(browser: Visitor, wrong: dict[str, str], said: str) -> None:
    answer = browser.post(INVITE, NEW | wrong)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert "4242 4242" not in text
    assert 'value="shop" checked' in text or "jobs" in wrong
    assert Member.objects.count() == 1


def test_whoever_is_here_is_not_invited_again(browser: Visitor) -> None:
    there = member("shop", address="rosa@staff.example.org")
    answer = browser.post(INVITE, NEW)
    assert answer.status_code == 422
    assert there.pseudonym in answer.content.decode()


def test_other_jobs_hold_with_the_next_click(browser: Visitor, clerk: Member) -> None:
    other = Visitor()
    at_the_desk(clerk, other)
    assert other.get("/desk/queue/refund/").status_code == 200
    assert 'value="billing" checked' in browser.text(page_of(clerk))
    assert browser.post(page_of(clerk), {"jobs": ["support"]})["Location"] == STAFF
    assert other.get("/desk/queue/refund/").status_code == 403
    assert other.get("/desk/queue/conversation/").status_code == 200


def test_ones_own_jobs_are_somebody_elses_to_change(browser: Visitor, ada: Member) -> None:
    answer = browser.post(page_of(ada), {"jobs": ["administration", "support"]})
    assert answer.status_code == 422
    assert "Nobody changes their own jobs" in answer.content.decode()
    assert Member.objects.get(pk=ada.pk).jobs == ["administration"]


def test_somebody_is_signed_out_everywhere(browser: Visitor, clerk: Member) -> None:
    other = Visitor()
    at_the_desk(clerk, other)
    assert browser.post(f"{page_of(clerk)}sessions/end/")["Location"] == STAFF
    assert other.get("/desk/me/").status_code == 302


def test_somebody_leaves(browser: Visitor, clerk: Member) -> None:
    other = Visitor()
    at_the_desk(clerk, other)
    assert f"{clerk.pseudonym} leaves?" in browser.text(f"{page_of(clerk)}leave/")
    assert other.get("/desk/me/").status_code == 200
    browser.post(f"{page_of(clerk)}leave/")
    assert other.get("/desk/me/").status_code == 302
    assert clerk.pseudonym in browser.text(STAFF), "it says who left"
    assert clerk.pseudonym not in browser.text(STAFF)
    assert browser.get(page_of(clerk)).status_code == 404


def test_the_last_one_who_administers_the_desk_stays(browser: Visitor, ada: Member) -> None:
    answer = browser.post(f"{page_of(ada)}leave/")
    assert answer.status_code == 409
    assert "is the only one who administers the desk" in answer.content.decode()
    assert browser.get(STAFF).status_code == 200


@pytest.mark.parametrize("pseudonym", ["S-00000", "rosa", "S", "0" * 300])
def test_nobody_has_no_page(browser: Visitor, pseudonym: str) -> None:
    assert browser.get(f"{STAFF}{pseudonym}/").status_code == 404


def test_changing_anything_asks_who_it_is_again(browser: Visitor, clerk: Member) -> None:
    DeskSession.objects.update(proven_at=None)
    for path in (INVITE, page_of(clerk), f"{page_of(clerk)}leave/", f"{page_of(clerk)}sessions/end/"):
        answer = browser.post(path, {"jobs": ["support"]})
        assert answer["Location"].startswith("/desk/confirm/"), path
    assert Member.objects.get(pk=clerk.pk).jobs == ["billing"]


def test_a_form_from_elsewhere_is_refused(ada: Member, clerk: Member) -> None:
    strict = Visitor(enforce_csrf_checks=True)
    at_the_desk(ada, strict)
    assert strict.post(f"{page_of(clerk)}leave/").status_code == 403
    assert Member.objects.get(pk=clerk.pk).is_here
