"""The checks of who is given a build uphold what holds, and see it broken when it is."""

from uuid import UUID

import pytest
from django.utils import timezone

from tests.people import Person
from upheld import vault
from upheld.builds import issuing, promises
from upheld.builds.checks import given
from upheld.builds.models import Issued, Release
from upheld.policy.actors import Actor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def release() -> Release:
    return Release.objects.create(
        product="engine", version="1.2.3", platform="linux-x64", name="engine.tar.gz", size=1, sha256="0" * 64,
        address="https://files.example/engine.tar.gz", published_at=timezone.now(),
    )  # fmt: skip


def give(subject: UUID) -> Issued:
    row = Issued(subject=subject, release=UUID(int=1))
    vault.collect(row, {"number": "a number"}, source="account", by=Actor.person(subject))
    return row


def test_builds_of_accounts_uphold_it(release: Release, person: Person) -> None:
    issuing.issue(release, to=person.account.subject, by=Actor.person(person.account.subject))
    finding = promises.accounts()
    assert finding.upheld
    assert finding.figure == "1 builds given out, each to an account"


def test_a_build_of_somebody_without_an_account_breaks_it() -> None:
    give(vault.new_subject())
    assert promises.accounts().details == ("1 builds were given to somebody without an account",)


def test_a_guest_gets_none(release: Release) -> None:
    assert promises.guests().upheld
    assert not Issued.objects.exists()


def test_a_verb_that_gives_to_anybody_breaks_it(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuing, "issue", lambda release, *, to, by: give(to))
    assert promises.guests().details == (
        "a visitor was given a build without an account",
        "a guest was given a build without an account",
    )
    assert not Issued.objects.exists()  # the check takes it back


def test_before_the_first_release_there_is_nothing_to_give() -> None:
    assert promises.guests().figure == "nothing is published, so no build can be given out"


def test_another_file_that_makes_numbers_breaks_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert promises.one_way().upheld
    root = tmp_path_factory.mktemp("source")
    (root / "shop.py").write_text('from upheld.builds import numbers as n\nnumber = n.new("engine")\n')
    (root / "cart.py").write_text("from upheld.builds.numbers import new\n")
    monkeypatch.setattr(given, "ROOT", root)
    assert promises.one_way().details == (
        "upheld/cart.py makes numbers of builds",
        "upheld/shop.py makes numbers of builds",
    )
