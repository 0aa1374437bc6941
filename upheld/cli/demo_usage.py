"""The demonstration's year of reports: some thousand invented users of three products, whose builds report by the real
beacon to the code that takes every report, day by day, with the clock of each part set to that day.

It runs beside `upheld serve`, and takes a few minutes of whatever the processor has left. What it needs to carry on is
in a file of the instance's folder: the numbers of builds that nobody holds, and the day that is next.
"""

import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upheld.cli import demo_people, demo_releases
from upheld.cli.demo_releases import YEAR, Version
from upheld.home import Home

if TYPE_CHECKING:
    from upheld.policy.declarations import Usage

BUILDS = 3000
BEACON = "upheld_beacon"
CLIENTS = Path(__file__).parents[2] / "clients" / "python"
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it, with a name that nobody can guess
NOON = 12 * 3600
DONE = "done"
DAYS_OF_PEOPLE = 12  # for which a build of the demonstration's own people has reported


@dataclass
class Progress:
    """The last day of the year, the day that is next, counted from none, and the builds' numbers, by user."""

    file: Path
    last: date
    day: int
    numbers: list[str]

    def date_of(self, day: int) -> date:
        return self.last - timedelta(days=YEAR - day)

    def save(self) -> None:
        """Whole or not at all. When the year is over the numbers are forgotten."""
        over = self.day > YEAR
        told = {
            "last": self.last.isoformat(),
            "day": DONE if over else self.day,
            "numbers": [] if over else self.numbers,
        }
        fresh = self.file.with_suffix(f".{secrets.token_hex(4)}")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            json.dump(told, out)
        fresh.replace(self.file)


def file(home: Home) -> Path:
    return home.folder / "demo-usage.json"


def is_under_way(home: Home) -> bool:
    """Whether there is a year to tell that is not told to its end. Until it is, no figures may be made of it."""
    return _read(home) is not None


def publish_due() -> int:
    """Publish figures that are due, as the worker does; not while the year is told, which publishes its own."""
    from upheld.builds import publishing

    return 0 if is_under_way(Home.here()) else publishing.publish_due()


def prepare(home: Home, builds: int = BUILDS) -> str:
    """Releases, and users who will report once the site is served; what there is to say of them. Safe to repeat."""
    from upheld.builds import numbers
    from upheld.policy import force

    policy = force.in_force()
    if not policy.usage.events or not demo_releases.versions(policy.products):
        return "The policy lets builds of these products count nothing, so none is published."
    known = _read(home)
    last = known.last if known else datetime.now(UTC).date() - timedelta(days=1)
    if not file(home).exists():
        demo_releases.publish_all(last)
        users = demo_people.users(builds, demo_releases.versions(policy.products), YEAR + 1)
        Progress(file(home), last, 0, [numbers.new(user.product) for user in users]).save()
    if not _has_beacon():
        return f"Builds cannot report: install the beacon with: pip install {CLIENTS}"
    if not is_under_way(home):
        return f"Builds reported for a year; the figures are on {home.site}/desk/usage/"
    return f"{builds} builds report while the site is served, a year in a few minutes: {home.site}/desk/usage/"


def give(emails: Sequence[str]) -> None:
    """Each of these people gets the newest build of one product, once, and their build has reported for a while."""
    from upheld import vault
    from upheld.builds import issuing, numbers, releases
    from upheld.builds.models import Issued
    from upheld.contact.models import Address
    from upheld.policy import force
    from upheld.policy.actors import Actor

    products = force.in_force().products
    for place, email in enumerate(emails):
        known = vault.find(Address, "email", email)
        release = releases.standing(products[place % len(products)]).first()
        if known is None or release is None or Issued.objects.filter(subject=known.subject).exists():
            continue
        given = issuing.issue(release, to=known.subject, by=Actor.person(known.subject))
        user = demo_people.User(-1 - place, release.product, release.platform, 0, 0, 1.0, 1e9, 1.0)
        version = Version(release.product, release.version, 0, (release.platform,))
        _report_a_while(user, numbers.shown(numbers.read(given.number)), version)


def _report_a_while(user: demo_people.User, number: str, version: Version) -> None:
    from upheld.policy import force

    today = datetime.now(UTC).date()
    with tempfile.TemporaryDirectory() as folder:
        for back in range(DAYS_OF_PEOPLE, 0, -1):
            day = today - timedelta(days=back)
            _report(
                user,
                number,
                version,
                usage=force.in_force().usage,
                day=back,
                today=day,
                state=Path(folder) / "state.json",
            )


def tell(home: Home, say: Callable[[str], object]) -> int:
    """Report what is left of the year. Returns how many reports were taken."""
    from upheld.builds import counting, publishing
    from upheld.policy import force

    progress = _read(home)
    if progress is None:
        return 0
    policy, started = force.in_force(), time.monotonic()
    versions = demo_releases.versions(policy.products)
    users = demo_people.users(len(progress.numbers), versions, YEAR + 1)
    taken, first = 0, progress.day
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        while progress.day <= YEAR:
            today = progress.date_of(progress.day)
            report = partial(
                _report, usage=policy.usage, day=progress.day, today=today, state=Path(folder) / "state.json"
            )
            taken += _each(users, progress, versions, report, weekend=demo_people.is_weekend(today))
            while counting.count_due():
                pass
            publishing.publish_due(today=today)
            progress.day += 1
            progress.save()
            if (progress.day - first) % 73 == 0:
                say(f"{progress.day} of {YEAR + 1} days of the demonstration's builds are reported.")
    say(f"The demonstration's builds have reported: {taken} reports in {time.monotonic() - started:.0f} seconds.")
    return taken


Report = Callable[[demo_people.User, str, Version], bool]


def _each(
    users: Sequence[demo_people.User],
    progress: Progress,
    versions: Mapping[str, list[Version]],
    report: Report,
    *,
    weekend: bool,
) -> int:
    """Everybody who is there on this day."""
    there = [user for user in users if user.is_there(progress.day, weekend=weekend)]
    return sum(
        report(user, progress.numbers[user.index], user.version(versions[user.product], progress.day)) for user in there
    )


def _report(
    user: demo_people.User, number: str, version: Version, *, usage: "Usage", day: int, today: date, state: Path
) -> bool:
    """One user's day, counted and sent by the beacon, which knows of no other day: a day told twice says the same."""
    state.unlink(missing_ok=True)
    noon = datetime(today.year, today.month, today.day, tzinfo=UTC).timestamp() + NOON
    beacon = _beacon().Beacon(
        number=number, product=user.product, version=version.name, platform=user.platform,
        site="https://localhost", events={name: event.values for name, event in usage.events.items()},
        level="counters", state=state, notice=_nothing, transport=partial(_post, today=today), clock=lambda: noon,
        background=False,
    )  # fmt: skip
    for event, value, times in user.counts(usage, day, version):
        beacon.count(event, value, times)
    return bool(beacon.send())


def _post(address: str, body: bytes, *, today: date) -> Any:
    """What the endpoint does with a report, on the day that it is about."""
    from upheld.builds import taking
    from upheld.builds.errors import Overloaded, ReportRefused, TooManyReports, UnknownNumber

    answer = import_module(f"{BEACON}.sending").Answer
    try:
        taking.take(body, today=today)
    except ReportRefused as refused:
        return answer(400, json.dumps({"error": {"field": refused.field, "reason": refused.reason}}).encode())
    except UnknownNumber:
        return answer(403)
    except (TooManyReports, Overloaded) as busy:
        return answer(429, retry_after=busy.retry_after)
    return answer(202)


def _beacon() -> Any:
    """The beacon as products have it: installed, or beside the program in its repository."""
    if str(CLIENTS) not in sys.path and find_spec(BEACON) is None:
        sys.path.append(str(CLIENTS))
    return import_module(BEACON)


def _has_beacon() -> bool:
    return find_spec(BEACON) is not None or (CLIENTS / BEACON).is_dir()


def _read(home: Home) -> Progress | None:
    """None when there is no year to tell, or when it is told."""
    try:
        found = json.loads(file(home).read_text("utf-8"))
    except FileNotFoundError:
        return None
    if found["day"] == DONE:
        return None
    return Progress(file(home), date.fromisoformat(found["last"]), found["day"], found["numbers"])


def _nothing(sentence: str) -> None:
    """The line of a first run is for a user, and here is none."""
