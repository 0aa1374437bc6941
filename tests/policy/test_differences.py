"""What changed, in words for a person, and which way."""

import pytest

from tests.policy.shop import shop
from upheld.policy import Effect, diff

CHANGES = [
    (
        ("  passkey:", "  phone: {category: user.contact.phone_number, sources: [letter]}\n  passkey:"),
        ("data", "Phone: may now be collected.", Effect.LOOSENS),
    ),
    (("sources: [order]", "sources: [order, letter]"), ("data", "Name: comes in by one more way.", Effect.LOOSENS)),
    ((", account, letter]", ", letter]"), ("data", "E-mail address: no longer comes in by account.", Effect.TIGHTENS)),
    ((", sensitive: true", ""), ("data", "Password: no longer counts as sensitive.", Effect.LOOSENS)),
    (("user.name", "user.name.last"), ("data", "is now classed as user.name.last", Effect.NEITHER)),
    (
        ("uses: [email, name]", "uses: [email, name, totp]"),
        ("purposes", 'Totp: may now be used for "Billing".', Effect.LOOSENS),
    ),
    (
        ("uses: [email, password]}\n  billing", "uses: [password]}\n  billing"),
        ("purposes", 'E-mail address: no longer used for "Sign in".', Effect.TIGHTENS),
    ),
    (
        ("  news:", "  gossip: {uses: [name]}\n  news:"),
        ("purposes", 'There is a new purpose, "Gossip", which uses: Name.', Effect.LOOSENS),
    ),
    (("choice: opt_out", "choice: opt_in"), ("choices", '"News": now only if you ask for it;', Effect.TIGHTENS)),
    ((", choice: opt_out", ""), ("choices", '"News": now not a matter of choice;', Effect.LOOSENS)),
    (("receives: [name]", "receives: [name, email]"), ("recipients", "Carrier: may now receive", Effect.LOOSENS)),
    (("receives: [name]", "receives: []"), ("recipients", "Carrier: no longer receives name.", Effect.TIGHTENS)),
    (("opens: [email, name]", "opens: [name]"), ("jobs", "Billing: may no longer open email.", Effect.TIGHTENS)),
    (("while: [refund]", "while: [refund, gift]"), ("jobs", "may now work on cases of gift.", Effect.LOOSENS)),
    (("7y", "8y"), ("retention", "order.name: kept 7 years", Effect.LOOSENS)),
    (("7y", "6m"), ("retention", "and 6 months though you delete it", Effect.TIGHTENS)),
    ((", reason: tax law", ""), ("retention", "and 7 years now", Effect.TIGHTENS)),
    (("[shop]", "[shop, van]"), ("products", "The policy now covers van", Effect.LOOSENS)),
    (("name: The shop", "name: The store"), ("controller", "The controller is now The store", Effect.NEITHER)),
    (("[^see]", "[^note]"), ("promises", "A promise is no longer made: see.", Effect.LOOSENS)),
    (("We say how.", "We say why."), ("wording", "The page now says: We say why.", Effect.NEITHER)),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_a_change_is_told_in_words(change, expected):
    section, sentence, effect = expected
    told = diff(shop(), shop(change))
    assert [each.effect for each in told if each.section == section and sentence in each.sentence] == [effect], told


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_a_change_undone_goes_the_other_way(change, expected):
    section, _, effect = expected
    opposite = {Effect.LOOSENS: Effect.TIGHTENS, Effect.TIGHTENS: Effect.LOOSENS, Effect.NEITHER: Effect.NEITHER}
    told = [each.effect for each in diff(shop(change), shop()) if each.section == section]
    assert told
    assert set(told) == {opposite[effect]}


def test_a_class_of_retention_renamed_changes_nothing():
    assert diff(shop(), shop(("  books:", "  ledgers:"))) == []


def test_a_policy_does_not_differ_from_itself():
    assert diff(shop(), shop()) == []
