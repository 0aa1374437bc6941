"""What a person's own builds reported is seen, copied and deleted with them; what they handed on is other people's."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest

from tests.accounts.test_at_once import at_once
from tests.builds import reporting
from tests.builds.reporting import body, published
from tests.rights.conftest import Planted
from upheld import vault
from upheld.builds import counting, numbers, possession, taking
from upheld.builds.errors import NoAccount
from upheld.builds.issuing import Given, issue
from upheld.builds.models import Issued, Release
from upheld.ledger.models import Entry
from upheld.policy import Refused, force
from upheld.rights.erasure import deleting, erasing
from upheld.rights.errors import StillThere
from upheld.rights.seen import seeing
from upheld.vault.errors import Damaged, Erased


@pytest.fixture(autouse=True)
def _unlimited() -> Iterator[None]:
    with reporting.unlimited():
        yield


def given(ann: Planted, *, handed_on: bool = False) -> Given:
    """A build of Ann's that reported yesterday."""
    release = Release.objects.first() or published()
    made = issue(release, to=ann.subject, by=ann.by, handed_on=handed_on)
    taking.take(body(made.number))
    counting.count_due()
    return made


def signs(made: Given) -> str:
    return numbers.read(made.number)


def facts_of(ann: Planted, made: Given) -> dict[str, str]:
    held = seeing.see(ann.subject, by=ann.by)
    return dict(next(each for each in held.records if each.row == made.row.pk).facts)


def test_the_number_and_what_it_reported_are_seen(ann: Planted) -> None:
    made = given(ann)
    held = seeing.see(ann.subject, by=ann.by)
    assert [item.value for item in held.items if item.label == "issued"] == [made.number]
    assert "display webvr 1, start 3" in facts_of(ann, made).values()


def test_what_a_build_reported_that_was_handed_on_is_not_seen(ann: Planted) -> None:
    facts = facts_of(ann, given(ann, handed_on=True))
    assert facts["handed_on"] == "True"
    assert not any("start" in each for each in facts.values())


def test_an_erasure_stops_own_builds_and_deletes_what_they_reported(ann: Planted) -> None:
    own, handed = given(ann), given(ann, handed_on=True)
    erasing.erase(ann.subject, by=ann.by)
    assert not Issued.objects.exists()
    seen = possession.see(signs(own))
    assert (seen.days, seen.stopped) == ((), True)
    assert len(possession.see(signs(handed)).days) == 1
    named = Entry.objects.filter(subject=ann.subject)
    assert not any("build" in entry.facts for entry in named), "nothing says for good whose build it was"


def test_a_damaged_row_keeps_nobody_from_erasure(ann: Planted) -> None:
    made = given(ann)
    Issued.objects.filter(pk=made.row.pk).update(sealed=b"\x00damaged")
    with pytest.raises(Damaged):
        Issued.objects.get(pk=made.row.pk).envelopes()
    erasing.erase(ann.subject, by=ann.by)
    assert not Issued.objects.exists()


def test_a_build_that_was_given_while_they_were_being_erased_goes_with_them(
    ann: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(ann)
    late = list[Given]()
    real = vault.shred_if

    def shred_if(*asked: Any, **named: Any) -> bool:
        if not late:
            late.append(given(ann))
        return real(*asked, **named)

    monkeypatch.setattr(vault, "shred_if", shred_if)
    erasing.erase(ann.subject, by=ann.by)
    assert not Issued.objects.exists()
    seen = possession.see(signs(late[0]))
    assert (seen.days, seen.stopped) == ((), True)


def test_a_build_is_given_before_an_erasure_or_not_at_all(ann: Planted, bob: Planted) -> None:
    release = published()
    for someone in (ann, bob):
        made, _ = at_once(lambda who=someone: give(release, who), lambda who=someone: erase(who))
        erase(someone)
        assert made is None or possession.see(signs(made)).stopped
    assert not Issued.objects.exists()


def give(release: Release, to: Planted) -> Given | None:
    with suppress(Erased, NoAccount):
        return issue(release, to=to.subject, by=to.by)
    return None


def erase(someone: Planted) -> None:
    with suppress(StillThere):  # on SQLite another one may read the log at this moment
        erasing.erase(someone.subject, by=someone.by)


def test_a_policy_without_a_purpose_for_builds_lets_none_go_on(ann: Planted) -> None:
    own, held = given(ann), force.in_force()
    purposes = {name: each for name, each in held.purposes.items() if name != "builds"}
    with patch.object(force, "in_force", return_value=replace(held, purposes=purposes)):
        erasing.erase(ann.subject, by=ann.by)
    assert possession.see(signs(own)).stopped


def test_an_erasure_for_which_no_build_could_be_found_is_not_begun_in_silence(ann: Planted) -> None:
    given(ann)
    held = force.in_force()
    data = {name: each for name, each in held.data.items() if name != "build"}
    with (
        patch.object(force, "in_force", return_value=replace(held, data=data)),
        pytest.raises(Refused, match=r"data\.build is not declared"),
    ):
        possession.forget_all(ann.subject)
    assert Issued.objects.exists()


def test_one_build_is_deleted_alone(ann: Planted) -> None:
    gone, stays = given(ann), given(ann)
    receipt = deleting.delete_item(ann.subject, label="issued", row=gone.row.pk, by=ann.by)
    assert not isinstance(receipt, deleting.NotDeletable)
    assert receipt.found == 0
    assert [row.pk for row in Issued.objects.all()] == [stays.row.pk]
    assert possession.see(signs(gone)).stopped
    assert not possession.see(signs(gone)).days
    assert len(possession.see(signs(stays)).days) == 1


def test_one_that_was_handed_on_is_deleted_without_what_others_reported(ann: Planted) -> None:
    made = given(ann, handed_on=True)
    deleting.delete_item(ann.subject, label="issued", row=made.row.pk, by=ann.by)
    assert not Issued.objects.exists()
    assert len(possession.see(signs(made)).days) == 1
