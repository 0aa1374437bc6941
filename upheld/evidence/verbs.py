"""What people do here. Each verb's own file says how."""

from upheld.evidence.alarms import sound_due
from upheld.evidence.running import run, run_due, verdicts
from upheld.evidence.verdicts import Mark, Verdict, exit_code

run_cheap = run_due  # what the worker calls: a slow check is due rarely

__all__ = ["Mark", "Verdict", "exit_code", "run", "run_cheap", "run_due", "sound_due", "verdicts"]
