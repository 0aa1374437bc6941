"""What is over goes: for the worker, every few minutes; safe to interrupt and repeat."""

from django.db.models import Q
from django.utils import timezone

from upheld.staff import sessions
from upheld.staff.models import Invitation, Terminal
from upheld.staff.periods import TERMINAL_IDLE_LASTS


def sweep() -> int:
    """Sessions, invitations and terminals. Returns how many rows went, visitors' sessions apart."""
    now = timezone.now()
    is_over = Q(expires_at__lte=now)
    invitations, _ = Invitation.objects.filter(is_over).delete()
    terminals, _ = Terminal.objects.filter(is_over | Q(seen_at__lte=now - TERMINAL_IDLE_LASTS)).delete()
    return sessions.expire() + invitations + terminals
