"""A person corrects what is held about them: any field, in place or by the verb that is made for it."""

import unicodedata
from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import transaction

from upheld import vault
from upheld.contact import addresses
from upheld.contact import verbs as contact
from upheld.contact.errors import NotAnAddress
from upheld.conversations.models import Message
from upheld.orders import catalogue
from upheld.orders import correcting as orders
from upheld.orders.answers import Refusal
from upheld.orders.models import Document, Order
from upheld.payments.card_numbers import looks_like_card_number
from upheld.policy.actors import Actor
from upheld.rights.errors import CorrectedElsewhere, NotHeld, Unacceptable
from upheld.rights.letters_correcting import CorrectionIssued
from upheld.rights.requests.writers import reached
from upheld.vault.locking import hold_still

HERE, ADDRESS, CONVERSATION, PASSWORD, REPLACE = "here", "address", "conversation", "password", "replace"
ASK, ISSUED, PROPOSED = "ask", "issued", "proposed"
PROPOSABLE = (HERE, ASK)  # by staff, in place, once the person says yes
_BY_FIELD = {
    ("as_issued", "country"): ISSUED,
    ("as_issued", "name"): ISSUED,
    ("attachment", "content"): CONVERSATION,  # bytes, of which we know nothing
    ("draft", "text"): ASK,
    ("note", "text"): ASK,  # what our staff wrote stays theirs; the person says what is wrong with it
    ("order", "email"): HERE,  # where that order's letters go; whoever follows one has the address
    ("proposal", "value"): PROPOSED,
}
_BY_DATUM = {"email": ADDRESS, "password": PASSWORD, "passkey": REPLACE, "totp": REPLACE, "card": REPLACE}
_ELSEWHERE = {
    ASK: "staff wrote it; ask under your requests for it to be corrected, and say what is right",
    ADDRESS: "a new address is confirmed by a code that is sent to it",
    ISSUED: "it stays as it was issued; correct the order itself, and a correction is issued beside it",
    CONVERSATION: "write in the conversation what is wrong, or delete the conversation",
    PASSWORD: "a new password is set on the security page",
    PROPOSED: "say no to it on the page that the letter leads to, and say there what is right",
    REPLACE: "it is removed, and a new one is set up",
}
BY = Actor.system("rights")
MOST = 10_000  # characters of one value
_MULTILINE = frozenset({"message"})


def how_to_correct(label: str, field: str) -> str:
    """`here` when `correct` does it in place; else by the verb that changes the `address` or the `password`, by
    removing it and giving another, `replace`, in the `conversation` that it belongs to, by a no to what is `proposed`,
    beside what was `issued`, by correcting the order, or by staff, whom the person `ask`s."""
    model = vault.by_label(label)
    if model is None:
        raise NotHeld(label)
    if label == "sign_up":
        return REPLACE  # not finished: whoever made a mistake begins another, and this one goes within a day
    return _BY_FIELD.get((label, field)) or _BY_DATUM.get(model.field(field).datum, HERE)


def how_to_correct_in(row: vault.Personal, field: str) -> str:
    """`how_to_correct` for this row: what we answered stays as we said it; the person says what is wrong with it."""
    return CONVERSATION if isinstance(row, Message) and row.is_ours else how_to_correct(row.label(), field)


def correct(
    subject: UUID, *, label: str, row: UUID, field: str, value: str, by: Actor, because: str = ""
) -> Sequence[Document]:
    """Put another value in place of one that is held; the old one cannot be read afterwards. What was issued with it
    stays as it is: returns the corrections that were issued beside it, of which a letter tells as well.

    `because` is the request that it answers, as kind:id. Raises CorrectedElsewhere, NotHeld, Unacceptable (a sentence
    about the value), Refused, and what the vault raises.
    """
    asked = because.startswith("request:")
    value = acceptable(correctable(subject, label, row, field, asked=asked).field(field).datum, value)
    with transaction.atomic():
        hold_still(subject)
        found = correctable(subject, label, row, field, asked=asked)  # as it is now: it may have been deleted meanwhile
        if not isinstance(found, Order):
            vault.correct(found, {field: value}, source="account", by=by, because=because)
            return []
        beside = orders.correct(found, field, value, by=by, because=because)
        if isinstance(beside, Refusal):
            raise Unacceptable(beside.sentence)
        if beside:
            _tell(found, beside)
    return beside


def correctable(subject: UUID, label: str, row: UUID, field: str, *, asked: bool = False) -> vault.Personal:
    """The row of this person whose field is corrected in place; with `asked`, by staff who propose it as well. Raises
    CorrectedElsewhere, NotHeld."""
    how = how_to_correct(label, field)
    if how not in (PROPOSABLE if asked else (HERE,)):
        raise CorrectedElsewhere(label, field, _ELSEWHERE[how])
    model = vault.by_label(label)
    found: vault.Personal | None = model._default_manager.filter(subject=subject, id=row).first() if model else None
    if found is None or field not in found.held():
        raise NotHeld(label)
    if how_to_correct_in(found, field) == CONVERSATION:
        raise CorrectedElsewhere(label, field, _ELSEWHERE[CONVERSATION])
    return found


def _tell(order: Order, beside: Sequence[Document]) -> None:
    """Why what was issued stays, and what stands beside it. Whoever cannot be reached is not written to."""
    to = reached([order.subject])
    if to is not None:
        wording = CorrectionIssued(order.number, tuple(map(str, beside)))
        contact.send(wording, to=to, by=BY)


def acceptable(datum: str, value: str) -> str:
    """The value, in Unicode's NFC and trimmed; a country by its two letters. Raises Unacceptable."""
    value = unicodedata.normalize("NFC", value).replace("\r\n", "\n").strip()
    lines = value if datum not in _MULTILINE else value.replace("\n", "")
    if not value:
        raise Unacceptable("Give a value, or delete it instead.")
    if len(value) > MOST:
        raise Unacceptable(f"Give at most {MOST} characters.")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in lines):
        raise Unacceptable("Leave out line breaks and control characters.")
    if looks_like_card_number(value):
        raise Unacceptable("This looks like a card's number, which belongs in no field of ours.")
    return _IN_ITS_FORM[datum](value) if datum in _IN_ITS_FORM else value


def _country(value: str) -> str:
    known = catalogue.countries()
    by_name = {name.casefold(): code for code, name in known.items()}
    code = by_name.get(value.casefold(), value.upper())
    if code not in known:
        raise Unacceptable("Give a country by its name or its two letters, such as DE.")
    return code


def _email(value: str) -> str:
    try:
        return addresses.read(value)
    except NotAnAddress as error:
        raise Unacceptable(str(error)) from None


_IN_ITS_FORM: dict[str, Callable[[str], str]] = {"country": _country, "email": _email}
