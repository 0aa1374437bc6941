"""Tax numbers: those that can be right in one form, the others refused with a sentence."""

import pytest

from upheld.orders.addresses import CountryUnknown
from upheld.orders.tax_numbers import TaxNumberUnfit, check


@pytest.mark.parametrize(
    ("number", "country", "compact"),
    [
        ("136 695 976", "DE", "DE136695976"),
        ("de 136.695.976", "de", "DE136695976"),
        ("ATU13585627", "AT", "ATU13585627"),
        ("094259216", "GR", "EL094259216"),
        ("GR 094259216", "GR", "EL094259216"),
        ("GB980 7806 84", "GB", "980780684"),
        ("CHE-107.787.577 IVA", "CH", "CHE107787577IVA"),
        ("NO 995 525 828 MVA", "NO", "995525828MVA"),
        ("995525828", "NO", "995525828MVA"),
        ("04-2103594", "US", "042103594"),
        ("83 914 571 673", "AU", "83914571673"),
        ("27AAPFU0939F1ZV", "IN", "27AAPFU0939F1ZV"),
        ("12302 6635 RC 0001", "CA", "123026635RC0001"),
        ("49-091-850", "NZ", "49091850"),
        ("T5835678256246", "JP", "5835678256246"),
    ],
)
def test_a_right_number_has_one_form(number: str, country: str, compact: str) -> None:
    assert check(number, country) == compact


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("DE136695977", "DE"),
        ("FR40303265045", "DE"),
        ("", "DE"),
        ("DE", "DE"),
        ("9" * 5000, "US"),
        ("\u0661\u0662", "DE"),
        ("<script>", "GB"),
        ("00-0000000", "US"),
    ],
)
def test_a_wrong_number_is_refused_with_a_sentence(number: str, country: str) -> None:
    with pytest.raises(TaxNumberUnfit, match="this is not a tax number") as refused:
        check(number, country)
    assert number == "" or number not in refused.value.sentence


def test_a_country_whose_numbers_nobody_can_check_says_so() -> None:
    with pytest.raises(TaxNumberUnfit, match="Afghanistan: tax numbers cannot be checked"):
        check("1", "AF")
    with pytest.raises(CountryUnknown):
        check("1", "XX")
