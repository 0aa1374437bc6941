"""What is said of a promise, and how several findings become one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from upheld.policy import Promise
from upheld.policy.checks import Finding


class Mark(StrEnum):
    BROKEN = "broken"
    NOT_ENFORCED = "not_enforced"
    UNKNOWN = "unknown"
    UPHELD = "upheld"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`figure` is what was counted, in words; `checked_at` is None for a promise that was never looked at."""

    name: Promise
    verdict: Mark
    figure: str
    checked_at: datetime | None
    seconds: float
    details: tuple[str, ...] = ()

    @property
    def upheld(self) -> bool:
        return self.verdict is Mark.UPHELD


NO_CHECK = "Nothing in this version enforces it yet."


def mark(finding: Finding) -> Mark:
    if not finding.enforced:
        return Mark.NOT_ENFORCED
    return {True: Mark.UPHELD, False: Mark.BROKEN, None: Mark.UNKNOWN}[finding.upheld]


WORST_FIRST = (Mark.BROKEN, Mark.NOT_ENFORCED, Mark.UNKNOWN, Mark.UPHELD)
"""One broken part breaks a promise. A promise of which a part is not enforced yet is not claimed, and so it is not
unknown either, whatever its other parts are."""


def together(findings: Sequence[Finding]) -> tuple[Mark, str, tuple[str, ...]]:
    """The verdict of a promise, with the figures of the checks that decided it and everyone's details."""
    if not findings:
        return Mark.NOT_ENFORCED, NO_CHECK, ()
    worst = min((mark(each) for each in findings), key=WORST_FIRST.index)
    figures = [each.figure for each in findings if mark(each) is worst]
    return worst, "; ".join(figures), tuple(detail for each in findings for detail in each.details)


def exit_code(verdicts: Iterable[Verdict]) -> int:
    """For a command: 0 when nothing is broken or unknown, 1 when something is broken, 2 when something could not be
    told. A promise that is not enforced yet claims nothing, so it fails nothing."""
    marks = {each.verdict for each in verdicts}
    return 1 if Mark.BROKEN in marks else 2 if Mark.UNKNOWN in marks else 0
