"""The policy is there for all staff, and answers what they may do with the declaration that refuses."""

from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest

from tests import working
from tests.web.conftest import Visitor
from upheld.desk import asking
from upheld.policy import force
from upheld.policy.acts import Act
from upheld.staff.models import Member

pytestmark = pytest.mark.django_db


def desk(*jobs: str) -> Visitor:
    browser = Visitor()
    working.at_the_desk(working.member(*jobs), browser)
    return browser


def asked(browser: Visitor, **question: str) -> str:
    return unescape(browser.text(f"/desk/policy/?{urlencode(question)}"))


def test_it_shows_what_is_in_force_how_much_is_backed_and_the_jobs() -> None:
    page = unescape(desk().text("/desk/policy/"))
    held = force.in_force()
    assert held.digest in page
    assert f"{len(held.sentences)} sentences:" in page
    assert "E-mail address, Payment card, Name, Country" in page
    assert "Payment in trouble, Refund, Dispute" in page


def test_what_comes_and_what_was_stand_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    held = force.in_force()
    before = replace(held, effective=held.effective - timedelta(days=400), digest="a" * 64)
    after = replace(held, effective=held.effective + timedelta(days=400), digest="b" * 64, guests=())
    monkeypatch.setattr(force.Published, "versions", lambda _: [before, held, after])
    page = desk().text("/desk/policy/")
    assert page.index("b" * 64) < page.index(held.digest) < page.index("a" * 64)
    assert "People must sign up before they order." in page


@pytest.mark.parametrize(
    ("job", "question", "said"),
    [
        ("billing", {"kind": "refund", "act": "vault:field:open", "datum": "card"}, "Yes, on a case of yours"),
        (
            "support",
            {"kind": "conversation", "act": "vault:field:open", "datum": "name"},
            "jobs.support does not open name",
        ),
        (
            "support",
            {"kind": "refund", "act": "vault:field:open", "datum": "email"},
            "jobs.support does not work on refund",
        ),
        ("billing", {"kind": "refund", "act": "orders:order:refund", "datum": ""}, "Yes, on a case of yours"),
        ("shop", {"kind": "catalogue", "act": "orders:product:change", "datum": ""}, "Yes."),
        ("shop", {"kind": "news", "act": "contact:news:send", "datum": ""}, "jobs.shop does not work on news"),
        (
            "privacy",
            {"kind": "rights_request", "act": "vault:subject:shred", "datum": ""},
            "is not for the actor staff",
        ),
        ("shipping", {"kind": "shipment", "act": "vault:field:disclose", "datum": "email"}, "does not receive email"),
        (
            "shipping",
            {"kind": "shipment", "act": "vault:field:disclose", "datum": "address"},
            "Yes, on a case of yours",
        ),
    ],
)
def test_it_answers_with_the_declaration_that_refuses(job: str, question: dict[str, str], said: str) -> None:
    page = asked(desk(job), **question).replace("<b>", "").replace("</b>", "")
    assert said in page


def test_who_has_no_job_is_told_which_may() -> None:
    page = asked(desk(), kind="refund", act="orders:order:refund", datum="")
    assert "no job is named." in page
    assert "The policy allows it to: Billing." in page


def test_of_two_jobs_the_one_that_may_answers(db: None) -> None:
    someone: Member = working.member("support", "billing")
    assert asking.answer(someone, "refund", Act.FIELD_OPEN, "card").refusal == ""
    assert asking.answer(someone, "shipment", Act.FIELD_OPEN, "card").refusal.endswith("does not work on shipment")


@pytest.mark.parametrize("crafted", [{"kind": "nonsense"}, {"act": "nonsense"}, {"datum": "nonsense"}, {"kind": ""}])
def test_a_crafted_question_is_no_question(crafted: dict[str, str]) -> None:
    question = {"kind": "refund", "act": "orders:order:refund", "datum": ""} | crafted
    answer = desk("billing").get("/desk/policy/", question)
    assert answer.status_code == 422
    assert b"Choose one of those listed." in answer.content
    assert b'id="answer"' not in answer.content


def test_every_act_is_answered_for_every_kind() -> None:
    someone = working.member("privacy")
    of_staff, others = asking.acts()
    for kind in asking.kinds(force.in_force()):
        assert all(not asking.answer(someone, kind, act).jobs for act in others)
        assert all(asking.answer(someone, kind, act) for act in of_staff)
