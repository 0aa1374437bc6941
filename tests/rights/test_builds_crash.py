"""The erasure of somebody whose build reported is killed before each of its steps: in the end nothing is left of it."""

import json
from uuid import UUID

from tests.builds.reporting import body, published
from tests.crash import kill_at_each_step
from tests.rights.conftest import plant
from upheld import vault
from upheld.builds import counting, numbers, possession, taking
from upheld.builds.issuing import issue
from upheld.builds.models import Issued
from upheld.home import Home
from upheld.policy.actors import Actor
from upheld.rights import verbs
from upheld.rights.erasure.erasing import look_again

VALUES = {"email": "ann.canary@example.org", "password": "canary-hash-of-ann", "device": "Canary on Ann"}


def told() -> tuple[UUID, str, str]:
    """Whose, and the signs of their own build and of the one that they handed on."""
    subject, own, handed_on = json.loads((Home.here().folder / "told.json").read_text())
    return UUID(subject), own, handed_on


def give_her_two() -> None:
    ann, release = plant(VALUES), published()
    made = [issue(release, to=ann.subject, by=ann.by, handed_on=each).number for each in (False, True)]
    for each in made:
        taking.take(body(each))
    counting.count_due()
    (Home.here().folder / "told.json").write_text(json.dumps([str(ann.subject), *map(numbers.read, made)]))


def erase_her() -> None:
    subject, _, _ = told()
    verbs.erase(subject, by=Actor.person(subject))


def her_build_is_gone_and_the_other_stays() -> None:
    subject, own, handed_on = told()
    verbs.resume()
    vault.resume()
    if not vault.is_erased(subject):
        erase_her()
    assert not any(count for _, count in look_again(subject))
    assert not Issued.objects.filter(subject=subject).exists()
    seen = possession.see(own)
    assert (seen.days, seen.stopped) == ((), True)
    assert len(possession.see(handed_on).days) == 1


def test_it_survives_a_crash_anywhere() -> None:
    ran = kill_at_each_step(erase_her, before=give_her_two, check=her_build_is_gone_and_the_other_stays)
    assert ran > 5
