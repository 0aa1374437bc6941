"""What every column that is not sealed holds, and why it is no personal datum. A text column that is not here is
unaccounted for, and breaks the promise `inventory`."""

from collections.abc import Mapping

KINDS = ("UUIDField", "DateTimeField", "DateField", "BooleanField", "FloatField", "SubjectKey")
NUMBERS = (
    "IntegerField",
    "BigIntegerField",
    "PositiveIntegerField",
    "PositiveSmallIntegerField",
    "BigAutoField",
    "AutoField",
)
"""Ids, times, flags and numbers: which person, how often and when, never what they gave us."""

ACCOUNTED: Mapping[str, str] = {
    "accounts_account.stamp": "random; changes with the password",
    "accounts_addresschange.digest": "keyed digest of a code",
    "accounts_allowance.key": "keyed digest of whose limit it is",
    "accounts_recoverycode.digest": "keyed digest of a code",
    "accounts_reset.digest": "keyed digest of a link",
    "accounts_session.data": "ids and times of a session",
    "accounts_session.digest": "digest of a session's secret",
    "accounts_signup.digest": "keyed digest of a code",
    "accounts_visit.data": "ids and times of a visitor's session",
    "accounts_visit.digest": "digest of a session's secret",
    "contact_choice.source": "where a choice was made",
    "contact_choice.topic": "a topic of the policy",
    "contact_letter.kind": "the kind of a letter",
    "evidence_checkrun.details": "what a check saw: ids and counts",
    "evidence_checkrun.figure": "what a check counted",
    "evidence_checkrun.promise": "a promise",
    "evidence_checkrun.verdict": "a verdict",
    "ledger_checkpoint.note": "a signed size and root",
    "ledger_checkpoint.root": "a digest",
    "ledger_entry.act": "the name of an act",
    "ledger_entry.body": "typed facts; the ledger refuses free text",
    "ledger_entry.salt": "random",
    "ledger_tile.data": "digests",
    "vault_disclosure.because": "the id of an order or request",
    "vault_disclosure.fields": "names of data",
    "vault_disclosure.purpose": "a purpose of the policy",
    "vault_disclosure.recipient": "a recipient of the policy",
    "vault_lookup.digest": "keyed digest of a value",
    "vault_lookup.field": "the name of a field",
    "vault_keys_datakey.retention": "a retention class",
    "vault_keys_datakey.wrapped": "a key, wrapped",
    "vault_keys_erasure.because": "request, or expired",
    "vault_keys_erasure.by": "a kind of actor",
    "vault_keys_servicekey.name": "the name of a key",
    "vault_keys_servicekey.wrapped": "a key, wrapped",
}

FRAMEWORK = ("django_", "auth_")
"""Tables of Django and its tasks: names of models, permissions, migrations and functions. A task is told ids only."""
EMPTY = ("auth_group", "auth_group_permissions", "auth_user")
