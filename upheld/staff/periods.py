"""How long things last for staff; the one place to look."""

from datetime import timedelta

INVITATION_LASTS = timedelta(days=3)
SESSION_LASTS = timedelta(hours=10)  # a day's work, whatever happens
IDLE_LASTS = timedelta(minutes=30)
PROOF_LASTS = timedelta(minutes=15)  # within which something may be opened or changed
CEREMONY_LASTS = timedelta(minutes=5)
TERMINAL_CODE_LASTS = timedelta(minutes=10)
TERMINAL_LASTS = timedelta(hours=10)
TERMINAL_IDLE_LASTS = timedelta(hours=2)  # without a command
