"""`upheld build issue`: for somebody who signed up, and for nobody else."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.people import Person
from upheld import vault
from upheld.builds import numbers, releases, stamps
from upheld.builds.models import Issued, Release
from upheld.cli import run
from upheld.policy.actors import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(tmp_path: Path) -> Release:
    source = tmp_path / "engine.zip"
    with ZipFile(source, "w") as archive:
        archive.writestr("engine.txt", "It runs.")
    return releases.publish(
        product="engine", version="1.2.3", platform="any", name="engine.zip", source=source, by=Actor.operator()
    )


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The instance of this process is open already."""
    monkeypatch.setattr("upheld.cli.build_issue.open_instance", lambda: None)


def test_a_number_is_printed_and_the_file_says_it(
    person: Person, release: Release, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    wanted = ["build", "issue", "engine@1.2.3@any", "--to", person.email, "--out", str(out), "--json"]
    assert run(wanted) == 0
    said = json.loads(capsys.readouterr().out)
    stamp = stamps.read(out / "engine.zip")
    assert stamp is not None
    assert (said["number"], said["handed_on"], stamp.signed) == (stamp.number, False, True)
    row = Issued.objects.get(subject=person.subject)
    assert vault.open(row, ["number"], by=person.me, purpose="builds")["number"] == said["number"]


def test_a_copy_to_hand_on_is_marked(person: Person, release: Release, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "issue", str(release.pk), "--to", person.email, "--handed-on"]) == 0
    number = capsys.readouterr().out.partition(":")[0]
    assert numbers.is_ours(numbers.read(number), "engine")
    assert Issued.objects.get().handed_on


def test_whoever_did_not_sign_up_gets_none(
    person: Person, release: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, said in (
        (["engine@1.2.3@any", "--to", "nobody@example.org"], "Nobody has signed up with this address."),
        (["engine@9.9.9@any", "--to", person.email], "release"),
        (["engine@1.2.3@any", "--to", "no address"], "address"),
    ):
        assert run(["build", "issue", *arguments]) == 1, arguments
        assert said in capsys.readouterr().err
    assert not Issued.objects.exists()
