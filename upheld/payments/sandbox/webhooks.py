"""What is told to the site, and when. An event is written in the transaction of what it tells of.

As from real processors, events come at least once, some twice, and in no order that can be relied on.
"""

import random

from uuid_utils import uuid7

from upheld.payments.sandbox.storage import DAY, Database

AGAIN = (1, 600)  # seconds before the next try: doubled each time, up to the second
KEPT = 30 * DAY


def announce(db: Database, charge: str, kind: str) -> None:
    n = db.count("SELECT max(n) FROM event") + 1
    chance = random.Random(db.behaviour["seed"] * 1_000_003 + n)  # noqa: S311 - so that a seed gives the same again
    doubled, delayed = (chance.random() < db.behaviour[name] for name in ("doubled", "delayed"))
    due = db.now + int(delayed * db.behaviour["delay_seconds"] * 1000)
    db.insert(
        "event", n=n, id=f"evt_{uuid7().hex}", charge=charge, kind=kind, made=db.now, due=due, left=2 if doubled else 1
    )


def due(db: Database, most: int) -> list[dict[str, object]]:
    """The events to be sent now."""
    if db.behaviour["held"]:
        return []
    order = "random()" if db.behaviour["shuffled"] else "due, n"
    # The order is one of the two above; the values are bound.
    rows = db.all(f"SELECT * FROM event WHERE left > 0 AND due <= ? ORDER BY {order} LIMIT ?", db.now, most)  # noqa: S608
    return [dict(row) for row in rows]


def taken(db: Database, n: object) -> None:
    """It was answered with 2xx. One that is doubled is due once more."""
    db.run("UPDATE event SET left = left - 1, tries = 0 WHERE n = ?", n)


def refused(db: Database, n: object, tries: int) -> None:
    wait = min(AGAIN[0] * 2 ** min(tries, 20), AGAIN[1])
    db.run("UPDATE event SET tries = ?, due = ? WHERE n = ?", tries + 1, db.now + wait * 1000, n)


def drop_old(db: Database) -> None:
    db.run("DELETE FROM event WHERE left = 0 AND made < ?", db.now - KEPT)
