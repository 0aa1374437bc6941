"""What a policy declares, as tables for a terminal."""

from collections.abc import Iterable
from dataclasses import dataclass

from upheld.policy import words
from upheld.policy.document import Policy


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def show(policy: Policy) -> tuple[Table, ...]:
    """A table for the policy itself, then one for each section of its front matter that declares something."""
    tables = (
        _policy(policy),
        _data(policy),
        _purposes(policy),
        _recipients(policy),
        _jobs(policy),
        _retention(policy),
        _usage(policy),
    )
    return tuple(table for table in tables if table.rows)


def _policy(policy: Policy) -> Table:
    rows = (
        ("id", policy.id),
        ("effective", policy.effective.isoformat()),
        ("controller", f"{policy.controller.name}, {policy.controller.contact}"),
        ("products", _list(policy.products)),
        ("a deletion", words.undo(policy.undo)),
        ("promises", str(len(policy.promises))),
        ("sentences", str(len(policy.sentences))),
        ("SHA-256", policy.digest),
    )
    return Table(policy.title, ("", ""), rows)


def _data(policy: Policy) -> Table:
    rows = tuple(
        (name, each.category, _list(each.sources), "sensitive" if each.sensitive else "")
        for name, each in policy.data.items()
    )
    return Table("Data", ("datum", "category", "sources", ""), rows)


def _purposes(policy: Policy) -> Table:
    rows = tuple(
        (name, _list(each.uses), words.choice(each.choice), each.why) for name, each in policy.purposes.items()
    )
    return Table("Purposes", ("purpose", "uses", "choice", "why"), rows)


def _recipients(policy: Policy) -> Table:
    rows = tuple((name, _list(each.receives), each.purpose) for name, each in policy.recipients.items())
    return Table("Recipients", ("recipient", "receives", "for"), rows)


def _jobs(policy: Policy) -> Table:
    rows = tuple((name, _list(each.opens), _list(each.during)) for name, each in policy.jobs.items())
    return Table("Jobs", ("job", "opens", "while"), rows)


def _retention(policy: Policy) -> Table:
    rows = tuple(
        (name, words.period(each.keep), _list(each.fields) or "everything else", each.reason)
        for name, each in policy.retention.items()
    )
    return Table("Retention", ("class", "kept", "fields", "reason"), rows)


def _usage(policy: Policy) -> Table:
    rows = tuple((name, _list(each.values) or "a count", each.title) for name, each in policy.usage.events.items())
    title = (
        f"Usage: no figure about fewer than {policy.usage.threshold} builds, a build's counts kept "
        f"{words.period(policy.usage.keep)}, beacons at {policy.usage.level}"
    )
    return Table(title, ("event", "values", "title"), rows)


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
