"""What a thief of the databases and files could read: nothing that was said."""

import pytest

from tests.accounts.test_at_rest import everything_in
from tests.canaries import Canaries, scan, seen_in
from tests.conversations.conftest import Writer, staff
from upheld.contact.delivering import settled
from upheld.conversations import verbs
from upheld.conversations.models import Conversation
from upheld.home import Home

pytestmark = pytest.mark.usefixtures("letters")


def live(ann: Writer, canaries: Canaries) -> Conversation:
    begun = ann.write(
        canaries["text"], title=canaries["title"], attachments=[canaries["file"].encode()], acknowledged=True
    )
    verbs.add(begun, title=canaries["second title"], text=canaries["second text"], by=ann.me)
    verbs.answer(begun, text=canaries["answer"], by=staff(begun))
    verbs.read(begun, by=ann.me)
    settled()
    return verbs.close(begun, by=ann.me)


def test_nothing_that_was_said_rests_in_clear(ann: Writer, canaries: Canaries) -> None:
    live(ann, canaries)
    said = list(canaries.values.values())
    assert seen_in(everything_in("default") + everything_in("keys"), said) == []
    assert scan(Home.here().folder, said, skip=[Home.here().letters]) == []


def test_our_letters_say_what_we_answer_and_nothing_of_theirs(ann: Writer, canaries: Canaries) -> None:
    live(ann, canaries)
    theirs = [value for name, value in canaries.values.items() if name not in ("answer", "email")]
    assert scan(Home.here().letters, theirs) == []
    assert scan(Home.here().letters, [canaries["answer"]])


def test_the_search_would_have_found_it(ann: Writer, canaries: Canaries) -> None:
    begun = live(ann, canaries)
    Conversation.objects.filter(pk=begun.pk).update(number=canaries["text"][-12:])
    assert seen_in(everything_in("default"), [canaries["text"][-12:]])
