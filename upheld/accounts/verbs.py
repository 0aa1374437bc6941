"""What people do here. The verbs stand in modules named for what they are about; this is the list of them."""

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

__all__ = [
    "begin_sign_up",
    "confirm_sign_up",
    "end_other_sessions",
    "end_session",
    "expire_sessions",
    "expire_sign_ups",
    "has_second_factor",
    "resend_code",
    "sessions_of",
    "sign_in",
    "start_session",
]
