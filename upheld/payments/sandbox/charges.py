"""Charges: what may become of one, in which order, and what moved.

`left` is what is authorised and neither captured nor released. The rest is sums over the movements, which are only
ever added to.
"""

import secrets
import sqlite3
from typing import Any

from uuid_utils import uuid7

from upheld.payments.sandbox import webhooks
from upheld.payments.sandbox.currencies import CODES
from upheld.payments.sandbox.errors import not_now, unknown, wrong
from upheld.payments.sandbox.numbers import Behaviour
from upheld.payments.sandbox.storage import DAY, Database

MOST = 99_999_999
AUTHORISED_FOR = 7 * DAY
PAGE = 100  # charges, at most, in one answer


def authorise(db: Database, given: dict[str, Any]) -> dict[str, Any]:
    """Reserve an amount on a card; declined and challenged charges are charges too. Raises Problem."""
    card = db.one("SELECT id, behaviour, expiry FROM card WHERE id = ?", given["card"])
    if card is None:
        raise unknown("card")
    charge = {
        "id": f"ch_{uuid7().hex}",
        "reference": given["reference"],
        "card": card["id"],
        "behaviour": card["behaviour"],
        "state": "authorised",
        "amount": amount(given),
        "currency": currency(given),
        "back": given["back"],
        "made": db.now,
        "expires": db.now + AUTHORISED_FOR,
    }
    db.insert("charge", **charge)
    if card["expiry"] < f"{db.today:%Y-%m}":
        return decline(db, charge["id"], "expired_card")
    if card["behaviour"] == Behaviour.CHARGE_FAILS:
        return decline(db, charge["id"], "declined")
    if card["behaviour"] == Behaviour.CHALLENGED:
        if given["off_session"]:
            return decline(db, charge["id"], "challenge_failed")
        challenge = secrets.token_urlsafe(18)
        db.run("UPDATE charge SET state = 'challenged', challenge = ? WHERE id = ?", challenge, charge["id"])
        return view(db, charge["id"])
    return reserve(db, charge["id"])


def reserve(db: Database, charge: str) -> dict[str, Any]:
    db.run("UPDATE charge SET state = 'authorised', left = amount WHERE id = ?", charge)
    move(db, charge, "authorise", row(db, charge)["amount"])
    return view(db, charge)


def decline(db: Database, charge: str, reason: str) -> dict[str, Any]:
    """Declined: what was reserved is released."""
    release(db, charge)
    db.run("UPDATE charge SET state = 'declined', decline = ? WHERE id = ?", reason, charge)
    webhooks.announce(db, charge, "charge.declined")
    return view(db, charge)


def answer_challenge(db: Database, challenge: str, *, passed: bool) -> str:
    """What the person said at the 3-D Secure page; where they go now. Said twice, the first counts."""
    found = challenged(db, challenge)
    if found["state"] == "challenged":
        if passed:
            reserve(db, found["id"])
        else:
            decline(db, found["id"], "challenge_failed")
    return str(found["back"])


def challenged(db: Database, challenge: str) -> sqlite3.Row:
    found = db.one("SELECT * FROM charge WHERE challenge = ? AND challenge != ''", challenge)
    if found is None:
        raise unknown("challenge")
    return found


def capture(db: Database, charge: str, given: dict[str, Any]) -> dict[str, Any]:
    found, wanted = open_charge(db, charge), amount(given)
    if wanted > found["left"]:
        raise not_now("capture_too_large", f"No more than {found['left']} is left to capture.")
    if found["behaviour"] == Behaviour.CAPTURE_FAILS:
        return decline(db, charge, "insufficient_funds")
    db.run("UPDATE charge SET left = left - ? WHERE id = ?", wanted, charge)
    move(db, charge, "capture", wanted)
    if found["behaviour"] == Behaviour.DISPUTED and not moved(db, charge, "dispute"):
        move(db, charge, "dispute", wanted)
    return view(db, charge)


def cancel(db: Database, charge: str) -> dict[str, Any]:
    """Release what is not captured. A charge of which something was captured stays authorised, for refunds."""
    found = row(db, charge)
    if found["state"] == "challenged" or (found["state"] == "authorised" and found["left"]):
        release(db, charge)
        if not moved(db, charge, "capture"):
            db.run("UPDATE charge SET state = 'cancelled' WHERE id = ?", charge)
        if found["state"] == "challenged":
            webhooks.announce(db, charge, "charge.cancelled")
        return view(db, charge)
    raise not_now("nothing_to_cancel", "Nothing of this charge is left to release.")


def refund(db: Database, charge: str, given: dict[str, Any]) -> dict[str, Any]:
    row(db, charge)
    wanted = amount(given)
    possible = moved(db, charge, "capture") - moved(db, charge, "refund") - disputed(db, charge)
    if wanted > possible:
        raise not_now("refund_too_large", f"No more than {possible} can be refunded.")
    move(db, charge, "refund", wanted)
    return view(db, charge)


def dispute(db: Database, charge: str) -> dict[str, Any]:
    """The person's bank takes back what we have of the charge, as it would without asking us."""
    row(db, charge)
    at_stake = moved(db, charge, "capture") - moved(db, charge, "refund") - disputed(db, charge)
    if at_stake <= 0:
        raise not_now("nothing_to_dispute", "Nothing of this charge is ours.")
    move(db, charge, "dispute", at_stake)
    return view(db, charge)


def close_dispute(db: Database, charge: str, *, won: bool) -> dict[str, Any]:
    row(db, charge)
    if (at_stake := disputed(db, charge)) <= 0:
        raise not_now("no_dispute", "There is no open dispute about this charge.")
    if won:
        move(db, charge, "dispute_won", at_stake)
    else:
        webhooks.announce(db, charge, "charge.dispute_lost")
    return view(db, charge)


def release(db: Database, charge: str) -> None:
    if left := row(db, charge)["left"]:
        db.run("UPDATE charge SET left = 0 WHERE id = ?", charge)
        move(db, charge, "cancel", left)


def release_expired(db: Database) -> None:
    """Authorisations end by themselves after seven days."""
    for found in db.all("SELECT id FROM charge WHERE left > 0 AND expires <= ?", db.now):
        cancel(db, found["id"])


def find(db: Database, reference: str) -> dict[str, Any]:
    found = db.one("SELECT id FROM charge WHERE reference = ? ORDER BY id DESC LIMIT 1", reference)
    if found is None:
        raise unknown("charge")
    return view(db, found["id"])


def page(db: Database, *, after: str, since: int) -> dict[str, Any]:
    """Charges made at `since` (milliseconds) or later, oldest first, from behind the one called `after`."""
    sql = "SELECT id FROM charge WHERE id > ? AND made >= ? ORDER BY id LIMIT ?"
    found = db.all(sql, after, since, PAGE + 1)
    return {"charges": [view(db, each["id"]) for each in found[:PAGE]], "more": len(found) > PAGE}


def row(db: Database, charge: str) -> sqlite3.Row:
    found = db.one("SELECT * FROM charge WHERE id = ?", charge)
    if found is None:
        raise unknown("charge")
    return found


def open_charge(db: Database, charge: str) -> sqlite3.Row:
    found = row(db, charge)
    if found["state"] != "authorised" or not found["left"]:
        raise not_now("not_open", f"The charge is {found['state']}, and nothing of it is left to capture.")
    return found


def move(db: Database, charge: str, kind: str, moved: int) -> None:
    db.insert("movement", id=f"mv_{uuid7().hex}", charge=charge, kind=kind, amount=moved, at=db.now)
    webhooks.announce(db, charge, f"charge.{kind}")


def moved(db: Database, charge: str, kind: str) -> int:
    return db.count("SELECT sum(amount) FROM movement WHERE charge = ? AND kind = ?", charge, kind)


def disputed(db: Database, charge: str) -> int:
    return moved(db, charge, "dispute") - moved(db, charge, "dispute_won")


def view(db: Database, charge: str) -> dict[str, Any]:
    """The charge as an answer says it."""
    found = row(db, charge)
    shown = {name: found[name] for name in ("id", "reference", "state", "amount", "currency", "decline", "made")}
    movements = db.all("SELECT id, kind, amount, at FROM movement WHERE charge = ? ORDER BY id", charge)
    challenge = found["challenge"] if found["state"] == "challenged" else ""
    return shown | {"challenge": challenge, "movements": [dict(each) for each in movements]}


def amount(given: dict[str, Any]) -> int:
    wanted = given["amount"]
    if type(wanted) is not int or not 0 < wanted <= MOST:
        raise wrong("amount", f"The amount is a whole number of minor units, from 1 to {MOST}.")
    return wanted


def currency(given: dict[str, Any]) -> str:
    if given["currency"] not in CODES:
        raise wrong("currency", "The currency is a code of ISO 4217, in capitals.")
    return str(given["currency"])
