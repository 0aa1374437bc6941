"""`upheld desk`: queues and cases at a terminal, with nobody's data on it."""

import json
import subprocess
from datetime import timedelta
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone

from tests import seats, working
from tests.cli.conftest import UPHELD, Command
from tests.people import Person
from upheld.cases.errors import IsDerived, NoSuchCase, NotYourJob, NotYours, ReasonNeeded, TakenBy
from upheld.cases.models import Case
from upheld.cli.desk import cases, command, finding, queues, terminal
from upheld.cli.staff import login
from upheld.conversations import verbs
from upheld.conversations.models import Conversation
from upheld.rights.models import Request, Right
from upheld.rights.verbs import ask
from upheld.staff import terminals
from upheld.staff.errors import NotAtDesk
from upheld.staff.models import Member, Terminal

SITE = "https://desk.example"


@pytest.fixture(autouse=True)
def _opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process works on an instance already."""
    for module in (cases, finding, queues, terminal):
        monkeypatch.setattr(module, "open_instance", lambda: SimpleNamespace(site=SITE))


@pytest.fixture
def member(db: None) -> Member:
    """Whoever is at this terminal."""
    return seats.sit_down("support", "privacy", "billing")


@pytest.fixture
def talk(person: Person) -> Conversation:
    text = f"Write to {person.email} at last."
    return verbs.begin(person.subject, title="Hello", text=text, reason="support", by=person.me, acknowledged=False)


@pytest.fixture
def asked(person: Person) -> Request:
    found = ask([person.subject], [Right.RECTIFICATION], way="site", by=person.me)
    assert isinstance(found, list)
    return found[0]


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(command, list(arguments), input=typed)


def said(*arguments: str, typed: str = "") -> str:
    done = run(*arguments, typed=typed)
    assert done.exit_code == 0, done.exception or done.output
    return done.output


def refused(*arguments: str, typed: str = "") -> str:
    """The kind of error, and what it says."""
    done = run(*arguments, typed=typed)
    assert done.exit_code == 1
    assert not done.output
    return f"{type(done.exception).__name__}: {done.exception}"


def queue(kind: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(said("queue", kind, "--json"))["cases"]
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [
        (), ("queue", "conversation"), ("find",), ("take", "conversation", "C-7K3Q9XMT"), ("sign-out",),
        ("start", "refund", "7KQ4M-X2P9D", "--reason", "late"), ("hand-back", "conversation", "C-7K3Q9XMT"),
    ],
)  # fmt: skip
def test_nobody_sees_a_queue_before_they_sign_in(arguments: tuple[str, ...]) -> None:
    assert refused(*arguments) == f"NotAtDesk: {NotAtDesk.__doc__}"


def test_queues_say_how_much_waits_and_nothing_of_anybody(member: Member, talk: Conversation, asked: Request) -> None:
    shown = said() + said("queue", "conversation") + said("queue", "rights-request", "--json")
    assert f"{member.pseudonym}: support, privacy, billing" in shown
    assert talk.number in shown
    [request] = queue("rights_request")
    assert request == {
        "kind": "rights_request", "number": asked.number, "since": asked.asked_at.isoformat(),
        "due": asked.due_at.isoformat(), "urgent": False, "holder": None, "mine": False,
    }  # fmt: skip
    assert str(talk.subject) not in shown
    assert "@" not in shown


def test_a_case_is_taken_handed_back_and_handed_over(member: Member, talk: Conversation) -> None:
    colleague = working.member("support")
    assert said("take", "conversation", talk.number.lower()) == f"{talk.number} is yours.\n"
    assert said("take", "conversation", talk.number) == f"{talk.number} is yours.\n"
    assert (queue("conversation")[0]["holder"], queue("conversation")[0]["mine"]) == (member.pseudonym, True)
    assert "Yours" in said()
    assert said("hand-back", "conversation", talk.number) == f"{talk.number} waits in the queue again.\n"
    assert queue("conversation")[0]["holder"] is None
    said("take", "conversation", talk.number)
    assert said("hand-over", "conversation", talk.number, "--to", colleague.pseudonym.lower()).startswith(talk.number)
    assert queue("conversation")[0]["holder"] == colleague.pseudonym
    assert refused("take", "conversation", talk.number).startswith(TakenBy.__name__)
    assert refused("hand-back", "conversation", talk.number).startswith(NotYours.__name__)


def test_what_staff_started_is_closed_and_nothing_else(member: Member, asked: Request) -> None:
    said("take", "rights_request", asked.number)
    assert refused("close", "rights_request", asked.number).startswith(IsDerived.__name__)
    Request.objects.filter(pk=asked.pk).update(ended_at=timezone.now(), state="denied")
    assert refused("hand-back", "rights_request", asked.number).startswith(NoSuchCase.__name__)
    assert refused("take", "rights_request", asked.number).startswith(NoSuchCase.__name__)
    Case.objects.all().delete()
    assert refused("start", "rights_request", asked.number, "--reason", "curiosity").startswith(ReasonNeeded.__name__)
    assert said("start", "rights_request", asked.number, "--reason", "authority") == f"{asked.number} is yours.\n"
    assert Case.objects.open().get().reason == "authority"
    assert said("close", "rights_request", asked.number) == f"{asked.number} is closed.\n"
    assert not Case.objects.open().exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("take", "shipment", "7KQ4M-X2P9D"), NotYourJob.__name__),
        (
            ("queue", "elephants"),
            "NoSuchKind: There is no kind of case 'elephants'; yours are payment_trouble, refund,",
        ),
        (("queue", "emergency"), NotYourJob.__name__),
        (("take", "conversation", "C-00000000"), "NothingCalled: There is nothing called 'C-00000000'"),
        (("take", "refund", "x" * 500), f"NothingCalled: There is nothing called '{'x' * 40}'"),
        (("take", "concern", "R-00000000"), "NothingCalled: "),
        (("hand-over", "conversation", "C-00000000", "--to", "S-00000"), "NothingCalled: "),
    ],
)
def test_what_is_not_there_or_not_theirs_is_refused(member: Member, arguments: tuple[str, ...], sentence: str) -> None:
    assert refused(*arguments).startswith(sentence)
    assert not Case.objects.exists()


def test_nobody_is_handed_a_case_who_is_not_here(member: Member, talk: Conversation) -> None:
    said("take", "conversation", talk.number)
    for pseudonym in ("S-00000", "rosa"):
        assert refused("hand-over", "conversation", talk.number, "--to", pseudonym).startswith("NoColleague: ")
    stranger = working.member("billing").pseudonym
    assert refused("hand-over", "conversation", talk.number, "--to", stranger).startswith(NotYourJob.__name__)
    assert Case.objects.get().taken_by == member.pk


def test_finding_shows_numbers_alone(member: Member, person: Person, asked: Request) -> None:
    shown = said("find", "--json", typed=f"{person.email}\n") + said("find", typed=asked.number)
    assert asked.number in shown
    assert person.email not in shown
    assert refused("find", typed="nobody@example.org").startswith("NothingFound: ")
    assert refused("find", typed="\n").startswith("NothingFound: ")


def test_they_sign_in_with_a_code_and_out_again(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    someone, shown = working.member("support"), list[str]()
    ask_for_code = terminals.ask
    monkeypatch.setattr(terminals, "ask", lambda login: shown.append((asked := ask_for_code(login)).code) or asked)
    monkeypatch.setattr(terminal, "sleep", lambda seconds: terminals.allow(shown[-1], by=someone))
    told = said("sign-in")
    assert told.startswith(
        f"Open {SITE}/desk/terminal/ and type {shown[-1]}\nYou work here as {someone.pseudonym} until"
    )
    assert said("sign-out") == "You have signed out.\n"
    assert not Terminal.objects.exists()


@pytest.mark.parametrize("over", ["time", "another code"])
def test_waiting_for_a_code_comes_to_an_end(db: None, over: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def while_waiting(seconds: float) -> None:
        if over == "time":
            Terminal.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        else:
            terminals.ask(login())

    monkeypatch.setattr(terminal, "sleep", while_waiting)
    done = run("sign-in")
    assert (done.exit_code, type(done.exception)) == (1, terminal.NobodyCame)


def test_a_real_terminal_waits_for_its_code(made: Command) -> None:
    made.ok("desk", "sign-out")
    assert "run upheld desk sign-in" in made.refused("desk")
    with subprocess.Popen(
        [UPHELD, "desk", "sign-in"], env=made.environment, stdout=subprocess.PIPE, text=True
    ) as waits:
        assert waits.stdout
        code = waits.stdout.readline().split()[-1]
        pseudonym = made.within(
            "from tests import working\n"
            "from upheld.staff import terminals\n"
            "someone = working.member('support')\n"
            f"assert terminals.allow({code!r}, by=someone)\n"
            "print(someone.pseudonym)"
        ).strip()
        assert waits.stdout.read().startswith(f"You work here as {pseudonym} until ")
    assert waits.returncode == 0
    assert pseudonym in made.ok("desk")
