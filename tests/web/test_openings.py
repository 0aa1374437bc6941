"""A person sees each time that our staff looked, and asks about it."""

import re
from uuid import UUID, uuid4

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.people import Person
from tests.web.buying import Buyer, guest, processor, started, typed  # noqa: F401 - fixtures
from tests.web.conftest import Visitor
from tests.working import member as hired
from tests.working import on_case
from upheld import ledger, vault
from upheld.cases import looked
from upheld.contact.models import Address
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation, Message
from upheld.policy.actors import Actor, Case
from upheld.policy.acts import Act
from upheld.rights.models import Request, Right
from upheld.staff.models import Member
from upheld.vault import showing

PATH = "/account/openings/"


@pytest.fixture
def clerk(db: None) -> Member:
    return hired("support")


@pytest.fixture
def conversation(person: Person) -> Conversation:
    return conversations.begin(person.subject, title="", text="Where is it?", reason="order", by=person.me)


def look_at(conversation: Conversation, by: Actor) -> None:
    """As on a page of the desk: masked, opened, copied."""
    address = Address.objects.get(subject=conversation.subject)
    told = {"by": by, "purpose": "reply", "because": conversation.reference}
    showing.masked([address], ["email"], **told)
    vault.open(address, ["email"], **told)
    showing.took(address, ["email"], act=Act.FIELD_COPY, **told)


def test_nobody_has_looked(member: Visitor) -> None:
    assert "Nobody at Exokit has looked at anything of yours." in member.text(PATH)
    assert "There is nothing older." in member.text(PATH, before=str(uuid4()))
    assert "There is nothing older." in member.text(PATH, before="' OR 1=1")


def test_each_is_told_by_its_case(conversation: Conversation, clerk: Member, person: Person, member: Visitor) -> None:
    look_at(conversation, on_case(clerk, "conversation", conversation.pk)[1])
    page = member.text(PATH)
    assert f"Conversation {conversation.number}" in page
    assert f"Customer service, {clerk.pseudonym}" in page
    assert re.findall(r"(Opened|Shown masked|Copied): E-mail address", page) == ["Copied", "Opened", "Shown masked"]
    assert "Answering you" in page
    assert page.count("<h2") == 1, "one member, on one case"
    assert person.email not in page
    assert str(clerk.pk) not in page
    assert "Staff Canary" not in page
    assert "1 time somebody at Exokit" in member.text("/account/"), "a mask and a copy are no opening"
    whole = member.text("/account/data/")
    assert "(shown masked)" in whole
    assert "<dt>Opened</dt><dd>2 times</dd>" in whole, "by staff, and for this page"


def test_looking_at_the_page_is_no_opening(conversation: Conversation, clerk: Member, member: Visitor) -> None:
    look_at(conversation, on_case(clerk, "conversation", conversation.pk)[1])
    before = ledger.Entry.objects.of(conversation.subject).count()
    member.text(PATH)
    assert ledger.Entry.objects.of(conversation.subject).count() == before


def test_another_persons_are_not_there(clerk: Member, member: Visitor) -> None:
    other = vault.new_subject()
    address = Address(subject=other)
    vault.collect(address, {"email": "other@example.org"}, source="letter", by=Actor.system("mailbox"))
    case = Case("conversation", uuid4(), other)
    theirs = Actor.staff(clerk.pk, job="support", case=case)
    vault.open(address, ["email"], by=theirs, purpose="reply", because=f"conversation:{case.id}")
    entry = ledger.Entry.objects.of(other).filter(act=Act.FIELD_OPEN).get()
    assert "Nobody at Exokit has looked" in member.text(PATH)
    assert "About" not in re.sub(r"(?s)^.*<textarea", "", member.text("/concern/", entry=str(entry.pk)))
    assert member.get("/concern/", {"entry": "' OR 1=1"}).status_code == 200


def test_who_has_no_name_any_more_is_someone(conversation: Conversation, member: Visitor) -> None:
    """Entries of before there was a desk name a member whom nobody knows, on a case of which there is no row."""
    case = Case("conversation", conversation.pk, conversation.subject)
    look_at(conversation, Actor.staff(uuid4(), job="support", case=case))
    page = member.text(PATH)
    assert "Customer service, someone on our staff" in page
    assert ">Conversation</h2>" in page


def test_they_come_page_by_page(
    conversation: Conversation, clerk: Member, member: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looked, "PAGE", 2)
    look_at(conversation, on_case(clerk, "conversation", conversation.pk)[1])
    page = member.text(PATH)
    assert page.count("Ask about this") == 2
    [older] = re.findall(r'href="(/account/openings/\?before=[0-9a-f-]{36})"', page)
    second = member.text(older)
    assert "Shown masked: E-mail address" in second
    assert "Older ones" not in second
    assert second.count("Ask about this") == 1


def test_asking_about_one_is_a_concern(
    conversation: Conversation,
    clerk: Member,
    member: Visitor,
    person: Person,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    look_at(conversation, on_case(clerk, "conversation", conversation.pk)[1])
    link = re.findall(r'href="(/concern/\?entry=([0-9a-f-]{36}))"', member.text(PATH))[1]
    form = member.text(link[0])
    begun = re.findall(r"(?s)<textarea[^>]*>\s*(About .*?)</textarea>", form)[0]
    assert clerk.pseudonym in begun
    assert f"entry {link[1]}" in begun
    assert person.email not in form
    assert re.search(r'value="job-bound"[^>]*selected', form)
    with django_capture_on_commit_callbacks(execute=True):
        answer = member.post("/concern/", {"text": f"{begun} Why?", "promise": "job-bound"})
    assert answer["Location"] == "/concern/received/"
    asked = Request.objects.get(subject=person.subject, right=Right.CONCERN)
    message = Message.objects.get(subject=person.subject, conversation=asked.conversation)
    said = vault.open(message, ["text"], by=person.me, purpose="access")["text"] or ""
    assert UUID(re.findall(r"entry ([0-9a-f-]{36})", said)[0])
    assert asked.promise == "job-bound"


def test_a_guest_sees_theirs(guest: Buyer, clerk: Member) -> None:  # noqa: F811 - the fixture
    order = guest.buy(guest.shop.guide)
    guest.browser.get(guest.link("mine"))
    case = Case("order_trouble", order.pk, order.subject)
    address = Address.objects.get(subject=order.subject)
    by = Actor.staff(clerk.pk, job="support", case=case)
    vault.open(address, ["email"], by=by, purpose="reply", because=order.reference)
    page = guest.browser.text(PATH)
    assert "Order in trouble" in page
    assert f"Customer service, {clerk.pseudonym}" in page


def test_who_is_nobody_we_know_signs_in(visitor: Visitor) -> None:
    assert visitor.get(PATH)["Location"].startswith("/sign-in/")
