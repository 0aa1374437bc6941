"""The case of a request or a concern: what it shows, and everything that ends it, with nothing of anyone in it."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.utils import timezone

from tests import working
from tests.rights.conftest import Planted, plant
from tests.rights.requesting import CONFIRM, ask, fresh, last, secret, words
from tests.web.conftest import Visitor
from upheld import ledger
from upheld.cases import taking
from upheld.cases.models import Case
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import verbs
from upheld.rights.models import Proposal, Request, Right, State
from upheld.staff.models import DeskSession, Member
from upheld.vault import holding, restricting
from upheld.vault.models import Restriction

pytestmark = pytest.mark.django_db(transaction=True)
Letters = Callable[[], list[EmailMessage]]
WROTE = "Canary7d1e wrote this"


@pytest.fixture
def ann(transactional_db: None) -> Planted:
    return plant({"email": "ann.canary@example.org", "password": "canary-hash-of-ann", "device": "Canary on Ann"})


@pytest.fixture
def officer() -> Member:
    return working.member("privacy")


@pytest.fixture
def desk(officer: Member) -> Visitor:
    browser = Visitor()
    working.at_the_desk(officer, browser)
    return browser


def concern(ann: Planted, *, promise: str = "", is_urgent: bool = False) -> Request:
    return verbs.raise_concern(
        ann.subject, text=WROTE, promise=promise, is_urgent=is_urgent, way="site", by=Actor.person(ann.subject)
    )


def confirmed(ann: Planted, letters: Letters, right: Right, *, wrote: bool = True) -> Request:
    """Asked for by letter, and confirmed by the one that answers."""
    about = conversations.begin(ann.subject, title="", text=WROTE, reason="rights", by=ann.by) if wrote else None
    ask([right], conversation=about.pk if about else None)
    [found] = verbs.confirm(secret(CONFIRM, last(letters)), by=Actor.visitor())
    assert isinstance(found, Request)
    return found


def at(case: Case) -> str:
    return f"/desk/case/{case.kind}/{case.about}/"


def taken(officer: Member, request: Request, kind: str = "rights_request") -> Case:
    return taking.take(kind, request.conversation or request.pk, by=officer)


def started(officer: Member, ann: Planted, reason: str = "legal_hold") -> Case:
    return taking.start("rights_request", ann.subject, subject=ann.subject, number="-", reason=reason, by=officer)


def read(answer: HttpResponse) -> str:
    return unescape(answer.content.decode())


def test_a_concern_shows_its_promise_with_the_evidence_and_what_was_written_only_when_asked_for(
    ann: Planted, desk: Visitor, officer: Member
) -> None:
    case = taken(officer, concern(ann, promise="no-sale", is_urgent=True), "concern")
    page = desk.text(at(case))
    assert "Urgent: it says that the policy is broken now." in page
    assert "#no-sale" in page
    assert "Not looked at yet." in page
    assert WROTE not in page
    assert ann.values["email"] not in page
    assert not [each for each in ledger.Entry.objects.filter(act=Act.FIELD_OPEN) if each.by["kind"] == "staff"]
    assert WROTE in desk.post(f"{at(case)}read/").content.decode()
    opened = ledger.Entry.objects.filter(act=Act.FIELD_OPEN, subject=ann.subject).latest("id")
    assert (opened.by["job"], opened.by["case"]) == ("privacy", f"concern:{case.about}")
    assert WROTE not in desk.text(at(case))


def test_it_is_answered_and_ended_with_an_outcome(
    ann: Planted, desk: Visitor, officer: Member, letters: Letters
) -> None:
    asked = concern(ann)
    case = taken(officer, asked, "concern")
    answer = desk.post(f"{at(case)}answer/", {"text": "We look into it."})
    assert (answer.status_code, answer["Location"]) == (302, at(case))
    assert "We look into it." in last(letters)
    wrong = desk.post(f"{at(case)}end/", {"request": asked.number, "state": "fulfilled"})
    assert wrong.status_code == 422
    assert "A concern ends with an answer" in read(wrong)
    ended = desk.post(
        f"{at(case)}end/", {"request": asked.number, "state": "fulfilled", "outcome": "It was our mistake."}
    )
    assert (ended.status_code, ended["Location"]) == (302, "/desk/queue/concern/")
    assert fresh(asked).state == State.FULFILLED
    assert "It was our mistake." in last(letters)
    assert Conversation.objects.get(pk=case.about).closed_at is not None
    assert desk.get(at(case)).status_code == 410, "it is over, and opens nothing"
    assert desk.post(f"{at(case)}read/").status_code == 409


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"state": "denied"}, "Choose why it is not done in full."),
        ({"state": "revoked"}, "Choose one of those listed."),
        ({"state": "denied", "reason": "nonsense"}, "Choose one of those listed."),
        ({"state": "fulfilled", "request": "R-NONSENSE"}, "Choose one of those listed."),
        ({"state": "fulfilled", "outcome": "4242 4242 4242 4242"}, "number of a card"),
    ],
)
def test_an_end_that_is_none_is_said_beside_it_and_changes_nothing(
    ann: Planted, desk: Visitor, officer: Member, letters: Letters, typed: dict[str, str], said: str
) -> None:
    asked = confirmed(ann, letters, Right.RECTIFICATION)
    case = taken(officer, asked)
    answer = desk.post(f"{at(case)}end/", {"request": asked.number, "outcome": "What I typed"} | typed)
    assert answer.status_code == 422
    assert said in read(answer)
    assert "4242 4242" not in read(answer)
    if "outcome" not in typed:
        assert "What I typed" in read(answer)
    assert fresh(asked).state == State.IN_PROGRESS


def test_a_correction_is_proposed_and_no_value_shows_on_the_way(
    ann: Planted, desk: Visitor, officer: Member, letters: Letters
) -> None:
    asked = confirmed(ann, letters, Right.RECTIFICATION)
    case = taken(officer, asked)
    page = read(desk.get(at(case)))
    assert "Canary on Ann" not in page
    field = next(part.partition('"')[0] for part in page.split('value="') if part.startswith("session:"))
    answer = desk.post(f"{at(case)}propose/", {"request": asked.number, "field": field, "value": "Canary9a Proposed"})
    assert (answer.status_code, answer["Location"]) == (302, at(case))
    assert Proposal.objects.filter(request=asked.pk).count() == 1
    page = read(desk.get(at(case)))
    assert "1 proposed correction waits for the person." in page
    assert "Canary9a" not in page
    assert "Canary9a" not in last(letters)
    for crafted in ("address:nonsense", "session:1:device", f"session:{UUID(int=1)}:device"):
        wrong = desk.post(f"{at(case)}propose/", {"request": asked.number, "field": crafted, "value": "x"})
        assert wrong.status_code == 422


def test_a_hold_is_placed_and_released_and_the_person_is_told(
    ann: Planted, desk: Visitor, officer: Member, letters: Letters
) -> None:
    case = started(officer, ann)
    past = {"reason": "litigation", "until": str(holding.today() - timedelta(days=1))}
    assert "is over: name today" in read(desk.post(f"{at(case)}hold/", past))
    later = {"reason": "litigation", "until": str(holding.today() + timedelta(days=30))}
    assert desk.post(f"{at(case)}hold/", later)["Location"] == at(case)
    placed = holding.standing(ann.subject)
    assert placed is not None
    assert "before a court" in last(letters)
    page = read(desk.get(at(case)))
    assert "A hold stands: litigation" in page
    assert str(placed.pk) in page
    assert desk.post(f"{at(case)}release/", {"hold": str(placed.pk)}).status_code == 302
    assert holding.standing(ann.subject) is None
    assert desk.post(f"{at(case)}release/", {"hold": str(placed.pk)}).status_code == 404
    assert desk.post(f"{at(case)}release/", {"hold": "nonsense"}).status_code == 404


def test_a_hold_on_somebody_else_is_not_this_cases(
    ann: Planted, desk: Visitor, officer: Member, letters: Letters
) -> None:
    bob = plant({"email": "bob.canary@example.org", "password": "canary-hash-of-bob", "device": "Canary on Bob"})
    later = {"reason": "litigation", "until": str(holding.today() + timedelta(days=30))}
    of_bob = started(officer, bob)
    desk.post(f"{at(of_bob)}hold/", later)
    placed = holding.standing(bob.subject)
    assert placed is not None
    assert desk.post(f"{at(started(officer, ann))}release/", {"hold": str(placed.pk)}).status_code == 404
    assert holding.standing(bob.subject) is not None


def test_a_use_is_stopped_and_allowed_again_after_the_person_was_told(
    ann: Planted, desk: Visitor, officer: Member, letters: Letters
) -> None:
    case = started(officer, ann, "asked_by_person")
    assert "Choose at least one use." in read(desk.post(f"{at(case)}restrict/", {}))
    assert desk.post(f"{at(case)}restrict/", {"purposes": ["sign_in"]}).status_code == 422
    assert desk.post(f"{at(case)}restrict/", {"purposes": ["billing"]}).status_code == 302
    assert restricting.restricted(ann.subject) == {"billing"}
    assert "Not used any more for: Billing." in desk.text(at(case))
    assert desk.post(f"{at(case)}lift/", {"purposes": ["fulfilment"]}).status_code == 422
    assert desk.post(f"{at(case)}lift/", {"purposes": ["billing"]}).status_code == 302
    lifts_at = Restriction.objects.get(subject=ann.subject).lifts_at
    assert lifts_at is not None
    assert lifts_at > timezone.now()
    assert "Billing: not used until" in read(desk.get(at(case)))


def test_the_plan_of_a_deletion_says_what_goes_and_waits_for_what(
    ann: Planted, desk: Visitor, officer: Member, letters: Letters
) -> None:
    asked = confirmed(ann, letters, Right.ERASURE)
    case = taken(officer, asked)
    later = {"reason": "authority", "until": str(holding.today() + timedelta(days=30))}
    assert desk.post(f"{at(case)}hold/", later).status_code == 302
    assert "What the deletion does, and when" in desk.text(at(case))
    for page in (desk.text(f"{at(case)}plan/"), desk.get(f"{at(case)}plan/", headers={"HX-Request": "true"})):
        said = unescape(page if isinstance(page, str) else page.content.decode())
        assert "It waits until" in said
        assert "E-mail address" in said
        assert all(value not in said for value in ann.values.values())


def test_there_is_no_plan_where_no_deletion_was_asked_for(ann: Planted, desk: Visitor, officer: Member) -> None:
    assert desk.get(f"{at(taken(officer, concern(ann), 'concern'))}plan/").status_code == 404


def test_what_is_asked_for_by_telephone_waits_for_a_yes_from_the_address(
    ann: Planted, desk: Visitor, officer: Member, letters: Letters
) -> None:
    case = started(officer, ann, "asked_by_person")
    assert desk.post(f"{at(case)}ask/", {"right": "opt_out"}).status_code == 422
    assert desk.post(f"{at(case)}ask/", {"right": "access"})["Location"] == at(case)
    asked = Request.objects.get(subject=ann.subject)
    assert (asked.right, asked.state, asked.way) == (Right.ACCESS, State.NEED_VERIFICATION, "desk")
    [found] = verbs.confirm(secret(CONFIRM, last(letters)), by=Actor.visitor())
    assert isinstance(found, Request)
    other = started(working.member("privacy"), plant({"email": "b@example.org", "password": "p", "device": "d"}))
    assert desk.post(f"{at(other)}ask/", {"right": "access"}).status_code == 409, "it is another's"


def test_a_letter_in_which_nobody_asked_for_anything_is_closed(
    ann: Planted, desk: Visitor, officer: Member, letters: Letters
) -> None:
    about = conversations.begin(ann.subject, title="", text=WROTE, reason="rights", by=ann.by)
    case = taking.take("rights_request", about.pk, by=officer)
    assert "Close without an answer" in desk.text(at(case))
    assert desk.post(f"{at(case)}close-letter/")["Location"] == "/desk/queue/rights_request/"
    assert Conversation.objects.get(pk=about.pk).closed_at is not None


VERBS = ["read", "draft", "answer", "end", "propose", "hold", "release", "restrict", "lift", "ask", "close-letter"]


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_is_done_without_the_case_the_job_and_a_recent_sign_in(
    ann: Planted, desk: Visitor, officer: Member, letters: Letters, verb: str
) -> None:
    asked = confirmed(ann, letters, Right.RECTIFICATION)
    case = taken(officer, asked)
    before = (ledger.Entry.objects.count(), len(letters()))
    for job, status in (("support", 403), ("billing", 403), ("privacy", 409)):
        other = Visitor()
        working.at_the_desk(working.member(job), other)
        answer = other.post(f"{at(case)}{verb}/")
        assert answer.status_code == status, answer.content.decode()
        assert WROTE not in answer.content.decode()
    assert desk.get(f"{at(case)}{verb}/").status_code == 405
    assert desk.post(f"/desk/case/rights_request/{UUID(int=1)}/{verb}/").status_code == 404
    DeskSession.objects.update(proven_at=timezone.now() - timedelta(hours=1))
    wanted = at(case) if verb == "draft" else "/desk/confirm/"  # a draft opens nothing
    assert desk.post(f"{at(case)}{verb}/")["Location"].startswith(wanted)
    acts = set(ledger.Entry.objects.order_by("id").values_list("act", flat=True)[before[0] :])
    assert acts <= {Act.STAFF_SESSION_START}
    assert not any(WROTE in words(letter) for letter in letters())


def test_who_lost_the_job_does_nothing_more(ann: Planted, desk: Visitor, officer: Member, letters: Letters) -> None:
    case = taken(officer, confirmed(ann, letters, Right.RECTIFICATION))
    Member.objects.filter(pk=officer.pk).update(jobs=["support"])
    assert desk.post(f"{at(case)}end/", {"state": "fulfilled"}).status_code == 403
    assert desk.get(f"{at(case)}plan/").status_code == 403
