"""Leaving is killed before each of its steps: afterwards somebody is here with a way in, or gone without one."""

from django.utils import timezone

from tests.crash import kill_at_each_step
from upheld import ledger
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.staff import inviting, leaving, sessions
from upheld.staff.models import DeskSession, Invitation, Member, StaffPasskey


def somebody_is_here() -> None:
    member = inviting.invite("rosa@staff.example.org", jobs=["billing"], by=Actor.operator()).member
    Member.objects.filter(pk=member.pk).update(enrolled_at=timezone.now())
    StaffPasskey.objects.create(member=member, digest=b"x" * 32, sealed=b"x", created_at=timezone.now())
    sessions.begin(Member.objects.get(), way="passkey")


def they_leave() -> None:
    leaving.leave(Member.objects.get(), by=Actor.operator())


def here_or_gone() -> None:
    ways = [rows.objects.count() for rows in (DeskSession, Invitation, StaffPasskey)]
    on_record = ledger.Entry.objects.filter(act=Act.MEMBER_LEAVE).count()
    if Member.objects.get().is_here:
        assert (ways, on_record) == ([1, 1, 1], 0)
    else:
        assert (ways, on_record) == ([0, 0, 0], 1)
    they_leave()
    assert not Member.objects.get().is_here
    assert ledger.Entry.objects.filter(act=Act.MEMBER_LEAVE).count() == 1


def test_leaving_survives_a_crash_anywhere() -> None:
    assert kill_at_each_step(they_leave, before=somebody_is_here, check=here_or_gone) > 5
