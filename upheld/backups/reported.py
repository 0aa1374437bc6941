"""What was stopped, deleted, withdrawn or published of builds since a copy was made is so again. Each as in `again`."""

from datetime import date

from upheld.builds import possession
from upheld.builds.models import Figure, Release
from upheld.ledger.models import Entry


def stopped(entry: Entry) -> bool:
    return possession.stop_again(int(entry.facts["build"], 16))


def forgotten(entry: Entry) -> bool:
    return possession.forget_again(int(entry.facts["build"], 16), date.fromisoformat(entry.facts["through"]))


def withdrawn(entry: Entry) -> bool:
    standing = Release.objects.filter(pk=entry.facts["release"], withdrawn_at=None)
    return bool(standing.update(withdrawn_at=entry.at))


def published(entry: Entry) -> bool:
    """Its figures are not here, and are never made again from other counts: two tables of one week could be
    subtracted. The week is empty, under a threshold that none has, so that no later one is told from it."""
    week = {"product": entry.facts["product"], "period": "week", "start": date.fromisoformat(entry.facts["week"])}
    fresh = [Figure.objects.get_or_create(**week, view=view, defaults={"blocks": []})[1] for view in EMPTY]
    return any(fresh)


EMPTY = ("active", "threshold")
