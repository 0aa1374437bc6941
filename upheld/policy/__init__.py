"""What may happen: the policy file, the promises in it, and the decisions that follow. No Django here."""

from upheld.policy.covered import Coverage, coverage
from upheld.policy.decisions import Allowed, Denied, may, require
from upheld.policy.differences import Change, Effect, diff
from upheld.policy.document import Policy
from upheld.policy.errors import Malformed, PolicyError, Refused
from upheld.policy.loader import load, loads
from upheld.policy.promises import Promise
from upheld.policy.sections import RIGHTS
from upheld.policy.tables import Table, show

__all__ = [
    "RIGHTS",
    "Allowed",
    "Change",
    "Coverage",
    "Denied",
    "Effect",
    "Malformed",
    "Policy",
    "PolicyError",
    "Promise",
    "Refused",
    "Table",
    "coverage",
    "diff",
    "load",
    "loads",
    "may",
    "require",
    "show",
]
