"""What a policy declares, said in words for a person. Every page, table and comparison takes its words from here."""

from upheld.policy.declarations import PERIOD, UNTIL_ERASED
from upheld.policy.document import Policy

_UNITS = {"d": "day", "m": "month", "y": "year"}
_CHOICES = {"opt_in": "only if you ask for it", "opt_out": "unless you refuse it", "": "not a matter of choice"}
_LEVELS = {
    "off": "counts nothing",
    "local": "counts for its user alone, and sends nothing",
    "counters": "sends what it counted, at most once a day",
}


def period(keep: str) -> str:
    """`7y` as "7 years"; `until_erased` as "until you delete it"."""
    taken = PERIOD.fullmatch(keep)
    if keep == UNTIL_ERASED or not taken:
        return "until you delete it"
    return f"{taken[1]} {_UNITS[taken[2]]}{'' if taken[1] == '1' else 's'}"


def undo(days: int) -> str:
    """When a deletion is carried out, if a person may take it back for so many days."""
    return f"after {period(f'{days}d')}, in which it can be taken back" if days else "at once"


def choice(kind: str) -> str:
    return _CHOICES[kind]


def datum(policy: Policy, name: str) -> str:
    found = policy.data.get(name)
    return found.title if found and found.title else _spaced(name)


def purpose(policy: Policy, name: str) -> str:
    found = policy.purposes.get(name)
    return found.title if found and found.title else _spaced(name)


def recipient(policy: Policy, name: str) -> str:
    found = policy.recipients.get(name)
    return found.title if found and found.title else _spaced(name)


def job(policy: Policy, name: str) -> str:
    found = policy.jobs.get(name)
    return found.title if found and found.title else _spaced(name)


def event(policy: Policy, name: str) -> str:
    found = policy.usage.events.get(name)
    return found.title if found and found.title else _spaced(name)


def value(name: str) -> str:
    """`under_30` as "under 30"."""
    return name.replace("_", " ")


def level(name: str) -> str:
    """What a build does at one of the levels, as the rest of a sentence that begins with it."""
    return _LEVELS[name]


def _spaced(name: str) -> str:
    """`news.specials` as "News: specials"."""
    return name.replace("_", " ").replace(".", ": ").capitalize()
