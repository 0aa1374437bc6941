"""The checks of how staff get in."""

from django.conf import settings
from django.utils import timezone

from upheld.policy import Promise
from upheld.policy.checks import Finding, check
from upheld.staff.models import DeskSession, Member, StaffPasskey, StaffTotp, Terminal
from upheld.staff.periods import SESSION_LASTS, TERMINAL_LASTS

MOST = 20


@check(
    Promise.PRECAUTIONS,
    how="Every member of staff who has enrolled must have a passkey or, where the setting staff.totp permits it, a "
    "password with a code by time; no session or terminal may last longer than a working day; and of who left there "
    "must be no passkey, session or terminal.",
)
def staff_get_in() -> Finding:
    wrong = [*_weak(), *_long(), *_left()]
    count = Member.objects.here().count()
    return Finding(not wrong, f"{count} members of staff, each with a passkey or a second factor", tuple(wrong[:MOST]))


def _weak() -> list[str]:
    ways = set(StaffPasskey.objects.values_list("member", flat=True))
    if settings.HOME.number("staff.totp"):
        ways |= set(StaffTotp.objects.exclude(confirmed_at=None).values_list("member", flat=True))
    return [f"{each} has no passkey" for each in Member.objects.here() if each.pk not in ways]


def _long() -> list[str]:
    rows = [(row.created_at, row.expires_at, SESSION_LASTS, row) for row in DeskSession.objects.live()]
    allowed = Terminal.objects.filter(expires_at__gt=timezone.now()).exclude(allowed_at=None)
    rows += [(row.allowed_at, row.expires_at, TERMINAL_LASTS, row) for row in allowed]
    return [f"{row} lasts too long" for since, until, most, row in rows if until - since > most]


def _left() -> list[str]:
    return [
        f"{row} belongs to somebody who left"
        for model in (StaffPasskey, DeskSession, Terminal)
        for row in model.objects.filter(member__left_at__isnull=False)
    ]
