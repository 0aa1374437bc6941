"""Cards: typed once for a token, kept for charges, forgotten when asked."""

import secrets
from dataclasses import asdict
from typing import Any

from upheld.payments.sandbox import numbers
from upheld.payments.sandbox.errors import unknown
from upheld.payments.sandbox.storage import HOUR, Database

TOKEN_LIFE = HOUR
SETUP_LIFE = 24 * HOUR


def tokenise(db: Database, given: dict[str, Any]) -> str:
    """A token for a card as typed: good once, for an hour. Raises Problem."""
    typed = numbers.read(given, now=db.today)
    token = f"tok_{secrets.token_urlsafe(18)}"
    db.insert("token", id=token, made=db.now, **asdict(typed))
    return token


def keep(db: Database, token: str, reference: str) -> tuple[dict[str, Any], str]:
    """The card behind the token, kept under our reference; or nothing and why it was declined. Spends the token."""
    row = db.one("SELECT * FROM token WHERE id = ? AND used = 0 AND made > ?", token, db.now - TOKEN_LIFE)
    if row is None:
        raise unknown("token")
    db.run("UPDATE token SET used = 1 WHERE id = ?", token)
    if row["behaviour"] in numbers.REASONS:
        return {}, row["behaviour"]
    card = {"id": f"card_{secrets.token_urlsafe(18)}"} | {name: row[name] for name in ("brand", "last4", "expiry")}
    db.insert("card", **card, reference=reference, behaviour=row["behaviour"], made=db.now)
    return card, ""


def begin_page(db: Database, back: str) -> str:
    """A page of ours on which a card will be typed: its name, which nobody can guess."""
    setup = secrets.token_urlsafe(18)
    db.insert("setup", id=setup, back=back, made=db.now)
    return setup


def page(db: Database, setup: str) -> dict[str, str]:
    """Where a card page leads back to, and the token typed on it so far. Raises Problem."""
    row = db.one("SELECT back, token FROM setup WHERE id = ? AND made > ?", setup, db.now - SETUP_LIFE)
    if row is None:
        raise unknown("setup")
    return {"back": row["back"], "token": row["token"]}


def finish_page(db: Database, setup: str, given: dict[str, Any]) -> str:
    """Take the card that was typed; where to go now. A page that is sent twice keeps the last card."""
    back = page(db, setup)["back"]
    db.run("UPDATE setup SET token = ? WHERE id = ?", tokenise(db, given), setup)
    return back


def forget(db: Database, reference: str) -> bool:
    """Redact what is held under a reference, a card's or a charge's. False until it is done."""
    row = db.one("SELECT done FROM redaction WHERE reference = ?", reference)
    if row is None:
        due = db.now + int(db.behaviour["redaction_seconds"] * 1000)
        db.insert("redaction", reference=reference, done=due)
        return forget(db, reference)
    if row["done"] > db.now:
        return False
    db.run("DELETE FROM card WHERE reference = ?", reference)
    db.run("UPDATE charge SET card = '', back = '', challenge = '' WHERE reference = ?", reference)
    return True
