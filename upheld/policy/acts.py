"""The vocabulary of what can happen, `room:thing:act`, alphabetical. An auditor reads this file first.

Every entry of the ledger names one of these, and every verb asks the policy about one of these. A value is
part of the ledger's format: it is never renamed or reused, only added to.
"""

from enum import StrEnum


class Act(StrEnum):
    ACCOUNT_CREATE = "accounts:account:create"
    ACCOUNT_RESET = "accounts:account:reset"
    ADDRESS_UNKNOWN = "accounts:address:unknown"
    ADDRESS_CHANGE_EXPIRE = "accounts:address_change:expire"
    CODE_SEND = "accounts:code:send"
    PASSKEY_ADD = "accounts:passkey:add"
    PASSKEY_REMOVE = "accounts:passkey:remove"
    PASSWORD_CHANGE = "accounts:password:change"  # noqa: S105 - the name of an act
    RECOVERY_CODES_MAKE = "accounts:recovery_codes:make"
    SESSION_END = "accounts:session:end"
    SESSION_START = "accounts:session:start"
    SIGN_UP_BEGIN = "accounts:sign_up:begin"
    SIGN_UP_EXPIRE = "accounts:sign_up:expire"
    TOTP_ADD = "accounts:totp:add"
    TOTP_REMOVE = "accounts:totp:remove"
    ADDRESS_CHANGE = "contact:address:change"
    ADDRESS_VERIFY = "contact:address:verify"
    CHOICE_RECORD = "contact:choice:record"
    LETTER_SEND = "contact:letter:send"
    CHECKS_RUN = "evidence:checks:run"
    POLICY_PUBLISH = "policy:version:publish"
    DATA_EXPORT = "rights:data:export"
    DATA_SEE = "rights:data:see"
    SUBJECT_ERASE = "rights:subject:erase"
    FIELD_COLLECT = "vault:field:collect"
    FIELD_CORRECT = "vault:field:correct"
    FIELD_DISCLOSE = "vault:field:disclose"
    FIELD_OPEN = "vault:field:open"
    KEYS_ROTATE = "vault:keys:rotate"
    SUBJECT_SHRED = "vault:subject:shred"
