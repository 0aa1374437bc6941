"""What the checks of the record say, and that each can fail."""

from collections.abc import Iterator

import pytest

from tests.contact.test_bulletins import OPERATOR, PRODUCTS, SPECIALS, composed, like, refuse, someone
from upheld.contact import bulletins, delivering, promises, suppressing, verbs
from upheld.policy import force
from upheld.rights.checks import rehearsed
from upheld.rights.erasure import erasing
from upheld.web import one_click
from upheld.web.views import stop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _a_rehearsal_of_ones_own() -> Iterator[None]:
    rehearsed.forget()
    yield
    rehearsed.forget()


def test_news_before_a_refusal_is_no_breach() -> None:
    ann, bob = someone("ann"), someone("bob")
    refuse(bob, SPECIALS)
    bulletins.send(composed(), by=OPERATOR)
    verbs.deliver_due()
    refuse(ann, SPECIALS)
    finding = promises.news_unless_told()
    assert (finding.upheld, finding.figure) == (True, "1 letters of news, 0 of them after a refusal")


def test_one_letter_after_a_refusal_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    ann = someone("ann")
    bulletins.send(composed(), by=OPERATOR)
    refuse(ann, SPECIALS)
    monkeypatch.setattr(delivering, "_is_wanted", lambda *_: True)
    verbs.deliver_due()
    finding = promises.news_unless_told()
    assert finding.upheld is False
    assert "left after it was refused" in finding.details[0]


def test_a_letter_that_was_not_asked_for_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    someone("ann")
    like(bob := someone("bob"), "engine")
    monkeypatch.setattr(delivering, "_is_wanted", lambda *_: True)
    made = composed(PRODUCTS, "engine")
    bulletins.send(made, by=OPERATOR)
    verbs.deliver_due()
    assert promises.expressed_interest().upheld is True
    like(bob, "engine", interested=False)
    monkeypatch.setattr(bulletins.Interest.objects, "interested", lambda subjects, product: set(subjects))
    bulletins.send(composed(PRODUCTS, "engine"), by=OPERATOR)
    verbs.deliver_due()
    finding = promises.expressed_interest()
    assert finding.upheld is False
    assert len(finding.details) == 2


def test_one_click_stops_the_next_letter() -> None:
    assert one_click.one_click().upheld is True
    assert one_click.outlives_erasure().upheld is True


def test_a_link_that_stops_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stop.verbs, "stop", lambda *_, **__: None)
    finding = one_click.one_click()
    assert finding.upheld is False
    assert finding.details == ("the next letter left though it was stopped",)


def test_a_link_that_stops_when_looked_at_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = stop.stopping.read

    def read(token: str) -> object:
        asked = real(token)
        if asked:
            verbs.stop(asked, by=stop.Actor.visitor())
        return asked

    monkeypatch.setattr(stop.stopping, "read", read)
    assert "looking at the link stopped the letters" in one_click.one_click().details


def test_a_refusal_that_is_forgotten_with_the_person_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing.contact, "suppress", lambda subject, elsewhere=(): 0)
    finding = one_click.outlives_erasure()
    assert finding.upheld is False
    assert len(finding.details) == len(force.in_force().topics)


def test_made_up_people_leave_no_bulletin() -> None:
    one_click.one_click()
    assert not bulletins.Bulletin.objects.exists()
    assert not suppressing.Suppression.objects.exists()
