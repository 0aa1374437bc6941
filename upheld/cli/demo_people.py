"""The demonstration's users of the products, none of whom there is: when each came, how often they are there, and what
they do. Each is made from a number alone, so that a run that was stopped is carried on with the same ones."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from upheld.cli.demo_releases import Version
from upheld.policy.declarations import Usage

SHARES = {"engine": 0.74, "browser": 0.2, "exoport": 0.06}
PLATFORM_SHARES = {
    "windows-x64": 0.46, "macos-x64": 0.2, "linux-x64": 0.16, "linux-arm64": 0.06, "oculus-mobile": 0.26,
    "magicleap": 0.08, "any": 1.0,
}  # fmt: skip
GROWTH = 0.75  # below one: more come later in the year than early in it
CURIOUS = 0.3  # of all, those who look and do not stay


@dataclass(frozen=True)
class User:
    """Somebody with one build. Days are of the year, counted from none."""

    index: int
    product: str
    platform: str
    came: int
    patience: int  # days between a release and its use
    keenness: float  # how likely a day of use is, at first
    stay: float  # days after which that is down to a third
    habits: float  # what the chances of using each feature are multiplied by

    def is_there(self, day: int, *, weekend: bool) -> bool:
        """On the day they came, and then ever less often."""
        age = day - self.came
        if age <= 0:
            return age == 0
        chance = self.keenness * math.exp(-age / self.stay) * (0.6 if weekend else 1.0)
        return _dice(f"there {self.index} {day}").random() < chance

    def version(self, versions: Sequence[Version], day: int) -> Version:
        """The newest when they came; later, what came out before their patience ended."""
        held = [each for each in versions if each.day <= max(self.came, day - self.patience)]
        return held[-1]

    def counts(self, usage: Usage, day: int, version: Version) -> Iterator[tuple[str, str, int]]:
        """Event, value and how often, for what they do on a day, of what the policy declares."""
        random = _dice(f"counts {self.index} {day}")
        for event, declared in usage.events.items():
            chance, most = _likely(event, self.product, version)
            if event != "start" and random.random() >= min(0.97, chance * self.habits):
                continue
            values = _values(event, declared.values, self, random)
            for value in values:
                yield event, value, random.randint(1, most)


def users(count: int, versions: Mapping[str, list[Version]], days: int) -> list[User]:
    """So many, of the products that there are."""
    return [_user(index, versions, days) for index in range(count)] if versions else []


def _user(index: int, versions: Mapping[str, list[Version]], days: int) -> User:
    random = _dice(f"user {index}")
    product = _one(random, {name: SHARES[name] for name in versions})
    platforms = versions[product][0].platforms
    curious = random.random() < CURIOUS
    return User(
        index=index,
        product=product,
        platform=_one(random, {name: PLATFORM_SHARES[name] for name in platforms}),
        came=int(days * random.random() ** GROWTH),
        patience=min(120, int(random.expovariate(1 / 11))),
        keenness=0.2 if curious else random.choice((0.1, 0.16, 0.25, 0.4)),
        stay=4.0 if curious else random.lognormvariate(4.7, 0.7),
        habits=random.uniform(0.5, 1.3),
    )


def _dice(name: str) -> Random:
    """Chance that falls in the same way each time it is named."""
    return Random(name)  # noqa: S311 - it invents users, and hides nothing


def _one(random: Random, shares: Mapping[str, float]) -> str:
    return random.choices(list(shares), list(shares.values()))[0]


_CHANCES = {
    "open": (0.88, 6), "display": (0.8, 3), "enter_xr": (0.5, 4), "hands": (0.24, 3), "share": (0.12, 2),
    "graphics": (0.8, 2), "frame_rate": (0.75, 3), "package": (0.05, 2), "crash": (0.035, 2),
}  # fmt: skip
"""How likely each is on a day of use, and how often it happens then, at most."""


def _likely(event: str, product: str, version: Version) -> tuple[float, int]:
    chance, most = _CHANCES.get(event, (0.3, 3))
    if event == "package" and product == "exoport":
        return 0.8, 4
    if event == "crash" and version.name.endswith(".0"):
        return 0.09, 3  # the first of a new line
    if event == "hands" and version.day > 180:
        return 0.42, 4  # which got better at it
    return chance, most


def _values(event: str, declared: tuple[str, ...], user: User, random: Random) -> tuple[str, ...]:
    """One of the declared values, the first ones more often; what a headset shows is shown on the headset."""
    if not declared:
        return ("",)
    own = {"magicleap": "magicleap", "oculus-mobile": "oculus"}.get(user.platform, "")
    if event == "display" and own in declared:
        return (own,)
    weights = [1 / (1 + place) for place in range(len(declared))]
    return (random.choices(declared, weights)[0],)


def is_weekend(day: date) -> bool:
    return day.weekday() >= 5
