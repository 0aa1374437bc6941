"""Members of staff at the desk, and somebody who wrote to us."""

from uuid import UUID

from tests.people import Person
from tests.web.conftest import Visitor
from tests.working import at_the_desk, member
from upheld import ledger
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.policy.acts import Act
from upheld.staff.models import Member

HX = {"HX-Request": "true"}
SECRET = "Where is my parcel to Canary Street?"


def sits(*jobs: str) -> tuple[Member, Visitor]:
    """Someone with these jobs, and their browser."""
    someone, browser = member(*jobs), Visitor()
    at_the_desk(someone, browser)
    return someone, browser


def ask(person: Person, text: str = SECRET) -> Conversation:
    return conversations.begin(person.subject, title="", text=text, reason="order", by=person.me, acknowledged=False)


def case(kind: str, about: UUID, verb: str = "") -> str:
    """The address of a case, or of something done on it."""
    return f"/desk/case/{kind}/{about}/{verb}{'/' if verb else ''}"


def entries(person: Person, act: Act) -> int:
    """How often staff did this, as the record has it."""
    found = ledger.Entry.objects.of(person.subject).filter(act=act)
    return sum(each.by["kind"] == "staff" for each in found)
