"""Who may do each act, and on which promise or declaration it stands. What is not here nobody may do."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from upheld.policy.actors import Kind
from upheld.policy.acts import Act
from upheld.policy.document import Policy
from upheld.policy.promises import Promise

SIGN_UP = "sign_up"
ACCOUNTS = "account"
CORRECTIONS = (ACCOUNTS, "letter")
SIGN_IN = "sign_in"
VISITORS = frozenset({SIGN_UP, SIGN_IN})
"""The purposes for which data may be used before we know who is there: to find out, and for nothing else."""

OPERATOR, PERSON, STAFF, SYSTEM, VISITOR = Kind.OPERATOR, Kind.PERSON, Kind.STAFF, Kind.SYSTEM, Kind.VISITOR


@dataclass(frozen=True, slots=True)
class Standing:
    """One row: the kinds of actor, and what the policy must promise (any of them) or declare (all)."""

    kinds: frozenset[Kind]
    promises: frozenset[Promise] = frozenset()
    source: str = ""
    purpose: str = ""
    datum: str = ""
    about_someone: bool = True  # then a person acts on themselves alone
    refuses: Callable[[Policy, str], str] | None = None


def _by(
    *kinds: Kind,
    promises: tuple[Promise, ...] = (),
    source: str = "",
    purpose: str = "",
    datum: str = "",
    about_someone: bool = True,
    refuses: Callable[[Policy, str], str] | None = None,
) -> Standing:
    return Standing(frozenset(kinds), frozenset(promises), source, purpose, datum, about_someone, refuses)


def _topic(policy: Policy, purpose: str) -> str:
    """A choice is about one of the policy's topics, or, with none named, about all of them."""
    if not policy.topics:
        return "no purpose declares a choice"
    return "" if not purpose or purpose in policy.topics else f"purposes.{purpose} declares no choice"


STANDING = MappingProxyType(
    {
        Act.ACCOUNT_CREATE: _by(PERSON, SYSTEM, VISITOR, source=SIGN_UP),
        Act.ACCOUNT_RESET: _by(PERSON, VISITOR, purpose=SIGN_IN),
        Act.ADDRESS_CHANGE: _by(PERSON, promises=(Promise.CORRECT,), datum="email"),
        Act.ADDRESS_CHANGE_EXPIRE: _by(SYSTEM, datum="email"),
        Act.ADDRESS_UNKNOWN: _by(VISITOR, purpose=SIGN_IN, about_someone=False),
        Act.ADDRESS_VERIFY: _by(PERSON, VISITOR, datum="email"),
        Act.CHECKS_RUN: _by(OPERATOR, SYSTEM, promises=tuple(Promise), about_someone=False),
        Act.CHOICE_RECORD: _by(PERSON, VISITOR, promises=(Promise.OPT_OUT_ANY_TIME,), refuses=_topic),
        Act.CODE_SEND: _by(PERSON, SYSTEM, VISITOR, datum="email"),
        Act.DATA_EXPORT: _by(PERSON, promises=(Promise.SEE,)),
        Act.DATA_SEE: _by(PERSON, promises=(Promise.SEE,)),
        Act.FIELD_COLLECT: _by(PERSON, SYSTEM, VISITOR),
        Act.FIELD_CORRECT: _by(PERSON, promises=(Promise.CORRECT,)),
        Act.FIELD_DISCLOSE: _by(PERSON, STAFF, SYSTEM),
        Act.FIELD_OPEN: _by(PERSON, STAFF, SYSTEM, VISITOR),
        Act.KEYS_ROTATE: _by(OPERATOR, SYSTEM, promises=(Promise.PRECAUTIONS, Promise.ONLINE_AND_OFFLINE)),
        Act.LETTER_SEND: _by(PERSON, STAFF, SYSTEM, VISITOR, datum="email"),
        Act.PASSKEY_ADD: _by(PERSON, datum="passkey"),
        Act.PASSKEY_REMOVE: _by(PERSON, datum="passkey"),
        Act.PASSWORD_CHANGE: _by(PERSON, datum="password"),
        Act.POLICY_PUBLISH: _by(OPERATOR, promises=(Promise.PUBLISHED,), about_someone=False),
        Act.RECOVERY_CODES_MAKE: _by(PERSON, datum="totp"),
        Act.SESSION_END: _by(PERSON, SYSTEM, purpose=SIGN_IN),
        Act.SESSION_START: _by(PERSON, VISITOR, purpose=SIGN_IN),
        Act.SIGN_UP_BEGIN: _by(VISITOR, source=SIGN_UP),
        Act.SIGN_UP_EXPIRE: _by(SYSTEM, source=SIGN_UP),
        Act.SUBJECT_ERASE: _by(PERSON, SYSTEM, promises=(Promise.DELETE,)),
        Act.SUBJECT_SHRED: _by(PERSON, SYSTEM, promises=(Promise.DELETE,)),
        Act.TOTP_ADD: _by(PERSON, datum="totp"),
        Act.TOTP_REMOVE: _by(PERSON, datum="totp"),
    }
)
