from datetime import timedelta

import pytest
from django.utils import timezone

from tests.staff.conftest import OPERATOR, Hire, invited, joins, letters_to, new_device, secret_in
from upheld import ledger
from upheld.contact.errors import NotAnAddress
from upheld.policy.acts import Act
from upheld.policy.errors import Refused
from upheld.staff import acting, inviting
from upheld.staff.errors import InvitationOver, IsHere, NoSuchJob
from upheld.staff.models import Invitation, Member

pytestmark = pytest.mark.django_db
ADDRESS = "rosa@staff.example.org"


def test_somebody_is_written_to_and_joins_by_the_link() -> None:
    invited(ADDRESS, "billing", "support")
    [letter] = letters_to(ADDRESS)
    member = joins(secret_in(letter), new_device())
    assert isinstance(member, Member)
    assert member.jobs == ["billing", "support"]
    assert member.is_here


def test_the_letter_names_nobody_and_repeats_no_address() -> None:
    invited(ADDRESS, "billing", name="Rosa Canary")
    [letter] = letters_to(ADDRESS)
    assert "canary" not in letter.lower()
    assert ADDRESS not in letter


def test_nothing_of_them_rests_in_clear() -> None:
    member = invited(ADDRESS, "billing", name="Rosa Canary").member
    member.refresh_from_db()
    kept = b"".join(bytes(each) for each in (member.named, member.address_digest))
    assert b"Canary" not in kept
    assert ADDRESS.encode() not in kept
    said = "".join(str(body) for body in ledger.Entry.objects.values_list("body", flat=True))
    assert "Canary" not in said
    assert ADDRESS not in said


def test_it_is_on_record_with_the_jobs() -> None:
    member = invited(ADDRESS, "support", "billing").member
    entry = ledger.Entry.objects.filter(act=Act.MEMBER_INVITE).get()
    assert str(member.pk) in str(entry.body)
    assert "billing" in str(entry.body)


def test_the_link_serves_once() -> None:
    secret = secret_in(invited(ADDRESS, "billing").link)
    assert joins(secret, new_device())
    with pytest.raises(InvitationOver):
        joins(secret, new_device())


def test_a_new_link_ends_the_one_before() -> None:
    first, second = invited(ADDRESS, "billing"), invited(ADDRESS.upper(), "support")
    assert first.member == second.member
    with pytest.raises(InvitationOver):
        joins(secret_in(first.link), new_device())
    member = joins(secret_in(second.link), new_device())
    assert isinstance(member, Member)
    assert member.jobs == ["support"]


@pytest.mark.parametrize("secret", ["", "x", "é" * 40, "%00", "0" * 500])
def test_a_link_that_nobody_sent_is_over(secret: str) -> None:
    with pytest.raises(InvitationOver, match="Ask for another one"):
        inviting.invitation(secret)


def test_the_link_is_over_after_three_days() -> None:
    secret = secret_in(invited(ADDRESS, "billing").link)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(InvitationOver):
        joins(secret, new_device())


def test_who_is_here_is_not_invited_again(hire: Hire) -> None:
    hired = hire("billing", address=ADDRESS)
    with pytest.raises(IsHere, match=hired.member.pseudonym):
        invited(ADDRESS, "billing")


@pytest.mark.parametrize("job", ["elephants", "", "emergency"])
def test_a_job_that_nobody_can_hold_is_refused(job: str) -> None:
    with pytest.raises(NoSuchJob, match="its jobs are billing, shipping"):
        invited(ADDRESS, job)
    assert not Member.objects.exists()


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(NotAnAddress):
        invited("rosa", "billing")


def test_whoever_administers_the_desk_may_invite_and_nobody_else_of_staff(hire: Hire) -> None:
    clerk, administrator = hire("billing"), hire("administration", address="ada@staff.example.org")
    with pytest.raises(Refused):
        inviting.invite("new@staff.example.org", jobs=["shop"], by=acting.as_staff(clerk.member, "staff"))
    by = acting.as_staff(administrator.member, "staff")
    assert inviting.invite("new@staff.example.org", jobs=["shop"], by=by).member.jobs == ["shop"]


def test_each_has_a_pseudonym_of_their_own() -> None:
    made = {invited(f"n{number}@staff.example.org").member.pseudonym for number in range(5)}
    assert len(made) == 5
    assert all(len(each) == 7 and each.startswith("S-") for each in made)


def test_the_operator_is_no_member() -> None:
    assert OPERATOR.job == ""
