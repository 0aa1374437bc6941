"""Giving out a build: a number of its own, sealed for the one person who may know that it is theirs.

Nothing is kept under the number until the build reports, and nothing that is kept then leads to the person.
"""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import transaction

from upheld import ledger, vault
from upheld.accounts.models import account_of
from upheld.builds import allowing, artefacts, numbers, payloads, stamps
from upheld.builds.errors import NoAccount, NoLongerGiven, NotKeptHere
from upheld.builds.models import Issued, Release
from upheld.policy.actors import Actor, Kind
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault import locking

SOURCE, PURPOSE = "account", "builds"
US = Actor.system("builds")


@dataclass(frozen=True, slots=True)
class Given:
    """A build that somebody was given; `number` is written as people read it."""

    number: str
    release: Release
    row: Issued


@transaction.atomic
def issue(release: Release, *, to: UUID, by: Actor, handed_on: bool = False) -> Given:
    """A build of the release with a number of its own, for an account. With `handed_on` its holder passes it to people
    who never signed up, and what it reports is theirs.

    Raises NoAccount for a guest, NoLongerGiven for a release that is withdrawn, FileMissing, TooManyBuilds, Erased,
    Refused.
    """
    require(Act.BUILD_ISSUE, by=by, subject=to, data=["build"])
    if account_of(to) is None:
        raise NoAccount
    locking.hold_still(to)  # so that whoever erases them either finds this build, or comes first
    if not Release.objects.filter(pk=release.pk, withdrawn_at=None).exists():
        raise NoLongerGiven
    allowing.check(release, to=to, handed_on=handed_on)
    number = numbers.new(release.product)
    row = Issued(subject=to, release=release.pk, handed_on=handed_on)
    vault.collect(row, {"number": number}, source=SOURCE, by=by if by.kind is Kind.PERSON else US)
    ledger.append(Act.BUILD_ISSUE, by=by, subject=to, facts={})
    return Given(number, release, row)


def again(row: Issued, *, by: Actor) -> Given:
    """What was given before, for the person whose it is. Raises NoLongerGiven, Refused, KeyMissing, Damaged."""
    release = Release.objects.filter(pk=row.release, withdrawn_at=None).first()
    if release is None:
        raise NoLongerGiven
    number = vault.open(row, ["number"], by=by, purpose=PURPOSE)["number"]
    assert number  # `issue` sealed one
    return Given(number, release, row)


def stamped(given: Given, folder: Path) -> Path:
    """The release's file in this folder, with its number stamped into it or in a side file beside it. Returns the file.

    Raises NotKeptHere for a release whose file is at an address elsewhere.
    """
    release = given.release
    source = artefacts.path(release.sha256)
    if not source.exists():
        raise NotKeptHere
    target = folder / release.name
    stamps.stamp(source, target, payload=payloads.make(given.number, release))
    return target
