"""News to many: who gets it, how often, and what may stand in it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from django.conf import settings as django_settings

from tests.crash import kill_at_each_step
from upheld import ledger, vault
from upheld.contact import bulletins, delivering, stopping, verbs
from upheld.contact.errors import BulletinUnfit, NoSuchProduct, NoSuchTopic
from upheld.contact.models import Address, Bulletin, Interest, Letter
from upheld.home import Home
from upheld.policy import Refused, force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

pytestmark = pytest.mark.django_db(transaction=True)
OPERATOR = Actor.operator()
PRODUCTS, SPECIALS = "news.products", "news.specials"
TEXT = "# A new engine\n\nIt is *faster*, and it is here: <https://localhost:8443/shop/>\n"


def someone(name: str, *, verified: bool = True) -> UUID:
    subject = vault.new_subject()
    address = verbs.add_address(subject, email=f"{name}@example.org", source="sign_up", by=Actor.visitor())
    if verified:
        verbs.verify_address(address, by=Actor.person(subject))
    return subject


def refuse(subject: UUID, topic: str) -> None:
    verbs.record_choice(subject, topic=topic, allowed=False, by=Actor.person(subject), source="account")


def like(subject: UUID, product: str, *, interested: bool = True) -> None:
    me = Actor.person(subject)
    verbs.record_interest(subject, product=product, interested=interested, by=me, source="account")


def composed(topic: str = SPECIALS, product: str = "", text: str = TEXT) -> Bulletin:
    return bulletins.compose(text, topic=topic, product=product, by=OPERATOR)


def written_to(bulletin: Bulletin) -> set[UUID]:
    return set(Letter.objects.filter(bulletin=bulletin.pk).values_list("subject", flat=True))


def test_it_goes_to_whoever_did_not_refuse_it_and_opens_no_address() -> None:
    ann, bob, eve = someone("ann"), someone("bob"), someone("eve", verified=False)
    refuse(bob, SPECIALS)
    sent = bulletins.send(composed(), by=OPERATOR)
    assert written_to(sent) == {ann}
    assert (sent.queued, sent.finished_at is not None) == (1, True)
    assert not ledger.Entry.objects.filter(act=Act.FIELD_OPEN).exists()
    assert eve not in written_to(sent), "nobody has shown that this address is theirs"


def test_news_about_a_product_goes_to_whoever_said_that_it_interests_them() -> None:
    ann, bob, carl, dora = (someone(name) for name in ("ann", "bob", "carl", "dora"))
    like(ann, "engine")
    like(bob, "browser")
    like(carl, "engine")
    like(carl, "engine", interested=False)
    like(dora, "engine")
    refuse(dora, PRODUCTS)
    assert written_to(bulletins.send(composed(PRODUCTS, "engine"), by=OPERATOR)) == {ann}
    assert Interest.objects.standing(ann) == {"engine": True, "browser": False, "exoport": False}


@pytest.mark.parametrize(
    "changed_mind", [lambda ann: refuse(ann, PRODUCTS), lambda ann: like(ann, "engine", interested=False)]
)
def test_a_changed_mind_stops_what_is_queued(changed_mind: object, letters: object) -> None:
    ann = someone("ann")
    like(ann, "engine")
    bulletins.send(composed(PRODUCTS, "engine"), by=OPERATOR)
    assert callable(changed_mind)
    changed_mind(ann)
    assert verbs.deliver_due() == 0
    assert Letter.objects.get().ending == "refused"


def test_the_letter_says_the_same_twice_and_can_be_stopped(letters: object) -> None:
    ann = someone("ann")
    bulletins.send(composed(), by=OPERATOR)
    assert verbs.deliver_due() == 1
    assert callable(letters)
    [message] = letters()
    link = django_settings.HOME.site + stopping.path(ann, SPECIALS)
    assert message["Subject"] == "A new engine"
    assert message["List-Unsubscribe"].strip() == f"<{link}>"
    plain, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "It is *faster*" in plain
    assert "It is <em>faster</em>" in html
    assert link in plain
    assert link in html


def test_sent_again_it_reaches_nobody_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulletins, "LOT", 2)
    people = {someone(f"ann{n}") for n in range(5)}
    made = composed()
    told: list[tuple[int, int]] = []
    bulletins.send(made, by=OPERATOR, progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 5), (4, 5), (5, 5)]
    assert bulletins.send(made, by=OPERATOR).queued == 5
    assert written_to(made) == people
    assert Letter.objects.count() == 5


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("No heading", "must begin with a heading"),
        ("# Only a heading\n", "go on with text"),
        ("# Seen\n\n![a dot](https://localhost:8443/dot.png)", "no pictures"),
        ("# Elsewhere\n\nRead [this](https://elsewhere.example/)", "must lead to a page of"),
        ("# Elsewhere\n\n[this](/shop/)", "written in full"),
        ("# Bell\a\n\ntext", "must begin with a heading"),
    ],
)
def test_what_cannot_be_sent_is_said(text: str, why: str) -> None:
    with pytest.raises(BulletinUnfit, match=why):
        composed(text=text)


def test_markup_is_shown_as_it_was_typed() -> None:
    said = bulletins.said(composed(text="# <b>\n\n<script>alert(1)</script>"), reader=vault.new_subject())
    assert "<script>" not in said["html"]
    assert "<title>&lt;b&gt;" in said["html"]


def test_topics_and_products_are_the_policys() -> None:
    with pytest.raises(NoSuchTopic):
        composed("news.weather")
    with pytest.raises(NoSuchProduct):
        composed(PRODUCTS, "toaster")
    with pytest.raises(NoSuchProduct):
        like(someone("ann"), "toaster")
    with pytest.raises(Refused):
        bulletins.compose(TEXT, topic=SPECIALS, by=Actor.person(vault.new_subject()))


def test_a_new_policy_is_told_once_in_words() -> None:
    ann, bob = someone("ann"), someone("bob")
    refuse(bob, bulletins.POLICY_TOPIC)
    old = force.in_force()
    new = replace(old, effective=date(2027, 3, 1), digest="0" * 64, products=(*old.products, "toaster"))
    for _ in range(2):
        told = bulletins.tell_of_policy(old, new, by=OPERATOR)
    assert told is not None
    assert written_to(told) == {ann}
    assert Letter.objects.count() == 1
    assert "may now covers" not in told.text
    assert "- products: The policy now covers toaster, which may collect." in told.text
    assert told.title.endswith("changes on 1 March 2027")


def prepare() -> None:
    delivering.soon = lambda letter: None
    for n in range(5):
        someone(f"ann{n}")
    composed()


def send_it() -> None:
    bulletins.LOT = 2
    bulletins.send(Bulletin.objects.get(), by=OPERATOR)


def each_gets_one() -> None:
    if Bulletin.objects.get().started_at is None:
        send_it()
    bulletins.resume()
    assert sorted(Letter.objects.values_list("subject", flat=True)) == sorted(
        Address.objects.values_list("subject", flat=True)
    )
    assert Bulletin.objects.get().queued == 5
    assert ledger.Entry.objects.filter(act=Act.NEWS_SEND).count() == 1
    assert Home.here().exists


def test_a_crash_anywhere_writes_to_each_once() -> None:
    assert kill_at_each_step(send_it, before=prepare, check=each_gets_one) > 5
