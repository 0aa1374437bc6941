"""How this room says things to people: acts, actors, retention."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from upheld.policy.acts import Act
from upheld.policy.declarations import UNTIL_ERASED, RetentionClass
from upheld.policy.document import Policy

ACTS: Mapping[str, str] = {
    Act.ACCOUNT_CREATE: "Your account was made.",
    Act.ACCOUNT_RESET: "Your password was set anew by a link sent to you.",
    Act.ADDRESS_CHANGE: "Your e-mail address was changed.",
    Act.ADDRESS_CHANGE_EXPIRE: "A change of address was not finished in time and was dropped.",
    Act.ADDRESS_VERIFY: "Your e-mail address was confirmed.",
    Act.CHOICE_RECORD: "A choice of yours was recorded.",
    Act.CODE_SEND: "A code was sent to you.",
    Act.DATA_EXPORT: "A copy of your data was made.",
    Act.DATA_SEE: "You looked at what is held about you.",
    Act.FIELD_COLLECT: "Something you gave was sealed and kept.",
    Act.FIELD_CORRECT: "Something held about you was corrected.",
    Act.FIELD_DISCLOSE: "Something was handed to a recipient named in the policy.",
    Act.FIELD_OPEN: "Something held about you was opened.",
    Act.LETTER_SEND: "A letter was sent to you.",
    Act.PASSKEY_ADD: "A passkey was added.",
    Act.PASSKEY_REMOVE: "A passkey was removed.",
    Act.PASSWORD_CHANGE: "Your password was changed.",
    Act.RECOVERY_CODES_MAKE: "New recovery codes were made.",
    Act.SESSION_END: "You were signed out.",
    Act.SESSION_START: "You signed in.",
    Act.SIGN_UP_BEGIN: "A sign-up was begun.",
    Act.SIGN_UP_EXPIRE: "A sign-up was not finished in time and was removed.",
    Act.SUBJECT_ERASE: "Erasure was asked for.",
    Act.SUBJECT_SHRED: "The keys to your data were destroyed.",
    Act.TOTP_ADD: "A second sign-in factor was added.",
    Act.TOTP_REMOVE: "The second sign-in factor was removed.",
}
"""What a person reads for each act that can be about them. An act that is not here is shown by its own name."""

_KINDS = {"operator": "the operator", "person": "you", "system": "the program", "visitor": "you, not yet signed in"}
_UNITS = {"d": "day", "m": "month", "y": "year"}


def act(name: str) -> str:
    return ACTS.get(name, name)


def who(by: Mapping[str, str]) -> str:
    """An entry's actor: you, the program and its task, or someone in a job on a case."""
    if by["kind"] == "staff":
        case = f", on the case {by['case']}" if by.get("case") else ""
        return f"{by.get('job', 'staff')}{case}"
    name = by.get("name")
    return _KINDS[by["kind"]] + (f" ({name.replace('_', ' ')})" if name else "")


def title(policy: Policy, datum: str) -> str:
    declared = policy.data.get(datum)
    return (declared.title if declared else "") or datum.replace("_", " ").capitalize()


def day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()


def retention(kept: RetentionClass, since: date) -> str:
    """How long something collected on that day is kept, in words."""
    if kept.keep == UNTIL_ERASED:
        return "until you delete it"
    count, unit = int(kept.keep[:-1]), _UNITS[kept.keep[-1]]
    period = f"for {count} {unit}{'s' if count > 1 else ''}, until {kept.until(since)}"
    return f"{period}, also after a deletion: {kept.reason}" if kept.reason else f"{period}, or until you delete it"
