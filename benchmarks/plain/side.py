"""`effaced` as its documentation has it used, and the database's own means, turn by turn on the same rows."""

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import effaced
import psycopg
from effaced.adapters.sqlalchemy import resolve_subject_graph
from sqlalchemy import Engine, create_engine, delete, event, func, insert, select, text, update
from sqlalchemy.orm import Session, sessionmaker
from uuid_utils.compat import uuid7

from benchmarks.customers import CURRENCY, FEW, LINE, MESSAGE, ORDER, OTHER_CITY, STEP, batches, matters
from benchmarks.plain.models import (
    EMPTIED,
    GOING,
    Address,
    Base,
    Choice,
    Conversation,
    Customer,
    Line,
    Message,
    Order,
    Step,
)
from benchmarks.visitor import address

Turns = Iterator[Callable[[], object]]
TABLES = (Customer, Order, Line, *GOING)
HASH = "argon2$" + "x" * 90  # as long as a password's hash is
_numbers = count()
_customers: list[UUID] = []
_sessions: "sessionmaker[Session]"
_exporter: effaced.Exporter
_planner: effaced.ErasurePlanner


def begin() -> None:
    global _sessions, _exporter, _planner  # one side is one process, and this is its start
    owned = effaced.bind_tables(Base.metadata)
    engine, trail = _engine("plain"), _engine("trail")
    for each in (engine, trail):
        Base.metadata.create_all(each)
    _sessions, trails = sessionmaker(engine), sessionmaker(trail)
    data_map = effaced.collect_data_map(Base.metadata)
    graph = resolve_subject_graph(data_map, Base.registry)
    sink = effaced.DatabaseAuditSink(trails, owned.audit_events)
    _exporter = effaced.Exporter(data_map, graph, Base.metadata, sink)
    _planner = effaced.ErasurePlanner(
        data_map, graph, executor=effaced.ErasureExecutor(Base.metadata),
        outbox=effaced.Outbox(_sessions, owned.outbox), audit_sink=sink,
    )  # fmt: skip


def _engine(name: str) -> Engine:
    """A SQLite file of this name, or the one PostgreSQL. `effaced` writes its trail in transactions of its own while
    the erasure's is open, for which SQLite needs another file."""
    if url := os.environ["DATABASE_URL"]:
        return create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url))
    engine = create_engine(f"sqlite:///{Path(os.environ['UPHELD_HOME'], f'{name}.sqlite3')}")
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def customers(size: int) -> Turns:
    with _sessions() as session:
        here = session.scalar(select(func.count()).select_from(Customer)) or 0
    for many in batches(size - here):
        yield lambda many=many: _come(many, FEW)
    with _sessions.begin() as session:
        session.execute(text("ANALYZE"))


def customer(rows: int) -> list[float]:
    _customers[:] = _come(1, rows)
    return []


def export_customer(times: int) -> Turns:
    """The bundle, written as JSON."""
    for _ in range(times):
        yield _export


def _export() -> int:
    with _sessions() as session:
        return len(_exporter.export_subject(session, str(_customers[0])).model_dump_json())


def correct_rows(times: int) -> Turns:
    """An ordinary UPDATE: `effaced` leaves corrections to the application."""
    with _sessions() as session:
        order = session.scalars(select(Order.id).where(Order.customer == _customers[0])).first()
    for _ in range(times):
        yield lambda: _run(update(Order).where(Order.id == order).values(city=OTHER_CITY))


def delete_customer(times: int) -> Turns:
    for _ in range(times):
        yield _erase


def _erase() -> None:
    with _sessions.begin() as session:
        _planner.erase_subject(session, str(_customers[0]))


def delete_rows(times: int) -> Turns:
    """The same by hand: a DELETE for each table, and what stays emptied, in one transaction."""
    for _ in range(times):
        yield lambda: _run(
            *(delete(each).where(each.customer == _customers[0]) for each in GOING),
            update(Order).where(Order.customer == _customers[0]).values(dict.fromkeys(EMPTIED, "")),
            update(Customer).where(Customer.id == _customers[0]).values(password=""),
        )


def _run(*statements: Any) -> None:
    with _sessions.begin() as session:
        for each in statements:
            session.execute(each)


def vacuum(times: int) -> Turns:
    """Write every table anew, without which deleted rows stay in the files."""
    for _ in range(times):
        yield _vacuum


def _vacuum() -> None:
    engine = _sessions.kw["bind"]
    full = "VACUUM (FULL) " + ", ".join(each.__tablename__ for each in TABLES)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(full if engine.dialect.name == "postgresql" else "VACUUM"))
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _come(many: int, rows: int) -> list[UUID]:
    people, now = [uuid7() for _ in range(many)], datetime.now(UTC)
    with _sessions.begin() as session:
        session.execute(insert(Customer), [{"id": each, "password": HASH} for each in people])
        found = [_row(each, email=address(next(_numbers)), verified_at=now) for each in people]
        session.execute(insert(Address), found)
        said = [_row(each, topic=topic, allowed=True, at=now) for each in people for topic in ("specials", "products")]
        session.execute(insert(Choice), said)
    for some in batches(matters(rows)):
        _matter([each for each in people for _ in range(some)], now)
    return people


def _matter(people: Sequence[UUID], now: datetime) -> None:
    orders = [_row(each, **ORDER, number=uuid7().hex[-11:], currency=CURRENCY, placed_at=now) for each in people]
    talks = [_row(each, number=uuid7().hex[-10:], reason="order", opened_at=now) for each in people]
    with _sessions.begin() as session:
        session.execute(insert(Order), orders)
        session.execute(insert(Line), [{"id": uuid7(), "order": each["id"], **LINE} for each in orders])
        session.execute(insert(Step), [_row(each, **STEP, at=now) for each in people])
        session.execute(insert(Conversation), talks)
        said = [_row(each["customer"], **MESSAGE, conversation=each["id"], at=now) for each in talks for _ in range(2)]
        session.execute(insert(Message), said)


def _row(customer: UUID, **columns: Any) -> dict[str, Any]:
    return {"id": uuid7(), "customer": customer, **columns}
