"""Other jobs, leaving, and who somebody is: each for those to whom it is, and at once."""

from uuid import uuid4

import pytest
from django.utils import timezone

from tests.staff.conftest import OPERATOR, Hire, invited, joins, new_device, secret_in
from upheld import ledger
from upheld.accounts.answers import WrongPasskey
from upheld.policy.acts import Act
from upheld.policy.errors import Refused
from upheld.staff import acting, changing, leaving, resolving, sessions
from upheld.staff.errors import InvitationOver, LastAdministrator, NoSuchJob, NoSuchMember, OwnJobs
from upheld.staff.models import DeskSession, Invitation, Member, StaffPasskey, Terminal

pytestmark = pytest.mark.django_db
ADA = "ada@staff.example.org"


def test_other_jobs_hold_at_once_in_a_browser_that_is_signed_in(hire: Hire) -> None:
    member = hire("billing").member
    cookie = sessions.begin(member, way="passkey").cookie
    changing.change_jobs(member, jobs=["support"], by=OPERATOR)
    found = sessions.found(cookie)
    assert found is not None
    assert found.member is not None
    assert (acting.works_on(found.member, "refund"), acting.works_on(found.member, "conversation")) == ("", "support")


def test_it_is_on_record(hire: Hire) -> None:
    member = changing.change_jobs(hire("billing").member, jobs=["support", "billing"], by=OPERATOR)
    assert member.jobs == ["billing", "support"]
    assert "support" in str(ledger.Entry.objects.get(act=Act.MEMBER_CHANGE).body)


def test_only_jobs_that_the_policy_has(hire: Hire) -> None:
    member = hire("billing").member
    with pytest.raises(NoSuchJob, match="no job 'elephants'"):
        changing.change_jobs(member, jobs=["elephants"], by=OPERATOR)
    assert Member.objects.get().jobs == ["billing"]


def test_whoever_administers_the_desk_changes_others_jobs_and_not_their_own(hire: Hire) -> None:
    clerk, administrator = hire("billing").member, hire("administration", address=ADA).member
    with pytest.raises(Refused):
        changing.change_jobs(administrator, jobs=[], by=acting.as_staff(clerk, "staff"))
    by = acting.as_staff(administrator, "staff")
    assert changing.change_jobs(clerk, jobs=["shop"], by=by).jobs == ["shop"]
    with pytest.raises(OwnJobs):
        changing.change_jobs(administrator, jobs=["administration", "billing"], by=by)


def test_somebody_always_administers_the_desk(hire: Hire) -> None:
    ada = hire("administration", address=ADA).member
    with pytest.raises(LastAdministrator, match=f"{ada.pseudonym} is the only one"):
        changing.change_jobs(ada, jobs=["billing"], by=OPERATOR)
    with pytest.raises(LastAdministrator):
        leaving.leave(ada, by=OPERATOR)
    invited("otto@staff.example.org", "administration")  # who has not joined does not count
    with pytest.raises(LastAdministrator):
        leaving.leave(ada, by=OPERATOR)
    hire("administration", address="eve@staff.example.org")
    assert leaving.leave(ada, by=OPERATOR).left_at


def test_whoever_leaves_is_cut_off_at_once(hire: Hire) -> None:
    hired, now = hire("billing"), timezone.now()
    cookie = sessions.begin(hired.member, way="passkey").cookie
    Terminal.objects.create(login=uuid4(), member=hired.member, digest=b"x" * 32, asked_at=now, expires_at=now)
    leaving.leave(hired.member, by=OPERATOR)
    assert sessions.found(cookie) is None
    assert isinstance(hired.signs_in(), WrongPasskey)
    assert not any(rows.objects.exists() for rows in (DeskSession, StaffPasskey, Invitation, Terminal))
    assert ledger.Entry.objects.filter(act=Act.MEMBER_LEAVE).count() == 1
    leaving.leave(hired.member, by=OPERATOR)
    assert ledger.Entry.objects.filter(act=Act.MEMBER_LEAVE).count() == 1


def test_a_clerk_has_nobody_leave(hire: Hire) -> None:
    clerk, other = hire("billing").member, hire("shop", address="otto@staff.example.org").member
    with pytest.raises(Refused):
        leaving.leave(other, by=acting.as_staff(clerk, "staff"))
    assert Member.objects.get(pk=other.pk).is_here


def test_an_invitation_can_be_taken_back() -> None:
    made = invited("rosa@staff.example.org", "billing")
    leaving.leave(made.member, by=OPERATOR)
    with pytest.raises(InvitationOver):
        joins(secret_in(made.link), new_device())


def test_whoever_left_gets_no_jobs(hire: Hire) -> None:
    member = leaving.leave(hire("billing").member, by=OPERATOR)
    with pytest.raises(NoSuchMember):
        changing.change_jobs(member, jobs=["billing"], by=OPERATOR)


def test_whoever_left_can_come_back_as_somebody_new(hire: Hire) -> None:
    before = leaving.leave(hire("billing").member, by=OPERATOR)
    again = hire("billing").member
    assert again.pk != before.pk
    assert again.pseudonym != before.pseudonym


def test_the_privacy_officer_can_tell_who_it_was_and_nobody_else(hire: Hire) -> None:
    clerk, officer = hire("billing").member, hire("privacy", address="olga@staff.example.org").member
    administrator = hire("administration", address=ADA).member
    leaving.leave(clerk, by=OPERATOR)
    for other in (administrator, Member.objects.get(pk=clerk.pk)):
        with pytest.raises(Refused):
            resolving.resolve(clerk.pseudonym, by=other)
    typed = f" {clerk.pseudonym.lower().replace('-', '')}"
    assert resolving.resolve(typed, by=officer) == "Rosa Canary"
    entry = ledger.Entry.objects.get(act=Act.MEMBER_NAME)
    assert str(clerk.pk) in str(entry.body)
    assert "Canary" not in str(entry.body)


def test_a_pseudonym_of_nobody_is_nobodys(hire: Hire) -> None:
    officer = hire("privacy").member
    for typed in ("", "S", "S-00000", "rosa", "%"):
        with pytest.raises(NoSuchMember):
            resolving.resolve(typed, by=officer)
