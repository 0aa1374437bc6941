"""A person reads what they wrote and what they were answered, adds to it, and deletes it."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.people import Person
from tests.web.conftest import Visitor
from upheld import ledger, vault
from upheld.conversations import verbs
from upheld.conversations.models import Conversation, Message
from upheld.policy.actors import Actor, Case
from upheld.policy.acts import Act

Begin = Callable[..., Conversation]
SAID = "The browser shows tabs twice.\n\nIt began <b>yesterday</b>."


@pytest.fixture
def begun(person: Person, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Conversation:
    """One that `person` began."""
    with django_capture_on_commit_callbacks(execute=True):
        return verbs.begin(
            person.subject, title="Tabs", text=SAID, attachments=[b"x" * 2048], reason="product", by=person.me
        )


def path(conversation: Conversation, end: str = "") -> str:
    return f"/account/conversations/{conversation.pk}/{end}"


def staff(conversation: Conversation) -> Actor:
    case = Case("conversation", conversation.id, conversation.subject)
    return Actor.staff(uuid4(), job="support", case=case)


def openings(subject: UUID) -> int:
    return ledger.Entry.objects.of(subject).filter(act=Act.FIELD_OPEN).count()


def test_the_list_opens_nothing(begun: Conversation, member: Visitor) -> None:
    before = openings(begun.subject)
    page = member.text("/account/conversations/")
    assert begun.number in page
    assert "Our answer is still to come." in page
    assert "kept 90 days after it is closed" in page
    assert "Tabs" not in page
    assert openings(begun.subject) == before


def test_nobody_has_written_yet(member: Visitor) -> None:
    assert "You have not written to us" in member.text("/account/conversations/")


def test_what_was_said_is_read_and_that_is_recorded(begun: Conversation, member: Visitor) -> None:
    verbs.answer(begun, text="It is mended.", by=staff(begun))
    before = openings(begun.subject)
    page = member.text(path(begun))
    assert "<h2>Tabs</h2>" in page
    assert "<p>It began &lt;b&gt;yesterday&lt;/b&gt;.</p>" in page
    assert "It is mended." in page
    assert "2.0\xa0KB" in page
    assert openings(begun.subject) == before + 1
    assert "Answered." in member.text("/account/conversations/")


def test_a_reply_is_added_and_a_closed_one_opens_again(begun: Conversation, member: Visitor) -> None:
    verbs.close(begun, by=staff(begun))
    assert "Closed on" in member.text(path(begun))
    page = member.post(path(begun), {"text": "It is back."}, follow=True).content.decode()
    assert "Your reply is with us." in page
    assert "It is back." in page
    begun.refresh_from_db()
    assert begun.closed_at is None


def test_an_empty_reply_and_one_too_long_are_told(begun: Conversation, member: Visitor) -> None:
    assert "Write your reply." in member.post(path(begun), {"text": "  "}).content.decode()
    page = member.post(path(begun), {"text": "long " * 4001}).content.decode()
    assert "Write at most 20,000 characters" in page
    assert "long long" in page
    assert Message.objects.for_subject(begun.subject).count() == 1


def test_a_card_number_in_a_reply_is_not_kept_and_the_rest_is_not_lost(begun: Conversation, member: Visitor) -> None:
    page = member.post(path(begun), {"text": "Charge 4242 4242 4242 4242, and thank you."}).content.decode()
    assert "This looks like the number of a card" in page
    assert "Charge •••• •••• •••• ••••, and thank you." in page
    assert Message.objects.for_subject(begun.subject).count() == 1


def test_it_is_deleted_once_confirmed(begun: Conversation, member: Visitor) -> None:
    assert "Delete this conversation?" in member.text(path(begun, "remove/"))
    assert Conversation.objects.filter(pk=begun.pk).exists()
    page = member.post(path(begun, "remove/"), follow=True).content.decode()
    assert "The conversation is deleted." in page
    assert not Message.objects.for_subject(begun.subject).exists()
    assert member.get(path(begun)).status_code == 404


def test_nobody_else_sees_it(begun: Conversation, visitor: Visitor, member: Visitor) -> None:
    assert visitor.get(path(begun))["Location"].startswith("/sign-in/")
    other = verbs.begin(vault.new_subject(), title="", text="Mine.", reason="other", by=Actor.visitor())
    for end in ("", "remove/"):
        assert member.get(path(other, end)).status_code == 404
        assert member.post(path(other, end), {"text": "x"}).status_code == 404


def test_replies_are_limited(begun: Conversation, member: Visitor) -> None:
    answers = [member.post(path(begun), {"text": f"{n}"}).status_code for n in range(31)]
    assert answers == [302] * 30 + [429]
