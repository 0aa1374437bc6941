"""How many builds one account is given: enough to use a product, and too few to count as many users of it.

Figures are numbers of builds. Whoever could have builds without end could make a figure, or see a small group in one.
"""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from upheld.accounts.models import Account
from upheld.builds import artefacts
from upheld.builds.errors import FileMissing, TooManyBuilds
from upheld.builds.models import Issued, Release
from upheld.vault import first_id

PERIOD = timedelta(days=30)
MOST_OWN, MOST_HANDED_ON = 5, 100  # builds of one account in a period


def check(release: Release, *, to: UUID, handed_on: bool) -> None:
    """Within the transaction that gives a build: of one account, one at a time is asked about.

    Raises FileMissing for a release of which there would be no file, TooManyBuilds.
    """
    if not has_file(release):
        raise FileMissing
    list(Account.objects.select_for_update().filter(subject=to, pk=to))
    most = MOST_HANDED_ON if handed_on else MOST_OWN
    given = Issued.objects.filter(subject=to, handed_on=handed_on, id__gte=first_id(timezone.now() - PERIOD))
    if given.count() >= most:
        raise TooManyBuilds(most, PERIOD.days, handed_on=handed_on)


def has_file(release: Release) -> bool:
    """Whether its file is here, or at an address."""
    return bool(release.address) or artefacts.path(release.sha256).exists()


def had(release: Release, subject: UUID) -> Issued | None:
    """The newest build of a release that somebody has for themselves."""
    rows = Issued.objects.for_subject(subject).filter(release=release.pk, handed_on=False)
    found: Issued | None = rows.order_by("-id").first()
    return found
