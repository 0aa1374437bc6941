"""How long a class of retention keeps."""

from datetime import date

import pytest

from upheld.policy.declarations import Purpose, RetentionClass


@pytest.mark.parametrize(
    ("keep", "start", "until"),
    [
        ("1d", date(2026, 12, 31), date(2027, 1, 1)),
        ("30d", date(2028, 2, 1), date(2028, 3, 2)),
        ("1m", date(2026, 1, 31), date(2026, 2, 28)),
        ("1m", date(2026, 12, 5), date(2027, 1, 5)),
        ("7y", date(2028, 2, 29), date(2035, 2, 28)),
        ("4y", date(2028, 2, 29), date(2032, 2, 29)),
        ("9999y", date(2026, 1, 1), date.max),
        ("9999d", date(9999, 1, 1), date.max),
        ("until_erased", date(2026, 1, 1), None),
    ],
)
def test_a_period_ends_on_a_day(keep, start, until):
    assert RetentionClass(keep).until(start) == until


def test_only_a_reason_outlives_erasure():
    assert RetentionClass("7y", ("order.name",), "tax law").outlives_erasure
    assert not RetentionClass("1d", ("sign_up.email",)).outlives_erasure


@pytest.mark.parametrize(
    ("choice", "basis", "expected"),
    [
        ("", "", "contract"),
        ("opt_in", "", "consent"),
        ("opt_out", "", "legitimate_interest"),
        ("", "legal_obligation", "legal_obligation"),
    ],
)
def test_a_legal_basis_follows_from_the_choice(choice, basis, expected):
    assert Purpose((), choice=choice, basis=basis).legal_basis == expected
