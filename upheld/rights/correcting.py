"""A person corrects what is held about them: any field, in place or by the verb that is made for it."""

import unicodedata
from uuid import UUID

from upheld import vault
from upheld.policy.actors import Actor
from upheld.rights.errors import CorrectedElsewhere, NotHeld, Unacceptable

HERE, ADDRESS, PASSWORD, REPLACE = "here", "address", "password", "replace"
_BY_DATUM = {"email": ADDRESS, "password": PASSWORD, "passkey": REPLACE, "totp": REPLACE, "card": REPLACE}
_ELSEWHERE = {
    ADDRESS: "a new address is confirmed by a code that is sent to it",
    PASSWORD: "a new password is set on the security page",
    REPLACE: "it is removed, and a new one is set up",
}
MOST = 10_000  # characters of one value
_MULTILINE = frozenset({"address", "message"})


def how_to_correct(label: str, field: str) -> str:
    """`here` when `correct` does it in place; else by the verb that changes the `address` or the `password`, or by
    removing it and giving another, `replace`."""
    model = vault.by_label(label)
    if model is None:
        raise NotHeld(label)
    if label == "sign_up":
        return REPLACE  # not finished: whoever made a mistake begins another, and this one goes within a day
    return _BY_DATUM.get(model.field(field).datum, HERE)


def correct(subject: UUID, *, label: str, row: UUID, field: str, value: str, by: Actor) -> None:
    """Put another value in place of one that is held; the old one cannot be read afterwards.

    Raises CorrectedElsewhere, NotHeld, Unacceptable (a sentence about the value), Refused, and what the vault raises.
    """
    how = how_to_correct(label, field)
    if how != HERE:
        raise CorrectedElsewhere(label, field, _ELSEWHERE[how])
    model = vault.by_label(label)
    found = model._default_manager.filter(subject=subject, id=row).first() if model else None
    if found is None or field not in found.held():
        raise NotHeld(label)
    vault.correct(found, {field: acceptable(found.field(field).datum, value)}, source="account", by=by)


def acceptable(datum: str, value: str) -> str:
    """The value, in Unicode's NFC and trimmed. Raises Unacceptable."""
    value = unicodedata.normalize("NFC", value).replace("\r\n", "\n").strip()
    lines = value if datum not in _MULTILINE else value.replace("\n", "")
    if not value:
        raise Unacceptable("Give a value, or delete it instead.")
    if len(value) > MOST:
        raise Unacceptable(f"Give at most {MOST} characters.")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in lines):
        raise Unacceptable("Leave out line breaks and control characters.")
    return value
