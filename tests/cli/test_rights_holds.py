"""The privacy officer holds, releases, restricts and lifts at a terminal, and sees nobody's data there."""

import json

import pytest
from click.testing import CliRunner, Result

from tests import seats
from tests.people import Person
from upheld.cases.errors import NotYourJob
from upheld.cli.errors import CommandError
from upheld.cli.rights import command, holds, requests, uses
from upheld.cli.rights.finding import NoRequest
from upheld.rights import verbs
from upheld.rights.models import Right
from upheld.staff.errors import NotAtDesk
from upheld.staff.models import Member, Terminal
from upheld.vault.models import Hold, Restriction

UNTIL = ("--reason", "litigation", "--until", "2999-12-31")


@pytest.fixture(autouse=True)
def officer(db: None) -> Member:
    return seats.sit_down("privacy")


@pytest.fixture(autouse=True)
def _opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process works on an instance already."""
    for module in (holds, requests, uses):
        monkeypatch.setattr(module, "open_instance", lambda: None)


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(command, list(arguments), input=typed)


def said(*arguments: str, typed: str = "") -> str:
    done = run(*arguments, typed=typed)
    assert done.exit_code == 0, done.exception or done.output
    return done.output


def number(person: Person) -> str:
    found = verbs.ask([person.subject], [Right.RESTRICTION], way="site", by=person.me)
    assert isinstance(found, list)
    return found[0].number


def test_a_hold_from_beginning_to_end(person: Person) -> None:
    request = number(person)
    placed = said("hold", request, *UNTIL)
    id = placed.split()[0]
    assert placed == f"{id} stands until 2999-12-31 is over.\n"
    [found] = json.loads(said("holds", "--json"))["holds"]
    assert (found["id"], found["reason"], found["requests"]) == (id, "litigation", [request])
    assert "2999-12-31" in said("holds")
    assert person.email not in placed + said("holds") + json.dumps(found)
    assert said("release", id) == f"{id} has ended.\n"
    assert json.loads(said("holds", "--json")) == {"holds": []}
    assert isinstance(run("release", id).exception, holds.NoHold)


def test_a_person_is_named_by_an_address_that_is_typed(person: Person) -> None:
    assert "stands until 2999-12-31 is over" in said("hold", "--person", *UNTIL, typed=person.email)
    assert Hold.objects.get().subject == person.subject
    assert isinstance(run("hold", "--person", *UNTIL, typed="eve@example.org").exception, holds.NoPerson)


def test_uses_are_refused_and_allowed_again(person: Person) -> None:
    request = number(person)
    assert said("restrict", request, "--purpose", "billing") == "Not used any more for: billing.\n"
    assert said("restrict", request, "--purpose", "billing") == f"{uses.NOTHING}\n"
    assert "fulfilment" in said("restrict", request)
    assert "on for: billing." in said("lift", request, "--purpose", "billing")
    assert Restriction.objects.exclude(lifts_at=None).get().purpose == "billing"
    assert said("lift", request, "--purpose", "billing") == f"{uses.NOTHING}\n"


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("hold", "R-7K3Q9XMT", "--reason", "curiosity", "--until", "2999-12-31"), 2, SystemExit),
        (("hold", *UNTIL), 2, SystemExit),
        (("hold", "R-7K3Q9XMT", "--person", *UNTIL), 2, SystemExit),
        (("hold", "R-7K3Q9XMT", "--reason", "claim", "--until", "tomorrow"), 2, SystemExit),
        (("hold", "R-7K3Q9XMT", *UNTIL), 1, NoRequest),
        (("restrict", "R-7K3Q9XMT"), 1, NoRequest),
        (("lift", "R-7K3Q9XMT"), 1, NoRequest),
    ],
)
def test_what_is_wrong_changes_nothing(arguments: tuple[str, ...], code: int, error: type[BaseException]) -> None:
    done = run(*arguments)
    assert (done.exit_code, type(done.exception)) == (code, error)
    assert not Hold.objects.exists()
    assert issubclass(error, CommandError | SystemExit)


def test_nobody_does_it_without_having_signed_in(person: Person) -> None:
    Terminal.objects.all().delete()
    for arguments, input in ((("hold", number(person), *UNTIL), ""), (("hold", "--person", *UNTIL), person.email)):
        assert isinstance(run(*arguments, typed=input).exception, NotAtDesk)
    assert not Hold.objects.exists()


def test_whoever_has_no_such_job_does_not_do_it(person: Person) -> None:
    seats.sit_down("support", "billing")
    assert isinstance(run("hold", number(person), *UNTIL).exception, NotYourJob)
    assert not Hold.objects.exists()
