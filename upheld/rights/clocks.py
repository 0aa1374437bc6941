"""How long a request may take: by the law that the setting `privacy.law` names.

A period of the GDPR is a calendar month (article 12(3)), counted by Regulation 1182/71, article 3: the day of the
request does not count, and the period ends with the last hour of the same date a month later, or of that month's last
day. Holidays, which could only make it longer, are left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy

from upheld.policy.declarations import months_later
from upheld.rights.errors import NoSuchLaw

LAST = time(23, 59, 59, tzinfo=UTC)
WARNINGS = (0.5, 0.8)
"""The parts of the time after which the privacy officer is reminded."""


@dataclass(frozen=True, slots=True)
class Law:
    """The last day of a period that begins on a day, and who hears complaints about us, for people to read."""

    last_day: Callable[[date], date]
    authority: Lazy


def _days(count: int) -> Callable[[date], date]:
    return lambda day: day + timedelta(days=count)


LAWS: Mapping[str, Law] = {
    "gdpr": Law(
        lambda day: months_later(day, 1),
        gettext_lazy(
            "If you do not agree, you can complain to the data protection authority of the country where you live or "
            "work (edpb.europa.eu lists them), or go to court."
        ),
    ),
    "ccpa": Law(
        _days(45),
        gettext_lazy(
            "If you do not agree, you can complain to the California Privacy Protection Agency (cppa.ca.gov) or to the "
            "Attorney General (oag.ca.gov)."
        ),
    ),
    "lgpd": Law(
        _days(15),
        gettext_lazy("If you do not agree, you can complain to the authority of Brazil, the ANPD (gov.br/anpd)."),
    ),
    "appi": Law(
        _days(14),
        gettext_lazy(
            "If you do not agree, you can complain to the Personal Information Protection Commission of Japan "
            "(ppc.go.jp)."
        ),
    ),
}


def law() -> str:
    """The name of the law that clocks are set to. Raises NoSuchLaw for a setting that names another."""
    name: str = settings.HOME.text("privacy.law")
    if name not in LAWS:
        raise NoSuchLaw(name, ", ".join(LAWS))
    return name


def due(law: str, asked: datetime) -> datetime:
    """The last second in which a request of that moment is answered in time, in UTC."""
    return datetime.combine(LAWS[law].last_day(asked.astimezone(UTC).date()), LAST)


def warned(asked: datetime, due: datetime, now: datetime) -> int:
    """How many of the warnings should have gone out by now."""
    return sum(now >= asked + (due - asked) * part for part in WARNINGS)
