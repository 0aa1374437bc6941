"""For tests and benchmarks: make the sandbox behave in a certain way, look at what it would send, begin again."""

from upheld.payments.sandbox.errors import wrong
from upheld.payments.sandbox.http import Answer, Request
from upheld.payments.sandbox.routing import Program, route
from upheld.payments.sandbox.storage import DEFAULTS, TABLES, Database

SHOWN = 1000  # events, at most


@route("GET", "/v1/behaviour")
def see(program: Program, db: Database, request: Request, _: str) -> Answer:
    return Answer.json(dict(db.behaviour))


@route("POST", "/v1/behaviour")
def behave(program: Program, db: Database, request: Request, _: str) -> Answer:
    """Set some of `storage.DEFAULTS`, for everything from now on."""
    given = request.json()
    for name, value in given.items():
        if name not in DEFAULTS or type(value) not in (int, float) or not 0 <= value < 1e9:
            raise wrong(name[:40], f"Numbers, 0 or more, of these: {', '.join(DEFAULTS)}.")
        db.run("INSERT OR REPLACE INTO behaviour (name, value) VALUES (?, ?)", name, float(value))
    return Answer.json(dict(db.behaviour) | given)


@route("GET", "/v1/events")
def events(program: Program, db: Database, request: Request, _: str) -> Answer:
    """The newest events, oldest first; `left` is how often each is still to be sent."""
    rows = db.all("SELECT id, charge, kind, made, due, tries, left FROM event ORDER BY n DESC LIMIT ?", SHOWN)
    return Answer.json({"events": [dict(row) for row in reversed(rows)]})


@route("POST", "/v1/reset")
def reset(program: Program, db: Database, request: Request, _: str) -> Answer:
    """Forget everything: cards, charges, events, behaviour."""
    for table in TABLES:
        db.run(f"DELETE FROM {table}")  # noqa: S608 - names are ours
    return Answer.json({})
