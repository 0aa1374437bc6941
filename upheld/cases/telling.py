"""The privacy officer is written to about new reports: once a day, and at once about what cannot wait."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from upheld.cases import noticing
from upheld.cases.letters import OddityReport
from upheld.cases.models import Oddity
from upheld.contact import verbs as contact
from upheld.rights.requests import officer
from upheld.staff.models import Member

AT_ONCE = frozenset({"emergency", "rate"})
EVERY = timedelta(days=1)


@transaction.atomic
def tell_due() -> int:
    """Write one letter about all that the privacy officer was not told of, when it is time. Returns how many reports it
    has. Raises NotAnAddress where nobody is reached."""
    new = list(Oddity.objects.select_for_update().filter(told_at=None, closed_at=None).order_by("at", "id"))
    if not new or not (AT_ONCE.intersection(each.kind for each in new) or _is_time()):
        return 0
    names = {each.pk: each.pseudonym for each in Member.objects.filter(pk__in={each.member for each in new})}
    said = tuple(f"{names.get(each.member, 'Somebody')}: {in_words(each)}" for each in new)
    contact.answer(OddityReport(said), email=officer.address(), by=noticing.BY)
    Oddity.objects.filter(pk__in=[each.pk for each in new]).update(told_at=timezone.now())
    return len(new)


def in_words(oddity: Oddity) -> str:
    said = noticing.KINDS.get(oddity.kind, oddity.kind)
    return f"{said} ({oddity.figure})" if oddity.figure else said


def _is_time() -> bool:
    return not Oddity.objects.filter(told_at__gt=timezone.now() - EVERY).exists()
