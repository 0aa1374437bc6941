"""What somebody wants to see: product, period, days, platform, versions. All of it stands in the address."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms

from upheld.builds.models import PERIODS, PLATFORMS
from upheld.policy import force
from upheld.web.forms import Form

LISTED = {"invalid_choice": "Choose one of those listed.", "required": "Choose one of those listed."}
A_DAY = {"invalid": "Give a day such as 2026-11-01."}
TITLES = {"day": "Days", "week": "Weeks", "month": "Months"}
SPAN = {"day": 90, "week": 366, "month": 1096}  # days that are shown when none are chosen
MOST = timedelta(days=3 * 366)
VERSION = 64


@dataclass(frozen=True, slots=True)
class Chosen:
    """`since` and `until` are days, both included; empty text: all of them."""

    product: str
    period: str
    since: date
    until: date
    platform: str = ""
    version: str = ""
    other: str = ""  # the version to compare with, and to tell the adoption of
    feature: str = ""

    @property
    def query(self) -> str:
        """For an address that shows the same again."""
        given = {name: getattr(self, name) for name in self.__slots__}
        return urlencode({name: value for name, value in given.items() if value})


def _products() -> list[tuple[str, str]]:
    return [(each, each.capitalize()) for each in force.in_force().products]


def _features() -> list[tuple[str, str]]:
    return [("", "The five largest"), *features().items()]


def features() -> dict[str, str]:
    """What a build may count, in words, by its name: an event, or an event and its value with a dot."""
    found: dict[str, str] = {}
    for name, event in force.in_force().usage.events.items():
        title = event.title or name
        found |= {f"{name}.{value}": f"{title}: {value}" for value in event.values} if event.values else {name: title}
    return found


class ChosenForm(Form):
    product = forms.ChoiceField(choices=_products, required=False, error_messages=LISTED)
    period = forms.ChoiceField(choices=list(TITLES.items()), required=False, error_messages=LISTED)
    since = forms.DateField(
        label="From", required=False, widget=forms.DateInput({"type": "date"}), error_messages=A_DAY
    )
    until = forms.DateField(label="To", required=False, widget=forms.DateInput({"type": "date"}), error_messages=A_DAY)
    platform = forms.ChoiceField(
        choices=[("", "All platforms"), *((each, each) for each in PLATFORMS)], required=False, error_messages=LISTED
    )
    version = forms.CharField(max_length=VERSION, required=False)
    other = forms.CharField(label="Compare with version", max_length=VERSION, required=False)
    feature = forms.ChoiceField(choices=_features, required=False, error_messages=LISTED)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", "Give a last day that is not before the first.")
        elif since and until and until - since > MOST:
            self.add_error("since", "Give at most three years.")
        return given

    def chosen(self, today: date | None = None) -> Chosen:
        """What was typed, and for what is missing or wrong, what is usual."""
        given = getattr(self, "cleaned_data", {})
        period = given.get("period") or PERIODS[0]
        until = given.get("until") or today or datetime.now(UTC).date()
        since = given.get("since") or until - timedelta(days=SPAN[period])
        if self.errors or until - since > MOST or since > until:
            since = until - timedelta(days=SPAN[period])
        product = given.get("product") or force.in_force().products[0]
        rest = {name: given.get(name) or "" for name in ("platform", "version", "other", "feature")}
        return Chosen(product, period, since, until, **rest)
