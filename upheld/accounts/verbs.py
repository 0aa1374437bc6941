"""What people do here. The verbs stand in modules named for what they are about; this is the list of them."""

from upheld.accounts.changing import (
    begin_change_of_address,
    change_password,
    confirm_change_of_address,
    expire_address_changes,
    pending_address,
    resend_address_code,
)
from upheld.accounts.limits import forget_used
from upheld.accounts.passkeys import (
    begin_passkey,
    begin_passkey_sign_in,
    finish_passkey,
    finish_passkey_sign_in,
    passkeys_of,
    remove_passkey,
)
from upheld.accounts.proving import prove_by_code, prove_by_passkey, prove_by_password
from upheld.accounts.recovering import begin_reset, expire_resets, finish_reset, reset_of
from upheld.accounts.second_factor import (
    begin_totp,
    confirm_code,
    confirm_totp,
    make_recovery_codes,
    recovery_codes_left,
    remove_totp,
    unconfirmed_totp,
)
from upheld.accounts.signing_in import (
    end_other_sessions,
    end_session,
    expire_sessions,
    has_second_factor,
    sessions_of,
    sign_in,
    start_session,
)
from upheld.accounts.signing_up import begin_sign_up, confirm_sign_up, expire_sign_ups, resend_code
from upheld.contact.verbs import burn_orphans

__all__ = [
    "begin_change_of_address",
    "begin_passkey",
    "begin_passkey_sign_in",
    "begin_reset",
    "begin_sign_up",
    "begin_totp",
    "change_password",
    "confirm_change_of_address",
    "confirm_code",
    "confirm_sign_up",
    "confirm_totp",
    "end_other_sessions",
    "end_session",
    "expire_address_changes",
    "expire_resets",
    "expire_sessions",
    "expire_sign_ups",
    "finish_passkey",
    "finish_passkey_sign_in",
    "finish_reset",
    "forget_used",
    "has_second_factor",
    "make_recovery_codes",
    "passkeys_of",
    "pending_address",
    "prove_by_code",
    "prove_by_passkey",
    "prove_by_password",
    "recovery_codes_left",
    "remove_passkey",
    "remove_totp",
    "resend_address_code",
    "resend_code",
    "reset_of",
    "sessions_of",
    "sign_in",
    "start_session",
    "sweep",
    "unconfirmed_totp",
]


def sweep() -> None:
    """All that is over goes: for the worker, every few minutes; safe to interrupt and repeat."""
    expire_sign_ups()
    expire_address_changes()
    expire_resets()
    expire_sessions()
    forget_used()
    burn_orphans()
