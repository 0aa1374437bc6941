"""A no that outlives its person."""

from uuid import UUID

import pytest

from upheld import ledger, vault
from upheld.contact import verbs
from upheld.contact.models import Address, Choice, Suppression
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import verbs as rights
from upheld.rights.checks.rehearsal import somebody_made_up

pytestmark = pytest.mark.django_db(transaction=True)
EMAIL = "ada@example.org"
PRODUCTS, SPECIALS = "news.products", "news.specials"


def someone(email: str = EMAIL) -> UUID:
    subject = vault.new_subject()
    verbs.add_address(subject, email=email, source="sign_up", by=Actor.visitor())
    return subject


def say(subject: UUID, topic: str, *, allowed: bool) -> None:
    verbs.record_choice(subject, topic=topic, allowed=allowed, by=Actor.person(subject), source="account")


def erase(subject: UUID) -> None:
    rights.erase(subject, by=Actor.person(subject))


def test_whoever_signs_up_anew_has_refused_it_still() -> None:
    before = someone()
    say(before, SPECIALS, allowed=False)
    erase(before)
    after = someone(EMAIL.upper())
    assert [topic for topic, allowed in Choice.objects.standing(after).items() if not allowed] == [SPECIALS]
    assert Choice.objects.sources(after) == {SPECIALS: "before"}
    entry = ledger.Entry.objects.of(after).filter(act=Act.CHOICE_RECORD).get()
    assert entry.facts == {"topic": SPECIALS, "allowed": False, "source": "before"}
    assert not Suppression.objects.exists(), "now it is their own word again"


def test_it_outlives_any_number_of_erasures_until_it_is_taken_back() -> None:
    for _ in range(3):
        subject = someone()
        say(subject, SPECIALS, allowed=False)
        erase(subject)
    last = someone()
    assert not verbs.may_write(last, SPECIALS)
    say(last, SPECIALS, allowed=True)
    erase(last)
    assert verbs.may_write(someone(), SPECIALS)


def test_what_is_kept_is_a_digest_under_a_key_of_its_own() -> None:
    subject = someone()
    say(subject, SPECIALS, allowed=False)
    erase(subject)
    kept = bytes(Suppression.objects.get().digest)
    assert len(kept) == 32
    assert kept != vault.digest("email", EMAIL), "nobody can match it with the index of addresses"
    assert vault.find(Address, "email", EMAIL) is None
    assert "subject" not in {field.name for field in Suppression._meta.get_fields()}


def test_another_address_has_refused_nothing() -> None:
    subject = someone()
    say(subject, SPECIALS, allowed=False)
    erase(subject)
    assert all(Choice.objects.standing(someone("bob@example.org")).values())
    assert Suppression.objects.count() == 1


def test_whoever_refused_nothing_leaves_nothing() -> None:
    subject = someone()
    say(subject, SPECIALS, allowed=False)
    say(subject, SPECIALS, allowed=True)
    erase(subject)
    assert not Suppression.objects.exists()


def test_it_holds_for_an_address_that_someone_moves_to() -> None:
    before = someone()
    say(before, SPECIALS, allowed=False)
    erase(before)
    mover = someone("bob@example.org")
    verbs.change_address(Address.objects.get(), email=EMAIL, source="account", by=Actor.person(mover))
    assert not verbs.may_write(mover, SPECIALS)
    assert verbs.may_write(mover, PRODUCTS)


def test_it_is_kept_before_the_keys_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked again after a death in between, the erasure keeps it once."""
    subject = someone()
    say(subject, SPECIALS, allowed=False)
    with monkeypatch.context() as patched:
        patched.setattr(vault, "shred_if", None, raising=False)
        with pytest.raises(TypeError):
            erase(subject)
    assert Suppression.objects.count() == 1
    rights.resume()
    assert Suppression.objects.count() == 1
    assert not verbs.may_write(someone(), SPECIALS)


def test_made_up_people_leave_none() -> None:
    with somebody_made_up() as nobody:
        verbs.refuse_everything(nobody.subject, by=nobody.by, source="account")
        rights.erase(nobody.subject, by=nobody.by)
        assert Suppression.objects.count() == 3
    assert not Suppression.objects.exists()
