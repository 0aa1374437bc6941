"""Taking a letter is killed before each of its steps: it is taken again, and nothing is lost or done twice."""

import re
from collections import Counter

import pytest

from tests.crash import Step, kill_at_each_step
from tests.mailbox.post import written
from tests.rights.conftest import plant
from tests.rights.requesting import deliver, folder
from upheld import ledger
from upheld.contact.models import Address, Choice, Letter
from upheld.conversations.models import Conversation, Message
from upheld.home import Home
from upheld.mailbox.models import Taken
from upheld.mailbox.receiving import receive
from upheld.mailbox.wants.language import languages
from upheld.policy.acts import Act
from upheld.rights.models import Request

EMAIL = "ann.canary@example.org"
languages()  # read once here, and not by each of the processes that are killed


def letter(name: str, text: str, sender: str, subject: str = "") -> bytes:
    """The same bytes each time that it is asked for."""
    path = Home.here().folder / name
    if not path.exists():
        path.write_bytes(written(text, sender=sender, subject=subject))
    return path.read_bytes()


def worry_a_stranger() -> None:
    worry()


def worry() -> bytes:
    return letter("worry.eml", "You sold my address to somebody! And send me no more news.", "nobody@example.net")


def yes() -> bytes:
    code = next(found[1] for found in (re.search(r"\[([0-9A-Z]{10})\]", each) for each in folder()) if found)
    return letter("yes.eml", "yes", EMAIL, f"Re: Is this request yours? [{code}]")


def take_worry() -> None:
    receive(worry(), way="test")


def ask_her() -> None:
    plant({"email": EMAIL, "password": "canary-hash-of-ann", "device": "Canary on Ann"})
    receive(written("Please send me a copy of my data. And no more news.", sender=EMAIL), way="test")
    deliver()
    yes()


def take_yes() -> None:
    receive(yes(), way="test")


def letters() -> Counter[str]:
    """What left, each once."""
    deliver()
    assert Letter.objects.count() == len(folder())
    assert not Letter.objects.exclude(ending="sent").exists()
    return Counter(Letter.objects.values_list("kind", flat=True))


def a_worry_is_heard_once() -> None:
    assert receive(worry(), way="test").kinds == ("opt_out", "concern")
    assert (Request.objects.count(), Conversation.objects.count(), Message.objects.count()) == (1, 1, 1)
    assert Taken.objects.count() == ledger.Entry.objects.filter(act=Act.MAIL_TAKE).count() == 1
    assert letters() == {"opted_out": 1, "concern_taken": 1}
    [address] = Address.objects.all()
    assert not any(Choice.objects.standing(address.subject).values())


def a_yes_is_heard_once() -> None:
    assert receive(yes(), way="test").reason == "confirmed"
    assert dict(Request.objects.values_list("right", "state")) == {"opt_out": "fulfilled", "access": "in_progress"}
    assert ledger.Entry.objects.filter(act=Act.REQUEST_CONFIRM).count() == 1
    assert letters() == {"opted_out": 1, "confirm_requests": 1}


@pytest.mark.parametrize(
    ("before", "verb", "check"),
    [
        (worry_a_stranger, take_worry, a_worry_is_heard_once),
        (ask_her, take_yes, a_yes_is_heard_once),
    ],
    ids=["worry", "yes"],
)
def test_a_crash_anywhere_loses_nothing_and_does_nothing_twice(before: Step, verb: Step, check: Step) -> None:
    assert kill_at_each_step(verb, before=before, check=check) > 10
