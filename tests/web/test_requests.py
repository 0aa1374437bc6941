"""A person sees how far their requests are, asks for what has no button, and takes one back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.people import Person
from tests.web.conftest import Visitor
from upheld import vault
from upheld.conversations.models import Conversation
from upheld.policy.actors import Actor, Case
from upheld.rights import verbs
from upheld.rights.models import Request, Right, State
from upheld.vault import holding
from upheld.vault.models import Hold

ASK = "/account/requests/ask/"
WHY = "My country is wrong, and I cannot show it yet."


def ask(browser: Visitor, right: str = "rectification", text: str = WHY) -> str:
    return browser.post(ASK, {"right": right, "text": text}, follow=True).content.decode()


def test_nothing_is_asked_yet(member: Visitor) -> None:
    page = member.text("/account/requests/")
    assert "You have not asked anything of us yet." in page
    assert "data protection authority" in page
    assert f'href="{ASK}"' in page


def test_what_takes_a_person_is_asked_for(person: Person, member: Visitor) -> None:
    page = ask(member)
    made = Request.objects.get()
    assert (made.subject, made.right, made.state) == (person.subject, Right.RECTIFICATION, State.IN_PROGRESS)
    assert "Your request is with us." in page
    assert made.number in page
    assert "A person works on it." in page
    assert WHY not in page
    assert WHY in member.text(f"/account/conversations/{made.conversation}/")


def test_an_objection_stops_news_at_once(person: Person, member: Visitor) -> None:
    ask(member, "objection")
    assert Request.objects.get().right == Right.OBJECTION
    assert "checked" not in member.text("/account/choices/").split('name="product"')[0]


def test_what_is_missing_is_told_and_what_is_there_is_kept(member: Visitor) -> None:
    page = ask(member, "", WHY)
    assert "Choose one." in page
    assert WHY in page
    page = ask(member, "rectification", " ")
    assert "Write what it is about." in page
    assert 'value="rectification" checked' in page
    assert "Choose one of those listed." in ask(member, "erasure")
    assert not Conversation.objects.exists()


def test_more_than_three_are_not_taken_and_the_words_are_not_kept(member: Visitor) -> None:
    for _ in range(3):
        ask(member)
    page = ask(member, text="And a fourth one.")
    assert "Three requests of yours are open." in page
    assert "And a fourth one." in page
    assert (Request.objects.count(), Conversation.objects.count()) == (3, 3)


def test_one_is_taken_back(member: Visitor) -> None:
    ask(member)
    made = Request.objects.get()
    path = f"/account/requests/{made.pk}/withdraw/"
    assert path in member.text("/account/requests/")
    assert "Take this request back?" in member.text(path)
    made.refresh_from_db()
    assert made.state == State.IN_PROGRESS, "looking changes nothing"
    page = member.post(path, follow=True).content.decode()
    assert f"Request {made.number} is taken back." in page
    assert path not in page
    assert "is over" in member.post(path, follow=True).content.decode()


def test_every_step_is_told(person: Person, member: Visitor) -> None:
    ask(member)
    made = Request.objects.get()
    verbs.withdraw(made, by=person.me)
    steps = member.text("/account/requests/").split('<ol class="progress">')[1].split("</ol>")[0]
    assert steps.count("<li>") == 3
    assert steps.index("open.") < steps.index("in progress.") < steps.index("taken back.")


@pytest.mark.parametrize("right", list(Right))
def test_every_right_and_state_has_words(right: Right, person: Person, member: Visitor) -> None:
    ask(member)
    for state in State:
        Request.objects.update(right=right, state=state)
        assert member.get("/account/requests/").status_code == 200


def test_nobody_else_sees_or_takes_them_back(member: Visitor, visitor: Visitor) -> None:
    other = verbs.raise_concern(vault.new_subject(), text="Mine.", way="site", by=Actor.visitor())
    path = f"/account/requests/{other.pk}/withdraw/"
    assert other.number not in member.text("/account/requests/")
    assert member.get(path).status_code == 404
    assert member.post(path).status_code == 404
    assert visitor.post(path)["Location"].startswith("/sign-in/")


@pytest.mark.django_db(transaction=True)
def test_a_deletion_that_waits_is_seen_and_taken_back(person: Person, member: Visitor) -> None:
    case = Case("rights_request", vault.new_subject(), person.subject)
    until = timezone.now().date() + timedelta(days=30)
    staff = Actor.staff(case.id, job="privacy", case=case)
    holding.place(person.subject, reason=Hold.REASONS[0], until=until, by=staff)
    assert member.post("/account/delete/", {"password": person.password})["Location"] == "/account/delete/"
    for page in (member.text("/account/requests/"), member.text("/account/requests/", part="progress")):
        assert "A law has us keep it" in page
        assert f'datetime="{until:%Y-%m-%d}"' in page
        assert 'action="/account/delete/keep/"' in page
        assert 'data-moving="yes"' in page
    member.post("/account/delete/keep/")
    assert "A law has us keep it" not in member.text("/account/requests/")
    asked = verbs.ask([person.subject], [Right.ERASURE], way="site", by=person.me)
    assert isinstance(asked, list)
    verbs.carry_out_due()
    page = member.text("/account/requests/")
    assert "On hold. A law has us keep it" in page
    assert page.count("A law has us keep it") >= 2, "beside it, and among its steps"
    assert 'id="deletion"' not in page, "once, in its request"
