"""The check of how staff get in, and each way in which it is broken."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.working import member
from upheld.staff import promises, sessions
from upheld.staff.models import DeskSession, Member, StaffPasskey

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> Member:
    made = member("support")
    StaffPasskey.objects.create(member=made, digest=made.pk.bytes * 2, sealed=b"", created_at=timezone.now())
    sessions.begin(made, way="passkey")
    return made


def test_it_holds(clerk: Member) -> None:
    finding = promises.staff_get_in()
    assert finding.upheld
    assert finding.figure.startswith("1 members")


def test_somebody_with_no_passkey_breaks_it(clerk: Member) -> None:
    other = member("billing")
    assert promises.staff_get_in().details == (f"{other.pseudonym} has no passkey",)


def test_a_session_that_never_ends_breaks_it(clerk: Member) -> None:
    DeskSession.objects.update(expires_at=timezone.now() + timedelta(days=30))
    assert promises.staff_get_in().details == (f"session of {clerk.pk} lasts too long",)


def test_what_somebody_left_behind_breaks_it(clerk: Member) -> None:
    Member.objects.update(left_at=timezone.now())
    assert set(promises.staff_get_in().details) == {
        f"passkey of {clerk.pk} belongs to somebody who left",
        f"session of {clerk.pk} belongs to somebody who left",
    }
