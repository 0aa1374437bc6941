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
ORDER = "order"
LETTER = "letter"
BILLING, FULFILMENT = "billing", "fulfilment"
VISITORS = frozenset({SIGN_UP, SIGN_IN})
"""The purposes for which data may be used before we know who is there: to find out, and for nothing else."""
GUESTS = frozenset({BILLING, FULFILMENT})
"""And those for which a guest's own order is, where the policy lets guests order."""

RIGHTS = (
    Promise.BY_EMAIL, Promise.SEE, Promise.CORRECT, Promise.DELETE, Promise.OPT_OUT_ANY_TIME, Promise.CONCERN,
    Promise.TELL_US_NOW,
)  # fmt: skip

JOBS = (Promise.JOB_BOUND,)
NEWS, CATALOGUE, MEMBERS, OVERSIGHT = "news", "catalogue", "staff", "oversight"
"""Kinds of case that are about nobody: work for the company, which a job of the policy may name beside the others."""

RELEASES = "products"
"""The kind of case of whoever publishes releases and reads how they are used: work about nobody."""
BUILDS = "builds"
"""The purpose for which a build's number is used: to give somebody their copy, and to answer them about it."""

BACKUPS = (Promise.ONLINE_AND_OFFLINE, Promise.DELETE)

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
    work: str = ""  # a kind of case: staff whose job works on such cases do this for the company, about nobody
    refuses: Callable[[Policy, str], str] | None = None


def _by(
    *kinds: Kind,
    promises: tuple[Promise, ...] = (),
    source: str = "",
    purpose: str = "",
    datum: str = "",
    about_someone: bool = True,
    work: str = "",
    refuses: Callable[[Policy, str], str] | None = None,
) -> Standing:
    return Standing(frozenset(kinds), frozenset(promises), source, purpose, datum, about_someone, work, refuses)


def _topic(policy: Policy, purpose: str) -> str:
    """A choice is about one of the policy's topics, or, with none named, about all of them."""
    if not policy.topics:
        return "no purpose declares a choice"
    return "" if not purpose or purpose in policy.topics else f"purposes.{purpose} declares no choice"


STANDING = MappingProxyType(
    {
        Act.ACCOUNT_CREATE: _by(PERSON, SYSTEM, VISITOR, source=SIGN_UP),
        Act.ACCOUNT_RESET: _by(PERSON, VISITOR, purpose=SIGN_IN),
        Act.ADDRESS_BOUNCE: _by(SYSTEM, datum="email"),
        Act.ADDRESS_CHANGE: _by(PERSON, promises=(Promise.CORRECT,), datum="email"),
        Act.ADDRESS_CHANGE_EXPIRE: _by(SYSTEM, datum="email"),
        Act.ADDRESS_UNKNOWN: _by(VISITOR, purpose=SIGN_IN, about_someone=False),
        Act.ADDRESS_VERIFY: _by(PERSON, VISITOR, datum="email"),
        Act.ALARM_SEND: _by(SYSTEM, promises=(Promise.TELL_US_NOW, Promise.CONCERN)),
        Act.ARTEFACT_KEEP: _by(
            OPERATOR, STAFF, SYSTEM, promises=(Promise.SIGN_UP_FIRST,), about_someone=False, work=RELEASES
        ),
        Act.BACKUP_MAKE: _by(OPERATOR, SYSTEM, promises=BACKUPS, about_someone=False),
        Act.BACKUP_RESTORE: _by(OPERATOR, SYSTEM, promises=BACKUPS, about_someone=False),
        Act.BUILD_FORGET: _by(PERSON, SYSTEM, VISITOR, promises=(Promise.DELETE,), about_someone=False),
        Act.BUILD_ISSUE: _by(OPERATOR, PERSON, promises=(Promise.SIGN_UP_FIRST,), datum="build"),
        Act.BUILD_STOP: _by(PERSON, SYSTEM, VISITOR, promises=(Promise.CHOICES,), about_someone=False),
        Act.CARD_ADD: _by(PERSON, SYSTEM, VISITOR, datum="card"),
        Act.CARD_CHOOSE: _by(PERSON, datum="card"),
        Act.CARD_REMOVE: _by(PERSON, SYSTEM, datum="card"),
        Act.CASE_CLOSE: _by(STAFF, SYSTEM, promises=JOBS),
        Act.CASE_HAND_BACK: _by(STAFF, SYSTEM, promises=JOBS),
        Act.CASE_HAND_OVER: _by(STAFF, promises=JOBS),
        Act.CASE_START: _by(STAFF, promises=JOBS),
        Act.CASE_TAKE: _by(STAFF, promises=JOBS),
        Act.CHECKS_RUN: _by(OPERATOR, SYSTEM, promises=tuple(Promise), about_someone=False),
        Act.CHOICE_RECORD: _by(PERSON, SYSTEM, VISITOR, promises=(Promise.OPT_OUT_ANY_TIME,), refuses=_topic),
        Act.CODE_SEND: _by(PERSON, SYSTEM, VISITOR, datum="email"),
        Act.CONVERSATION_ANSWER: _by(STAFF, source=LETTER),
        Act.CONVERSATION_CLOSE: _by(PERSON, STAFF, SYSTEM, source=LETTER),
        Act.CONVERSATION_OPEN: _by(PERSON, SYSTEM, VISITOR, source=LETTER),
        Act.COUNTS_EXPIRE: _by(SYSTEM, promises=(Promise.BUILD_NUMBER,), about_someone=False),
        Act.CORRECTION_PROPOSE: _by(STAFF, promises=(Promise.CORRECT,)),
        Act.DATA_EXPORT: _by(PERSON, promises=(Promise.SEE,)),
        Act.DATA_SEE: _by(PERSON, promises=(Promise.SEE,)),
        Act.DOCUMENT_ISSUE: _by(PERSON, STAFF, SYSTEM, VISITOR, purpose=BILLING),
        Act.DOCUMENT_MAKE: _by(PERSON, STAFF, purpose=BILLING),
        Act.FIELD_COLLECT: _by(PERSON, SYSTEM, VISITOR),
        Act.FIELD_COPY: _by(STAFF, promises=JOBS),
        Act.FIELD_CORRECT: _by(PERSON, promises=(Promise.CORRECT,)),
        Act.FIELD_DISCLOSE: _by(PERSON, STAFF, SYSTEM, VISITOR),
        Act.FIELD_MASK: _by(STAFF, promises=JOBS),
        Act.FIELD_OPEN: _by(PERSON, STAFF, SYSTEM, VISITOR),
        Act.FIELD_PRINT: _by(STAFF, promises=JOBS),
        Act.FIGURES_PUBLISH: _by(SYSTEM, promises=(Promise.BUILD_NUMBER,), about_someone=False),
        Act.GLASS_AGREE: _by(STAFF, promises=JOBS, about_someone=False),
        Act.GLASS_ASK: _by(STAFF, promises=JOBS, about_someone=False),
        Act.GLASS_REVIEW: _by(STAFF, promises=JOBS, about_someone=False, work=OVERSIGHT),
        Act.HOLD_PLACE: _by(STAFF, promises=(Promise.DELETE,)),
        Act.HOLD_RELEASE: _by(STAFF, SYSTEM, promises=(Promise.DELETE,)),
        Act.INTEREST_RECORD: _by(PERSON, promises=(Promise.EXPRESSED_INTEREST,)),
        Act.KEYS_ROTATE: _by(OPERATOR, SYSTEM, promises=(Promise.PRECAUTIONS, Promise.ONLINE_AND_OFFLINE)),
        Act.LETTER_DELIVER: _by(SYSTEM, datum="email"),
        Act.LETTER_SEND: _by(PERSON, STAFF, SYSTEM, VISITOR, datum="email"),
        Act.MAIL_TAKE: _by(SYSTEM, source=LETTER, about_someone=False),
        Act.MESSAGE_ADD: _by(PERSON, STAFF, SYSTEM, VISITOR, source=LETTER),
        Act.MEMBER_CHANGE: _by(OPERATOR, STAFF, promises=JOBS, about_someone=False, work=MEMBERS),
        Act.MEMBER_ENROL: _by(STAFF, promises=JOBS, about_someone=False),
        Act.MEMBER_INVITE: _by(OPERATOR, STAFF, promises=JOBS, about_someone=False, work=MEMBERS),
        Act.MEMBER_LEAVE: _by(OPERATOR, STAFF, promises=JOBS, about_someone=False, work=MEMBERS),
        Act.MEMBER_NAME: _by(STAFF, promises=JOBS, about_someone=False, work=OVERSIGHT),
        Act.NEWS_COMPOSE: _by(OPERATOR, STAFF, promises=(Promise.NEWS_UNLESS_TOLD,), about_someone=False, work=NEWS),
        Act.NEWS_SEND: _by(OPERATOR, STAFF, promises=(Promise.NEWS_UNLESS_TOLD,), about_someone=False, work=NEWS),
        Act.NOTE_KEEP: _by(STAFF, promises=JOBS),
        Act.NOTICE_ANSWER: _by(OPERATOR, STAFF, SYSTEM, promises=(Promise.CORRECT, Promise.DELETE)),
        Act.NOTICE_SEND: _by(OPERATOR, STAFF, SYSTEM, promises=(Promise.CORRECT, Promise.DELETE)),
        Act.ODDITY_CLOSE: _by(STAFF, promises=JOBS, about_someone=False, work=OVERSIGHT),
        Act.ODDITY_NOTICE: _by(SYSTEM, promises=JOBS, about_someone=False),
        Act.ORDER_CANCEL: _by(PERSON, STAFF, SYSTEM, source=ORDER),
        Act.ORDER_DELIVER: _by(STAFF, SYSTEM, purpose=FULFILMENT),
        Act.ORDER_DRAFT: _by(PERSON, VISITOR, source=ORDER),
        Act.ORDER_EXPIRE: _by(SYSTEM, source=ORDER),
        Act.ORDER_MEND: _by(PERSON, SYSTEM, source=ORDER),
        Act.ORDER_PACK: _by(STAFF, purpose=FULFILMENT),
        Act.ORDER_PLACE: _by(PERSON, VISITOR, source=ORDER),
        Act.ORDER_REFUND: _by(PERSON, STAFF, SYSTEM, purpose=BILLING),
        Act.ORDER_SHIP: _by(STAFF, SYSTEM, purpose=FULFILMENT),
        Act.ORDER_TROUBLE: _by(PERSON, STAFF, SYSTEM, VISITOR, source=ORDER),
        Act.PASSKEY_ADD: _by(PERSON, datum="passkey"),
        Act.PASSKEY_REMOVE: _by(PERSON, datum="passkey"),
        Act.PASSWORD_CHANGE: _by(PERSON, datum="password"),
        Act.PAYMENT_INSTRUCT: _by(PERSON, STAFF, SYSTEM, VISITOR, purpose=BILLING),
        Act.PAYMENT_RECORD: _by(PERSON, STAFF, SYSTEM, VISITOR, purpose=BILLING),
        Act.POLICY_PUBLISH: _by(OPERATOR, promises=(Promise.PUBLISHED,), about_someone=False),
        Act.PRODUCT_CHANGE: _by(OPERATOR, STAFF, source=ORDER, about_someone=False, work=CATALOGUE),
        Act.RECOVERY_CODES_MAKE: _by(PERSON, datum="totp"),
        Act.RELATION_DECLARE: _by(STAFF, promises=JOBS, about_someone=False),
        Act.RELEASE_PUBLISH: _by(
            OPERATOR, STAFF, promises=(Promise.SIGN_UP_FIRST,), about_someone=False, work=RELEASES
        ),
        Act.RELEASE_WITHDRAW: _by(
            OPERATOR, STAFF, promises=(Promise.SIGN_UP_FIRST,), about_someone=False, work=RELEASES
        ),
        Act.REPORT_TAKE: _by(VISITOR, promises=(Promise.BUILD_NUMBER,), purpose="usage", about_someone=False),
        Act.REPORTS_COUNT: _by(SYSTEM, promises=(Promise.BUILD_NUMBER,), purpose="usage", about_someone=False),
        Act.REQUEST_CONFIRM: _by(PERSON, VISITOR, promises=RIGHTS),
        Act.REQUEST_OPEN: _by(PERSON, STAFF, SYSTEM, VISITOR, promises=RIGHTS),
        Act.REQUEST_STEP: _by(PERSON, STAFF, SYSTEM, VISITOR, promises=RIGHTS),
        Act.RESTRICTION_LIFT: _by(PERSON, STAFF, SYSTEM, promises=RIGHTS),
        Act.RESTRICTION_PLACE: _by(PERSON, STAFF, SYSTEM, promises=RIGHTS),
        Act.RETENTION_END: _by(SYSTEM, promises=(Promise.DELETE,)),
        Act.ROW_REMOVE: _by(PERSON, SYSTEM, promises=(Promise.DELETE,)),
        Act.SEARCH_MAKE: _by(STAFF, promises=JOBS, about_someone=False),
        Act.SESSION_END: _by(PERSON, SYSTEM, purpose=SIGN_IN),
        Act.SESSION_START: _by(PERSON, VISITOR, purpose=SIGN_IN),
        Act.SIGN_UP_BEGIN: _by(VISITOR, source=SIGN_UP),
        Act.SIGN_UP_EXPIRE: _by(SYSTEM, source=SIGN_UP),
        Act.STAFF_PASSKEY_ADD: _by(STAFF, promises=JOBS, about_someone=False),
        Act.STAFF_PASSKEY_REMOVE: _by(STAFF, promises=JOBS, about_someone=False),
        Act.STAFF_SESSION_END: _by(OPERATOR, STAFF, SYSTEM, promises=JOBS, about_someone=False),
        Act.STAFF_SESSION_START: _by(STAFF, promises=JOBS, about_someone=False),
        Act.STAFF_TOTP_ADD: _by(STAFF, promises=JOBS, about_someone=False),
        Act.STAFF_TOTP_REMOVE: _by(STAFF, promises=JOBS, about_someone=False),
        Act.SUBJECT_ERASE: _by(PERSON, SYSTEM, promises=(Promise.DELETE,)),
        Act.SUBJECT_KEEP: _by(PERSON, promises=(Promise.DELETE,)),
        Act.SUBJECT_SHRED: _by(PERSON, SYSTEM, promises=(Promise.DELETE,)),
        Act.TERMINAL_ALLOW: _by(STAFF, promises=JOBS, about_someone=False),
        Act.TOTP_ADD: _by(PERSON, datum="totp"),
        Act.TOTP_REMOVE: _by(PERSON, datum="totp"),
    }
)
