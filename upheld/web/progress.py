"""How far requests are, as the pages that keep themselves up to date show it: each with its steps and its clock, and
what an erasure waits for. Nothing is opened for it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from upheld.rights import links, reasons
from upheld.rights.erasure import waiting
from upheld.rights.models import ENDED, ErasureRequest, Request, RequestStep, Right, State

RIGHTS = {
    Right.OPT_OUT: "No more news",
    Right.ACCESS: "See what is held",
    Right.RECTIFICATION: "Correct something",
    Right.ERASURE: "Delete everything",
    Right.RESTRICTION: "Keep, but do not use",
    Right.OBJECTION: "Stop a use",
    Right.CONCERN: "A concern",
}
PART = "progress"
LASTS = timedelta(days=1)  # a link to a receipt, on a page that says no other end


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    state: str
    why: str


@dataclass(slots=True)
class Row:
    """One request, for people to read."""

    asked: Request
    until: datetime  # when its link to the receipt ends
    steps: list[Step] = field(default_factory=list)
    wait: waiting.Wait | None = None
    is_begun: bool = False  # an erasure that cannot be taken back any more
    conversation: UUID | None = None  # when there is one that they may read

    @property
    def words(self) -> str:
        return RIGHTS[Right(self.asked.right)]

    @property
    def state(self) -> str:
        return _state(self.asked.state)

    @property
    def why(self) -> str:
        return self.wait.sentence if self.wait else _reason(self.asked.reason)

    @property
    def is_over(self) -> bool:
        return self.asked.state in ENDED

    @property
    def receipt(self) -> str:
        """Where their receipt is, for whoever has this link."""
        return links.to_receipt(self.asked.subject, self.asked.pk, until=self.until)

    @property
    def days(self) -> int:
        """Of its time, from the day on which it was asked to the last."""
        return (self.asked.due_at.date() - self.asked.asked_at.date()).days

    @property
    def gone(self) -> int:
        """How many of these days are past; never more than there are."""
        return min(max((timezone.now().date() - self.asked.asked_at.date()).days, 0), self.days)


@dataclass(frozen=True, slots=True)
class Deletion:
    """That everything goes, once nothing is in its way any more; until then it can be taken back."""

    asked_at: datetime
    wait: waiting.Wait


def rows(requests: Iterable[Request], *, until: datetime | None = None) -> list[Row]:
    """In the order given; few queries, however many there are. `until` is when the page ends that shows them."""
    end = until or timezone.now() + LASTS
    found = [Row(each, end) for each in requests]
    subjects = {row.asked.subject for row in found}
    steps = _steps(subjects, [row.asked.pk for row in found])
    for row in found:
        row.steps = steps[row.asked.pk]
        if row.asked.right == Right.ERASURE and not row.is_over:
            row.wait = waiting.why(row.asked.subject)
            if row.asked.reason == reasons.Reason.AWAITS_COPY:
                row.wait = waiting.for_copy(row.asked.subject)
            row.is_begun = waiting.has_begun(row.asked.subject)
    return found


def deletion(subject: UUID, found: Sequence[Row]) -> Deletion | None:
    """One that waits and stands in no request: it was asked for on the page for it."""
    if any(row.asked.right == Right.ERASURE and not row.is_over for row in found):
        return None
    asked = ErasureRequest.objects.filter(subject=subject, farewell_at=None).first()
    wait = waiting.of(asked) if asked else None
    return Deletion(asked.asked_at, wait) if asked and wait else None


def is_moving(found: Sequence[Row]) -> bool:
    """Whether something may still become of one of them, so that it is worth looking again."""
    return not all(row.is_over for row in found)


def is_part(request: HttpRequest) -> bool:
    """Whether a page that is open asks for what has changed in it."""
    return request.GET.get("part") == PART


def _steps(subjects: set[UUID], ids: Sequence[UUID]) -> dict[UUID, list[Step]]:
    found: dict[UUID, list[Step]] = defaultdict(list)
    for step in RequestStep.objects.filter(subject__in=subjects, request__in=ids).order_by("at", "id"):
        found[step.request].append(Step(step.at, _state(step.state), _reason(step.reason)))
    return found


def _state(state: str) -> str:
    return str(reasons.STATES[State(state)])


def _reason(reason: str) -> str:
    return str(reasons.SENTENCES[reason]) if reason else ""
