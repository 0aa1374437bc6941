"""The sandbox's own storage: one SQLite file, and one transaction for each request, so that it can be killed anywhere.

Times are integers, milliseconds since 1970. No table has room for a card's number or its security code.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS token (id TEXT PRIMARY KEY, behaviour TEXT NOT NULL, brand TEXT NOT NULL,
    last4 TEXT NOT NULL, expiry TEXT NOT NULL, made INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS card (id TEXT PRIMARY KEY, reference TEXT NOT NULL, behaviour TEXT NOT NULL,
    brand TEXT NOT NULL, last4 TEXT NOT NULL, expiry TEXT NOT NULL, made INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS card_reference ON card (reference);
CREATE TABLE IF NOT EXISTS setup (id TEXT PRIMARY KEY, back TEXT NOT NULL, made INTEGER NOT NULL,
    token TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS charge (id TEXT PRIMARY KEY, reference TEXT NOT NULL, card TEXT NOT NULL,
    behaviour TEXT NOT NULL, state TEXT NOT NULL, amount INTEGER NOT NULL, currency TEXT NOT NULL,
    decline TEXT NOT NULL DEFAULT '', challenge TEXT NOT NULL DEFAULT '', back TEXT NOT NULL, made INTEGER NOT NULL,
    expires INTEGER NOT NULL, left INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS charge_reference ON charge (reference);
CREATE INDEX IF NOT EXISTS charge_challenge ON charge (challenge) WHERE challenge != '';
CREATE INDEX IF NOT EXISTS charge_expires ON charge (expires) WHERE left > 0;
CREATE TABLE IF NOT EXISTS movement (id TEXT PRIMARY KEY, charge TEXT NOT NULL, kind TEXT NOT NULL,
    amount INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS movement_charge ON movement (charge, id);
CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, digest BLOB NOT NULL, status INTEGER NOT NULL,
    body TEXT NOT NULL, made INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS answer_made ON answer (made);
CREATE TABLE IF NOT EXISTS event (n INTEGER PRIMARY KEY, id TEXT NOT NULL, charge TEXT NOT NULL, kind TEXT NOT NULL,
    made INTEGER NOT NULL, due INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, left INTEGER NOT NULL DEFAULT 1);
CREATE INDEX IF NOT EXISTS event_due ON event (due) WHERE left > 0;
CREATE TABLE IF NOT EXISTS redaction (reference TEXT PRIMARY KEY, done INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS behaviour (name TEXT PRIMARY KEY, value REAL NOT NULL) WITHOUT ROWID;
"""
TABLES = ("token", "card", "setup", "charge", "movement", "answer", "event", "redaction", "behaviour")
HOUR = 3600 * 1000
DAY = 24 * HOUR

# How it behaves until it is told otherwise; see docs/spec/sandbox.md.
DEFAULTS = {
    "seed": 1.0,
    "doubled": 0.1,  # the share of webhooks that are sent twice
    "delayed": 0.1,  # the share that waits, and so comes after later ones
    "delay_seconds": 3.0,
    "shuffled": 0.0,  # above 0: what is due goes out in any order
    "held": 0.0,  # above 0: no webhook is sent until it is 0 again
    "timeout_seconds": 30.0,  # how long the answer for the number that times out is kept back
    "redaction_seconds": 0.0,  # how long forgetting takes
    "clock_ahead_seconds": 0.0,  # its clock, before everyone else's: for what happens after days
}


class Database:
    """One connection within one transaction, with the time that holds for all of it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.behaviour = DEFAULTS | {
            str(row["name"]): float(row["value"]) for row in self.all("SELECT * FROM behaviour")
        }
        self.now = int((time.time() + self.behaviour["clock_ahead_seconds"]) * 1000)

    def run(self, sql: str, *values: object) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    def one(self, sql: str, *values: object) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.run(sql, *values).fetchone()
        return row

    def all(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self.run(sql, *values).fetchall()

    def count(self, sql: str, *values: object) -> int:
        row = self.one(sql, *values)
        return int(row[0] or 0) if row else 0

    def insert(self, table: str, **values: object) -> None:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self.run(f"INSERT INTO {table} ({names}) VALUES ({marks})", *values.values())  # noqa: S608 - names are ours

    @property
    def today(self) -> datetime:
        return datetime.fromtimestamp(self.now / 1000, UTC)


class Storage:
    def __init__(self, file: Path | str) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._lock = threading.Lock()  # one process, so one lock is quicker than SQLite's waiting
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "busy_timeout=10000"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """All of it or nothing; what was committed is on the disk."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield Database(self._connection)
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
