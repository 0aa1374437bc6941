"""A build is given to an account alone, and nothing but that person's own sealed row knows its number."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from django.db import connection
from django.utils import timezone

from tests.builds.reporting import PRODUCT, published
from tests.people import Person
from upheld import vault
from upheld.builds import issuing, numbers, releases, stamps
from upheld.builds.errors import NoAccount, NoLongerGiven, NotKeptHere
from upheld.builds.issuing import issue
from upheld.builds.models import Build, Issued
from upheld.ledger.models import Entry
from upheld.policy import Refused
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

pytestmark = pytest.mark.django_db


def test_a_build_has_a_number_of_ours_that_only_its_person_opens(person: Person) -> None:
    release = published()
    given = issue(release, to=person.subject, by=person.me)
    assert numbers.is_ours(numbers.read(given.number), PRODUCT)
    row = Issued.objects.get(subject=person.subject)
    assert vault.open(row, ["number"], by=person.me, purpose="builds") == {"number": given.number}
    assert issuing.again(row, by=person.me).number == given.number
    assert not Build.objects.exists(), "nothing is kept under a number before it reports"
    with pytest.raises(Refused):
        vault.open(row, ["number"], by=Actor.staff(person.subject, job="support"), purpose="builds")


def test_two_builds_of_one_release_have_two_numbers(person: Person) -> None:
    release = published()
    assert len({issue(release, to=person.subject, by=person.me).number for _ in range(3)}) == 3


def test_the_record_says_neither_which_release_nor_which_number(person: Person) -> None:
    release = published()
    given = issue(release, to=person.subject, by=Actor.operator())
    entry = Entry.objects.get(act=Act.BUILD_ISSUE)
    assert (entry.subject, entry.facts) == (person.subject, {})
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a table's own name
            shown = repr([[bytes(c) if isinstance(c, memoryview) else c for c in row] for row in cursor.fetchall()])
            assert given.number not in shown, table
            assert numbers.read(given.number) not in shown, table


def test_nobody_without_an_account_is_given_one(person: Person) -> None:
    guest = vault.new_subject()
    with pytest.raises(NoAccount, match="Sign up first"):
        issue(published(), to=guest, by=Actor.operator())
    assert not Issued.objects.exists()


def test_nobody_issues_for_another(person: Person) -> None:
    release = published()
    for by in (Actor.person(vault.new_subject()), Actor.visitor(), Actor.system("worker")):
        with pytest.raises(Refused):
            issue(release, to=person.subject, by=by)


def test_a_release_that_is_withdrawn_is_given_out_no_more(person: Person) -> None:
    release = published()
    row = issue(release, to=person.subject, by=person.me).row
    type(release).objects.update(withdrawn_at=timezone.now())
    with pytest.raises(NoLongerGiven):
        issue(release, to=person.subject, by=person.me)
    with pytest.raises(NoLongerGiven):
        issuing.again(row, by=person.me)


def test_the_file_that_is_given_says_its_number_signed(person: Person, tmp_path: Path) -> None:
    source = tmp_path / "engine.zip"
    with ZipFile(source, "w") as archive:
        archive.writestr("engine.txt", "It runs.")
    release = releases.publish(
        product=PRODUCT, version="2.0.0", platform="linux-x64", name="engine.zip", source=source, by=Actor.operator()
    )
    given = issue(release, to=person.subject, by=person.me)
    (tmp_path / "out").mkdir()
    stamp = stamps.read(issuing.stamped(given, tmp_path / "out"))
    assert stamp is not None
    assert (stamp.number, stamp.version, stamp.signed) == (given.number, "2.0.0", True)


def test_a_file_that_is_elsewhere_is_not_stamped_here(person: Person, tmp_path: Path) -> None:
    with pytest.raises(NotKeptHere):
        issuing.stamped(issue(published(), to=person.subject, by=person.me), tmp_path)
