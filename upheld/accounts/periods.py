"""How long things last, and how often they may be tried; the one place to look."""

from datetime import timedelta

SIGN_UP_KEEPS = timedelta(hours=23)  # within the day that the policy gives it, the hourly sweep included
CODE_LASTS = timedelta(minutes=30)
CODE_TRIES = 5
CODE_SENDS = 3
RESET_LASTS = timedelta(hours=1)
PROOF_LASTS = timedelta(minutes=10)
SECOND_STEP_LASTS = timedelta(minutes=5)
CEREMONY_LASTS = timedelta(minutes=5)
VISIT_LASTS = timedelta(days=1)
