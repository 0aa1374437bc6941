"""No group smaller than the threshold can be found from what is published, whatever is subtracted from what.

Each example publishes a population, then makes another in which every group is a multiple of the threshold, and
publishes that: the figures must be the same, to the last. See docs/why/builds.md.
"""

import random
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builds import adversary
from tests.builds.adversary import FIRST, RELEASES, One
from upheld.builds import cells

pytestmark = pytest.mark.django_db
WEEKS = 6  # a whole month and the first week of the next
WHATS = ("start", "open.file", "open.web", "hands", "share")


def population(chance: random.Random, size: int) -> list[One]:
    """Builds that come and go, change their version within a week, and like some things more than others."""
    likes = [chance.random() for _ in WHATS]
    busy = chance.choice((0.1, 0.3, 0.6))
    stay = chance.random()
    atoms = list(RELEASES)[: chance.randint(1, len(RELEASES))]
    days = chance.randint(1, 7)
    found = []
    for _ in range(size):
        one, atom = One(chance.random() < 0.9), chance.choice(atoms)
        for week in range(FIRST + chance.choice((0, 0, 1, 2, 3)), FIRST + WEEKS):
            active = []
            for weekday in range(days):
                if chance.random() < busy:
                    atom = chance.choice(atoms) if chance.random() < 0.1 else atom
                    happened = tuple(w for w, liked in zip(WHATS, likes, strict=True) if chance.random() < liked)
                    active.append((weekday, atom, happened))
            if active and chance.random() < stay:
                one.days[week] = active
        found.append(one)
    return found


def check(moments: list[list[One]], threshold: int) -> None:
    with adversary.policy(threshold), transaction.atomic():
        seen, reached = adversary.publish(moments)
        other = adversary.witness(seen, reached, threshold, len(moments))
        assert not adversary.small_groups(other, threshold)
        again, _ = adversary.publish([other] * len(moments))
        transaction.set_rollback(True)
    assert again == seen


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.integers(2, 5), st.integers(0, 70))
def test_a_population_without_small_groups_explains_all_figures(seed: int, threshold: int, size: int) -> None:
    check([population(random.Random(seed), size)] * WEEKS, threshold)  # noqa: S311 - no secret, an example


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.integers(2, 4), st.integers(10, 60))
def test_looking_at_two_times_tells_no_more(seed: int, threshold: int, size: int) -> None:
    """Builds are deleted, and report late, between one publication and the next."""
    chance = random.Random(seed)  # noqa: S311 - no secret, an example
    whole = population(chance, size)
    check([[one for one in whole if chance.random() < 0.8] for _ in range(WEEKS)], threshold)


def test_the_adversary_finds_what_is_not_guarded() -> None:
    """The week of five builds, told beside days of which each has fewer than the threshold."""
    atom = next(iter(RELEASES))
    alone = [One(True, {FIRST: [(weekday % 2, atom, ("start",))]}) for weekday in range(5)]
    check([alone], 3)
    with patch.object(cells, "partition", _unbounded), pytest.raises(AssertionError):
        check([alone], 4)


def _unbounded(counts: dict[object, int], threshold: int, **_: object) -> dict[object, int]:
    return {key: count - count % threshold for key, count in counts.items() if count >= threshold}
