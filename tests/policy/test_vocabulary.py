"""The words taken from the field are the field's."""

from fideslang import DEFAULT_TAXONOMY

from upheld.policy import Promise
from upheld.policy.render.manifest import _BASES
from upheld.policy.vocabulary import BASES, categories, purposes


def test_the_categories_are_those_of_fideslang():
    assert categories() == tuple(category.fides_key for category in DEFAULT_TAXONOMY.data_category)


def test_each_purpose_is_near_to_a_data_use_of_fideslang():
    known = {use.fides_key for use in DEFAULT_TAXONOMY.data_use}
    assert {term.fides for term in purposes().values()} <= known
    assert list(purposes()) == sorted(purposes())


def test_each_legal_basis_has_a_name_in_both_vocabularies():
    assert set(BASES) == set(_BASES)


def test_there_are_thirty_three_promises():
    assert len(Promise) == 33
