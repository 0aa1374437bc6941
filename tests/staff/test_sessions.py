from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.staff.conftest import Hire
from upheld import ledger
from upheld.policy.acts import Act
from upheld.policy.errors import Refused
from upheld.staff import acting, sessions, sweeping
from upheld.staff.models import DeskSession, Invitation, Terminal
from upheld.staff.periods import IDLE_LASTS, PROOF_LASTS

pytestmark = pytest.mark.django_db


def test_a_cookie_is_found_again_and_another_is_not(hire: Hire) -> None:
    member = hire("billing").member
    begun = sessions.begin(member, way="passkey")
    found = sessions.found(begun.cookie)
    assert found is not None
    assert found.member == member
    for other in ("", "x", begun.cookie[:-2] + "00", begun.cookie[:-2], uuid4().hex + begun.cookie[32:], "é"):
        assert other == begun.cookie or sessions.found(other) is None


def test_it_ends_after_half_an_hour_of_nothing(hire: Hire) -> None:
    begun = sessions.begin(hire("billing").member, way="passkey")
    DeskSession.objects.update(seen_at=timezone.now() - IDLE_LASTS - timedelta(seconds=1))
    assert sessions.found(begun.cookie) is None


def test_being_asked_for_is_a_sign_of_life(hire: Hire) -> None:
    begun = sessions.begin(hire("billing").member, way="passkey")
    DeskSession.objects.update(seen_at=timezone.now() - IDLE_LASTS / 2)
    assert sessions.found(begun.cookie)
    assert DeskSession.objects.get().seen_at > timezone.now() - IDLE_LASTS / 4


def test_it_ends_after_a_days_work(hire: Hire) -> None:
    begun = sessions.begin(hire("billing").member, way="passkey")
    DeskSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert sessions.found(begun.cookie) is None
    assert not sessions.of(hire("billing", address="otto@staff.example.org").member)


def test_that_it_is_them_holds_for_a_quarter_of_an_hour(hire: Hire) -> None:
    session = sessions.begin(hire("billing").member, way="passkey").session
    assert sessions.is_proven(session)
    session.proven_at = timezone.now() - PROOF_LASTS - timedelta(seconds=1)
    assert not sessions.is_proven(session)


def test_a_challenge_serves_once_and_for_minutes(hire: Hire) -> None:
    session = sessions.of_visitor().session
    sessions.open_ceremony(session, "abc")
    assert (sessions.close_ceremony(session), sessions.close_ceremony(session)) == ("abc", "")
    sessions.open_ceremony(session, "abc")
    session.data["ceremony"][1] -= 301
    session.save()
    assert sessions.close_ceremony(session) == ""


def test_a_challenge_serves_once_of_two_who_read_it() -> None:
    session = sessions.of_visitor().session
    sessions.open_ceremony(session, "abc")
    both = [DeskSession.objects.get(pk=session.pk) for _ in range(2)]
    assert [sessions.close_ceremony(each) for each in both] == ["abc", ""]


def test_what_ended_meanwhile_remembers_nothing() -> None:
    session = sessions.of_visitor().session
    DeskSession.objects.all().delete()
    sessions.say(session, "It is done.")
    assert sessions.close_ceremony(session) == ""
    assert not DeskSession.objects.exists()


def test_a_new_one_takes_the_place_of_the_one_before(hire: Hire) -> None:
    member = hire("billing").member
    first = sessions.begin(member, way="passkey")
    second = sessions.begin(member, way="passkey", instead_of=first.session)
    assert sessions.found(first.cookie) is None
    assert sessions.of(member) == [second.session]


def test_a_member_ends_their_own_and_nobody_elses(hire: Hire) -> None:
    one, other = hire("billing").member, hire("shop", address="otto@staff.example.org").member
    session = sessions.begin(one, way="passkey").session
    with pytest.raises(Refused):
        sessions.end(session, by=acting.as_staff(other))
    with pytest.raises(Refused):
        sessions.end_all(one, by=acting.as_staff(other))
    assert sessions.end(session, by=acting.as_staff(one))
    assert not sessions.end(session, by=acting.as_staff(one))
    assert ledger.Entry.objects.filter(act=Act.STAFF_SESSION_END).count() == 1


def test_whoever_administers_the_desk_ends_all_of_somebodys(hire: Hire) -> None:
    one, administrator = hire("billing").member, hire("administration", address="ada@staff.example.org").member
    for _ in range(2):
        sessions.begin(one, way="passkey")
    assert sessions.end_all(one, by=acting.as_staff(administrator, "staff")) == 2
    assert not sessions.of(one)


def test_every_other_one_ends(hire: Hire) -> None:
    member = hire("billing").member
    kept = sessions.begin(member, way="passkey").session
    sessions.begin(member, way="passkey")
    assert sessions.end_all(member, by=acting.as_staff(member), but=kept) == 1
    assert sessions.of(member) == [kept]


def test_what_is_over_is_swept_and_what_is_not_stays(hire: Hire) -> None:
    member, now = hire("billing").member, timezone.now()
    kept, over = (sessions.begin(member, way="passkey").session for _ in range(2))
    DeskSession.objects.filter(pk=over.pk).update(expires_at=now - timedelta(seconds=1))
    sessions.of_visitor()
    Invitation.objects.update(expires_at=now - timedelta(seconds=1))
    for ends in (now - timedelta(seconds=1), now + timedelta(hours=1)):
        Terminal.objects.create(login=uuid4(), digest=b"x" * 32, asked_at=now, expires_at=ends)
    assert sweeping.sweep() == 3
    assert DeskSession.objects.filter(member=member).get() == kept
    assert (Invitation.objects.count(), Terminal.objects.count()) == (0, 1)
    assert sweeping.sweep() == 0
