"""The interface for programs, /sandbox/v1/: cards and charges. Written down in docs/spec/sandbox.md."""

from typing import Any

from upheld.payments.sandbox import cards, charges
from upheld.payments.sandbox.errors import wrong
from upheld.payments.sandbox.http import Answer, Request, text
from upheld.payments.sandbox.numbers import Behaviour
from upheld.payments.sandbox.routing import Program, route
from upheld.payments.sandbox.storage import Database


@route("POST", "/v1/tokens", secret=False)
def make_token(program: Program, db: Database, request: Request, _: str) -> Answer:
    return Answer.json({"token": cards.tokenise(db, request.json())})


@route("POST", "/v1/cards", once=True)
def keep_card(program: Program, db: Database, request: Request, _: str) -> Answer:
    given = request.json()
    card, reason = cards.keep(db, text(given, "token"), text(given, "reference"))
    if reason:
        error = {"code": "card_declined", "param": "token", "message": "The card was declined.", "decline": reason}
        return Answer.json({"error": error}, 402)
    return Answer.json(card)


@route("POST", "/v1/card_pages", once=True)
def begin_page(program: Program, db: Database, request: Request, _: str) -> Answer:
    setup = cards.begin_page(db, program.back(request.json()))
    return Answer.json({"setup": setup, "url": f"{program.site}/sandbox/card/{setup}/"})


@route("GET", "/v1/card_pages/<id>")
def look_at_page(program: Program, db: Database, request: Request, setup: str) -> Answer:
    return Answer.json({"setup": setup, "token": cards.page(db, setup)["token"]})


@route("POST", "/v1/forget")
def redact(program: Program, db: Database, request: Request, _: str) -> Answer:
    """Without an idempotency key: it can be asked as often as one likes, and answers how things stand."""
    return Answer.json({"done": cards.forget(db, text(request.json(), "reference"))})


@route("POST", "/v1/charges", once=True)
def authorise(program: Program, db: Database, request: Request, _: str) -> Answer:
    given = request.json()
    wanted = {name: text(given, name) for name in ("card", "currency", "reference")}
    off_session = given.get("off_session") is True
    found = charges.authorise(
        db, wanted | {"amount": given.get("amount"), "back": program.back(given), "off_session": off_session}
    )
    times_out = charges.row(db, found["id"])["behaviour"] == Behaviour.TIMES_OUT
    return Answer.json(_shown(program, found), late=db.behaviour["timeout_seconds"] if times_out else 0.0)


@route("GET", "/v1/charges")
def list_charges(program: Program, db: Database, request: Request, _: str) -> Answer:
    """With `reference`, the newest charge under it; else a page of all."""
    if reference := request.query.get("reference"):
        return Answer.json(_shown(program, charges.find(db, reference)))
    since = request.query.get("since", "0")
    if not since.isdecimal() or len(since) > 15:
        raise wrong("since", "since is in milliseconds since 1970.")
    found = charges.page(db, after=request.query.get("after", ""), since=int(since))
    return Answer.json(found | {"charges": [_shown(program, each) for each in found["charges"]]})


@route("GET", "/v1/charges/<id>")
def fetch(program: Program, db: Database, request: Request, charge: str) -> Answer:
    return Answer.json(_shown(program, charges.view(db, charge)))


@route("POST", "/v1/charges/<id>/capture", once=True)
def capture(program: Program, db: Database, request: Request, charge: str) -> Answer:
    return Answer.json(_shown(program, charges.capture(db, charge, {"amount": request.json().get("amount")})))


@route("POST", "/v1/charges/<id>/cancel", once=True)
def cancel(program: Program, db: Database, request: Request, charge: str) -> Answer:
    return Answer.json(_shown(program, charges.cancel(db, charge)))


@route("POST", "/v1/charges/<id>/refund", once=True)
def refund(program: Program, db: Database, request: Request, charge: str) -> Answer:
    return Answer.json(_shown(program, charges.refund(db, charge, {"amount": request.json().get("amount")})))


@route("POST", "/v1/charges/<id>/dispute")
def dispute(program: Program, db: Database, request: Request, charge: str) -> Answer:
    return Answer.json(_shown(program, charges.dispute(db, charge)))


@route("POST", "/v1/charges/<id>/dispute/close")
def close_dispute(program: Program, db: Database, request: Request, charge: str) -> Answer:
    outcome = text(request.json(), "outcome")
    if outcome not in ("won", "lost"):
        raise wrong("outcome", "A dispute is won or lost.")
    return Answer.json(_shown(program, charges.close_dispute(db, charge, won=outcome == "won")))


def _shown(program: Program, charge: dict[str, Any]) -> dict[str, Any]:
    """As an answer says it: a challenge is the address of its page."""
    challenge = charge["challenge"] and f"{program.site}/sandbox/challenge/{charge['challenge']}/"
    return charge | {"challenge": challenge}
