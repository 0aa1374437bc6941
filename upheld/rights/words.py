"""How this room says things to people: acts, actors, retention."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from upheld import vault
from upheld.policy.acts import Act
from upheld.policy.declarations import UNTIL_ERASED, RetentionClass
from upheld.policy.document import Policy
from upheld.staff.models import Member

ACTS: Mapping[str, str] = {
    Act.ACCOUNT_CREATE: "Your account was made.",
    Act.ACCOUNT_RESET: "Your password was set anew by a link sent to you.",
    Act.ALARM_SEND: "The privacy officer was told of a concern of yours.",
    Act.ADDRESS_BOUNCE: "A letter to you came back for good, so that no news is sent to that address.",
    Act.ADDRESS_CHANGE: "Your e-mail address was changed.",
    Act.ADDRESS_CHANGE_EXPIRE: "A change of address was not finished in time and was dropped.",
    Act.ADDRESS_VERIFY: "Your e-mail address was confirmed.",
    Act.BUILD_FORGET: "What builds reported was deleted.",
    Act.BUILD_ISSUE: "You were given a build.",
    Act.BUILD_STOP: "A build was stopped.",
    Act.CARD_ADD: "A card was added.",
    Act.CARD_CHOOSE: "A card was made the one that is charged first.",
    Act.CARD_REMOVE: "A card was removed.",
    Act.CASE_CLOSE: "Staff closed a case about you, and what it opened is closed.",
    Act.CASE_HAND_BACK: "A member of staff handed a case about you back.",
    Act.CASE_HAND_OVER: "A case about you was handed to another member of staff.",
    Act.CASE_START: "Staff began a case about you.",
    Act.CASE_TAKE: "A member of staff took a case about you.",
    Act.CHOICE_RECORD: "A choice of yours was recorded.",
    Act.CODE_SEND: "A code was sent to you.",
    Act.CONVERSATION_ANSWER: "You were answered.",
    Act.CONVERSATION_CLOSE: "A conversation was closed.",
    Act.CONVERSATION_OPEN: "A conversation with you was begun.",
    Act.CORRECTION_PROPOSE: "A correction was put to you, to say yes or no to.",
    Act.DATA_EXPORT: "A copy of your data was made.",
    Act.DATA_SEE: "You looked at what is held about you.",
    Act.DOCUMENT_ISSUE: "An invoice, a credit note or a correction was issued.",
    Act.DOCUMENT_MAKE: "A document of an order was made for whoever asked.",
    Act.FIELD_COLLECT: "Something you gave was sealed and kept.",
    Act.FIELD_COPY: "Something that staff had opened was copied.",
    Act.FIELD_CORRECT: "Something held about you was corrected.",
    Act.FIELD_DISCLOSE: "Something was handed to a recipient named in the policy.",
    Act.FIELD_MASK: "Something held about you was shown to staff masked, such as a•••@•••.com.",
    Act.FIELD_OPEN: "Something held about you was opened.",
    Act.FIELD_PRINT: "Something that staff had opened was printed.",
    Act.GLASS_AGREE: "Two members of staff opened what no job of theirs covers, for some minutes.",
    Act.GLASS_ASK: "A member of staff asked to open what no job of theirs covers.",
    Act.GLASS_REVIEW: "The privacy officer reviewed such an opening.",
    Act.HOLD_PLACE: "A law has us keep what is held about you until a day that is named, whatever is asked.",
    Act.HOLD_RELEASE: "What had to be kept for a law need not be any more.",
    Act.INTEREST_RECORD: "An interest of yours was recorded.",
    Act.LETTER_DELIVER: "A letter to you was handed to the mail server.",
    Act.LETTER_SEND: "A letter to you was written.",
    Act.MESSAGE_ADD: "Something that you wrote to us was kept, to be answered.",
    Act.NOTE_KEEP: "Staff wrote a note on a case about you.",
    Act.NOTICE_ANSWER: "A recipient answered about a correction or an erasure.",
    Act.NOTICE_SEND: "A recipient was told of a correction or an erasure.",
    Act.ORDER_CANCEL: "An order was cancelled.",
    Act.ORDER_DELIVER: "An order was delivered.",
    Act.ORDER_DRAFT: "An order was filled in, and not placed yet.",
    Act.ORDER_EXPIRE: "An order that was not finished in time ended.",
    Act.ORDER_MEND: "Trouble with an order was mended.",
    Act.ORDER_PACK: "An order was packed.",
    Act.ORDER_PLACE: "An order was placed.",
    Act.ORDER_REFUND: "Money was given back for an order.",
    Act.ORDER_SHIP: "An order was handed to the carrier.",
    Act.ORDER_TROUBLE: "An order ran into trouble.",
    Act.PASSKEY_ADD: "A passkey was added.",
    Act.PASSKEY_REMOVE: "A passkey was removed.",
    Act.PASSWORD_CHANGE: "Your password was changed.",
    Act.PAYMENT_INSTRUCT: "The payment processor was asked for something.",
    Act.PAYMENT_RECORD: "What the payment processor did was recorded.",
    Act.RECOVERY_CODES_MAKE: "New recovery codes were made.",
    Act.REQUEST_CONFIRM: "A request of yours was confirmed by you.",
    Act.REQUEST_OPEN: "A request of yours was opened.",
    Act.REQUEST_STEP: "A request of yours came further.",
    Act.RESTRICTION_LIFT: "A use of your data that was stopped is allowed again, now or on the day that you were told.",
    Act.RESTRICTION_PLACE: "A use of your data was stopped.",
    Act.RETENTION_END: "Something had been kept for its time, and went.",
    Act.ROW_REMOVE: "Something held about you was removed.",
    Act.SEARCH_MAKE: "Staff found you by a number or an address that you gave them.",
    Act.SESSION_END: "You were signed out.",
    Act.SESSION_START: "You signed in.",
    Act.SIGN_UP_BEGIN: "A sign-up was begun.",
    Act.SIGN_UP_EXPIRE: "A sign-up was not finished in time and was removed.",
    Act.SUBJECT_ERASE: "Erasure was asked for.",
    Act.SUBJECT_KEEP: "An erasure was taken back in time.",
    Act.SUBJECT_SHRED: "The keys to your data were destroyed.",
    Act.TOTP_ADD: "A second sign-in factor was added.",
    Act.TOTP_REMOVE: "The second sign-in factor was removed.",
}
"""What a person reads for each act that can be about them. An act that is not here is shown by its own name."""

_KINDS = {"operator": "the operator", "person": "you", "system": "the program", "visitor": "you, not yet signed in"}
_UNITS = {"d": "day", "m": "month", "y": "year"}


def act(name: str) -> str:
    return ACTS.get(name, name)


STAFF = "someone on our staff"


def pseudonyms(members: Iterable[UUID | None]) -> Mapping[UUID | None, str]:
    """By which people know these members of staff, and the privacy officer knows who each is."""
    asked = {each for each in members if each}
    return dict(Member.objects.filter(pk__in=asked).values_list("pk", "pseudonym")) if asked else {}


def who(by: Mapping[str, str], staff: Mapping[UUID | None, str] = {}) -> str:
    """An entry's actor: you, the program and its task, or someone in a job on a case; `staff` has their pseudonyms."""
    if by["kind"] == "staff":
        name = staff.get(UUID(by["id"])) if by.get("id") else None
        case = f", on the case {by['case']}" if by.get("case") else ""
        return f"{by.get('job', 'staff')}{f' ({name})' if name else ''}{case}"
    name = by.get("name")
    return _KINDS[by["kind"]] + (f" ({name.replace('_', ' ')})" if name else "")


def title(policy: Policy, datum: str) -> str:
    declared = policy.data.get(datum)
    return (declared.title if declared else "") or datum.replace("_", " ").capitalize()


_BEGINS = {
    "": "its order was last corrected",
    "about": "the case is closed",
    "conversation": "the conversation is closed",
}
"""What a period that runs from a column of a row waits for, by the matter that the row belongs to; a row of none is a
copy that goes with its order."""

FIELDS: Mapping[str, str] = {
    "address_line1": "first line",
    "address_line2": "second line",
    "content": "enclosed with it",
    "last4": "last four digits",
    "postal_code": "postcode",
    "text": "the text",
    "title": "its subject line",
    "token": "the payment processor's name for it",
    "tracking": "tracking number of the parcel",
}
"""How people read the names of fields that say more than their datum; others are read as they are written."""


def field(policy: Policy, model: type[vault.Personal], name: str) -> str:
    """A field as people read it: `Payment card: expiry` where a row has several of one datum, else the datum alone."""
    datum = model.field(name).datum
    several = sum(other.datum == datum for other in model.sealed_fields().values()) > 1
    if not several and name not in FIELDS:
        return title(policy, datum)
    return f"{title(policy, datum)}: {FIELDS.get(name, name.replace('_', ' '))}"


def recipient(policy: Policy, name: str) -> str:
    declared = policy.recipients.get(name)
    return declared.title if declared and declared.title else name


def day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()


def retention(kept: RetentionClass, since: date | None, model: type[vault.Personal]) -> str:
    """How long something in a row of this kind is kept, in words; `since` is the day from which its period runs, None
    while it does not."""
    if kept.keep == UNTIL_ERASED:
        return "until you delete it"
    count, unit = int(kept.keep[:-1]), _UNITS[kept.keep[-1]]
    period = f"for {count} {unit}{'s' if count > 1 else ''}"
    if model.kept_from:
        period += f" after {_BEGINS[model.case_of]}"
    period += f", until {kept.until(since)}" if since else ""
    return f"{period}, also after a deletion: {kept.reason}" if kept.reason else f"{period}, or until you delete it"
