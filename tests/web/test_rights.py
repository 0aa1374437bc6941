"""Seeing, choosing, taking along and deleting, as the pages offer it."""

import io
import re
import zipfile

import pytest
from uuid_utils.compat import uuid7

from tests.people import Person
from tests.web.conftest import Visitor
from upheld import ledger, vault
from upheld.accounts.models import Account
from upheld.contact.models import Address, Choice, Interest
from upheld.conversations.models import Message
from upheld.policy.actors import Actor, Case
from upheld.policy.acts import Act
from upheld.rights.papers import receipts
from upheld.web.views import data


def test_the_overview_opens_nothing(person: Person, member: Visitor) -> None:
    page = member.text("/account/")
    assert "Nobody at Exokit has opened any of it." in page
    assert person.email not in page


def test_everything_held_is_on_the_page(person: Person, member: Visitor) -> None:
    page = member.text("/account/data/")
    assert person.email in page
    assert "You gave it when you signed up." in page
    assert "until you delete it" in page
    assert "Showing it to you" in page, "the opening for this very page is there too"
    assert "argon2" not in page, "what proves who someone is is not shown"


def test_what_is_held_is_escaped(person: Person, member: Visitor) -> None:
    address = vault.by_label("session")
    assert address is not None
    row = address._default_manager.get(subject=person.subject)
    vault.correct(row, {"device": "<script>alert(1)</script>"}, source="account", by=person.me)
    page = member.text("/account/data/")
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_correcting_in_place(person: Person, member: Visitor) -> None:
    page = member.text("/account/data/")
    path = re.findall(r'action="(/account/data/session/[^"]+/device/)"', page)[0]
    assert "This field is required" not in member.post(path, {"value": " "}).content.decode()
    assert "Enter what it should say." in member.post(path, {"value": " "}).content.decode()
    assert member.post(path, {"value": "The laptop"})["Location"] == "/account/data/"
    assert "The laptop" in member.text("/account/data/")
    assert "Correct browser" in member.text(path)


def test_nobody_corrects_what_is_another_persons(person: Person, member: Visitor) -> None:
    page = member.text("/account/data/")
    path = re.findall(r'action="(/account/data/session/[^"]+/device/)"', page)[0]
    stranger = re.sub(r"[0-9a-f-]{36}", "01890000-0000-7000-8000-000000000000", path)
    assert member.get(stranger).status_code == 404
    assert member.post(stranger, {"value": "x"}).status_code == 404
    assert (
        member.post("/account/data/nothing/01890000-0000-7000-8000-000000000000/x/", {"value": "x"}).status_code == 404
    )


def test_the_download_is_a_zip_and_leaves_nothing(person: Person, member: Visitor) -> None:
    answer = member.post("/account/data/download/")
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "no-store"
    assert answer.streaming, "made while it is sent"
    assert "Content-Length" not in answer
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as file:
        assert {"data.json", "data.html"} <= set(file.namelist())
        assert person.email in file.read("data.json").decode()


def test_choices_are_saved_one_by_one(person: Person, member: Visitor) -> None:
    before = Choice.objects.standing(person.subject)
    assert all(before.values())
    member.post("/account/choices/", {"topic": list(before)[1:]})
    assert list(Choice.objects.standing(person.subject).values()) == [False, True, True]
    assert Choice.objects.for_subject(person.subject).count() == 1, "what was not changed is not written again"


def test_stop_everything_is_one_step(person: Person, member: Visitor) -> None:
    member.post("/account/choices/stop/")
    assert not any(Choice.objects.standing(person.subject).values())
    assert "Nothing of this will be sent to you any more." in member.text("/account/choices/")


def test_deleting_asks_who_it_is(person: Person, member: Visitor) -> None:
    page = member.text("/account/delete/")
    assert "Goes now" in page
    assert "E-mail address" in page
    assert "Enter your password." in member.post("/account/delete/", {}).content.decode()
    assert "not the password" in member.post("/account/delete/", {"password": "wrong"}).content.decode()
    assert Account.objects.filter(subject=person.subject).exists()


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_deleting_gives_a_receipt_that_can_be_checked(person: Person, member: Visitor) -> None:
    answer = member.post("/account/delete/", {"password": person.password})
    assert answer.status_code == 200
    assert answer.cookies["__Host-session"].value == ""
    page = answer.content.decode()
    assert "Your account" not in page
    assert not Account.objects.filter(subject=person.subject).exists()
    text = re.findall(r'name="receipt" value="([^"]+)"', page)[0]
    text = text.replace("&quot;", '"').replace("&#x27;", "'").replace("&lt;", "<").replace("&gt;", ">")
    text = text.replace("&amp;", "&")
    assert receipts.verify(text.encode()).subject == person.subject
    file = member.post("/account/delete/receipt/", {"receipt": text.replace("\n", "\r\n")})
    assert file.content.decode() == text
    assert "attachment" in file["Content-Disposition"]
    assert member.get("/account/").status_code == 302


def test_what_is_no_receipt_is_not_handed_back(visitor: Visitor) -> None:
    answer = visitor.post("/account/delete/receipt/", {"receipt": "<script>alert(1)</script>"})
    assert answer.status_code == 400
    assert "alert" not in answer.content.decode()


def test_looking_by_staff_shows(person: Person, member: Visitor) -> None:
    case = Case("conversation", uuid7(), person.subject)
    clerk = Actor.staff(uuid7(), job="support", case=case)
    address = Address.objects.get(subject=person.subject)
    vault.open(address, ["email"], by=clerk, purpose="reply", because=f"conversation:{case.id}")
    assert "1 time somebody at Exokit" in member.text("/account/")
    page = member.text("/account/data/")
    assert "Support, on the case conversation" in page
    assert "Answering you" in page


def test_what_was_refused_before_a_deletion_is_said_and_asked_about(person: Person, member: Visitor) -> None:
    page = member.text("/account/choices/")
    assert "before you deleted" not in page
    Choice.objects.create(
        subject=person.subject, topic="news.specials", allowed=False, at=person.account.created_at, source="before"
    )
    assert "Do you want it again? Tick it." in member.text("/account/choices/")


def test_interests_are_said_one_by_one(person: Person, member: Visitor) -> None:
    topics = list(Choice.objects.standing(person.subject))
    assert not any(Interest.objects.standing(person.subject).values()), "nobody is taken to be interested"
    member.post("/account/choices/", {"topic": topics, "product": ["engine", "toaster"]})
    assert [product for product, said in Interest.objects.standing(person.subject).items() if said] == ["engine"]
    assert 'value="engine" checked' in member.text("/account/choices/")
    member.post("/account/choices/", {"topic": topics})
    assert not Interest.objects.exists()
    acts = ledger.Entry.objects.of(person.subject).filter(act=Act.INTEREST_RECORD)
    assert [entry.facts["interested"] for entry in acts] == [True, False]


def test_of_many_rows_the_newest_are_on_the_page(
    person: Person, member: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "MOST", 2)
    for n in range(4):
        rows = Message(subject=person.subject, conversation=person.subject, at=person.account.created_at)
        vault.collect(rows, {"text": f"Message number {n}."}, source="letter", by=person.me)
    page = member.text("/account/data/")
    assert [n for n in range(4) if f"Message number {n}." in page] == [2, 3]
    assert "2 older ones of these are in your download." in page
