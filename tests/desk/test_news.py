"""News is written, looked at, counted and sent by who has that job, and shows nobody to them."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from tests import working
from tests.canaries import Canaries
from tests.web.conftest import Visitor
from upheld import ledger, vault
from upheld.contact import bulletins, reach, verbs
from upheld.contact.models import Bulletin, Letter
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.staff.models import DeskSession, Member

pytestmark = pytest.mark.django_db
TEXT = "# A new engine\n\nIt is *faster*, and it is here: <https://localhost:8443/shop/>\n"
TOPIC = "news.products"


@pytest.fixture
def writer() -> Member:
    return working.member("news")


@pytest.fixture
def desk(writer: Member) -> Visitor:
    browser = Visitor()
    working.at_the_desk(writer, browser)
    return browser


def reader(email: str, *, refuses: str = "", likes: str = "") -> UUID:
    subject = vault.new_subject()
    me = Actor.person(subject)
    address = verbs.add_address(subject, email=email, source="sign_up", by=Actor.visitor())
    verbs.verify_address(address, by=me)
    if refuses:
        verbs.record_choice(subject, topic=refuses, allowed=False, by=me, source="account")
    if likes:
        verbs.record_interest(subject, product=likes, interested=True, by=me, source="account")
    return subject


def composed(desk: Visitor, **more: str) -> Bulletin:
    answer = desk.post("/desk/news/write/", {"topic": TOPIC, "product": "", "text": TEXT} | more)
    assert answer.status_code == 302, answer.content.decode()
    return Bulletin.objects.latest("id")


def test_it_is_written_looked_at_counted_and_sent(desk: Visitor, writer: Member, canaries: Canaries) -> None:
    ann = reader(canaries["email"], likes="engine")
    reader("bob@example.org", likes="engine", refuses=TOPIC)
    reader("carl@example.org")
    made = composed(desk, product="engine")
    seen = desk.text(f"/desk/news/{made.pk}/")
    assert "It is kept. Nobody has it yet." in seen
    assert "It is *faster*" in seen
    assert "<em>faster</em>" in desk.text(f"/desk/news/{made.pk}/page/")
    asked = desk.text(f"/desk/news/{made.pk}/send/")
    assert "<b>1</b> person:" in asked
    assert not Letter.objects.exists(), "it asks first"
    assert desk.post(f"/desk/news/{made.pk}/send/").status_code == 302
    assert "being queued" in desk.text(f"/desk/news/{made.pk}/progress/")
    assert bulletins.resume() == 1
    told = desk.text(f"/desk/news/{made.pk}/progress/")
    assert "1 letter queued: 0 sent, 1 waiting, 0 refused meanwhile, 0 failed." in told
    assert "X-Desk-By-Itself" in told, "it keeps nobody signed in"
    assert "hx-get" in told, "it moves until the last letter has left"
    assert [each.subject for each in Letter.objects.filter(bulletin=made.pk)] == [ann]
    entry = ledger.Entry.objects.filter(act=Act.NEWS_SEND).get()
    assert (entry.by["kind"], entry.by["job"], entry.by["id"]) == ("staff", "news", str(writer.pk))
    pages = ["", "write/", f"{made.pk}/", f"{made.pk}/page/", f"{made.pk}/progress/"]
    for page in pages:
        assert canaries["email"] not in desk.text(f"/desk/news/{page}")
    assert not ledger.Entry.objects.filter(act=Act.FIELD_OPEN).exists()


def test_sent_twice_it_begins_once(desk: Visitor) -> None:
    made = composed(desk)
    for _ in range(2):
        assert desk.post(f"/desk/news/{made.pk}/send/")["Location"] == f"/desk/news/{made.pk}/"
    assert desk.get(f"/desk/news/{made.pk}/send/").status_code == 302
    assert ledger.Entry.objects.filter(act=Act.NEWS_SEND).count() == 1


@pytest.mark.parametrize("likes", ["", "engine"])
def test_the_count_is_how_many_get_it(desk: Visitor, likes: str) -> None:
    for n, (refuses, interest) in enumerate([("", ""), ("", "engine"), (TOPIC, "engine"), ("news.specials", "engine")]):
        reader(f"reader{n}@example.org", refuses=refuses, likes=interest)
    again = reader("again@example.org", refuses=TOPIC)
    verbs.record_choice(again, topic=TOPIC, allowed=True, by=Actor.person(again), source="account")
    made = composed(desk, product=likes)
    count = reach.how_many(made.topic, made.product)
    assert count == bulletins.send(made, by=Actor.operator()).queued == (2 if likes else 4)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text": "No heading"}, "must begin with a heading"),
        ({"text": f"# {'long ' * 50}\n\nand text"}, "200 characters at most"),
        ({"text": "# Seen\n\n![a dot](https://localhost:8443/dot.png)"}, "no pictures"),
        ({"text": ""}, "Write the letter."),
        ({"text": "# Pay\n\n4242 4242 4242 4242"}, "number of a card"),
        ({"topic": "news.nonsense"}, "Choose one of those listed."),
        ({"topic": ""}, "Choose one of those listed."),
        ({"product": "nonsense"}, "Choose one of those listed."),
    ],
)
def test_what_cannot_be_sent_is_said_beside_it_and_kept_to_be_mended(
    desk: Visitor, typed: dict[str, str], said: str
) -> None:
    answer = desk.post("/desk/news/write/", {"topic": TOPIC, "product": "", "text": TEXT} | typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "4242 4242" not in page
    if "text" not in typed:
        assert "It is *faster*" in page
    assert not Bulletin.objects.exists()


def test_another_is_written_from_one_that_stays(desk: Visitor) -> None:
    made = composed(desk)
    assert "# A new engine" in desk.text("/desk/news/write/", **{"from": str(made.pk)})
    assert desk.get("/desk/news/write/", {"from": "nonsense"}).status_code == 404
    assert desk.get("/desk/news/write/", {"from": str(UUID(int=1))}).status_code == 404
    assert desk.get(f"/desk/news/{UUID(int=1)}/").status_code == 404


def test_who_has_not_shown_lately_that_it_is_them_sends_nothing(desk: Visitor) -> None:
    made = composed(desk)
    DeskSession.objects.update(proven_at=timezone.now() - timedelta(hours=1))
    answer = desk.post(f"/desk/news/{made.pk}/send/")
    assert answer["Location"].startswith("/desk/confirm/")
    made.refresh_from_db()
    assert made.started_at is None


@pytest.mark.parametrize("job", ["billing", "shipping", "support", "privacy", "shop", "administration"])
def test_it_is_for_that_job_alone(desk: Visitor, job: str) -> None:
    made = composed(desk)
    other = Visitor()
    working.at_the_desk(working.member(job), other)
    for page in ("", "write/", f"{made.pk}/", f"{made.pk}/page/", f"{made.pk}/progress/", f"{made.pk}/send/"):
        assert other.get(f"/desk/news/{page}").status_code == 403
    assert other.post(f"/desk/news/{made.pk}/send/").status_code == 403
    assert other.post("/desk/news/write/", {"topic": TOPIC, "text": TEXT}).status_code == 403


def test_a_job_that_is_taken_away_sends_nothing_more(desk: Visitor, writer: Member) -> None:
    made = composed(desk)
    Member.objects.filter(pk=writer.pk).update(jobs=["shop"])
    assert desk.post(f"/desk/news/{made.pk}/send/").status_code == 403
    made.refresh_from_db()
    assert made.started_at is None
