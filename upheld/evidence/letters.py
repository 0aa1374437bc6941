"""The letters of this room: to the privacy officer, about a concern. They hold what the program knows, and nothing that
the person wrote: that is read on the case, and goes on record as opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from upheld.contact.languages import day
from upheld.contact.letters import Code, Wording, on_site
from upheld.evidence.verdicts import Mark, Verdict
from upheld.policy import Promise

MOST = 10  # details of a check that a letter shows


@dataclass(frozen=True)
class ConcernRaised(Wording):
    """`promise` is the one that it is about, or empty; `evidence` its verdict, or everyone's."""

    kind = "concern_raised"
    purpose = "reply"
    subject = "A concern was raised"
    number: str
    asked: datetime
    due: datetime
    promise: str
    evidence: tuple[Verdict, ...]

    @classmethod
    def sample(cls) -> "ConcernRaised":
        at = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
        seen = Verdict(Promise.SEE, Mark.UPHELD, "12 values shown, as they are held", at, 0.4)
        return cls("R-7K3Q9XMT", at, datetime(2026, 12, 31, tzinfo=UTC), Promise.SEE, (seen,))

    def paragraphs(self) -> Sequence[str]:
        return (self.opening(), *self._answer(), *self._evidence())

    def opening(self) -> str:
        return f"Concern {self.number} came in at {_time(self.asked)}."

    def _answer(self) -> Sequence[str]:
        return (
            f"Its answer is due by {day(self.due)}. To read it, and to answer it:",
            on_site("/desk/queue/concern/"),
            "Or at the terminal:",
            Code(f"upheld rights show {self.number}"),
        )

    def _evidence(self) -> Sequence[str]:
        about = f"It is about the promise {self.promise}." if self.promise else "It names no promise."
        return (
            f"{about} This is what the checks saw:",
            *(line for verdict in self.evidence for line in _lines(verdict, details=bool(self.promise))),
            "To look again:",
            Code(f"upheld verify {self.promise}".strip()),
        )


class ConcernAlarm(ConcernRaised):
    kind = "concern_alarm"
    subject = "Alarm: a concern says that our policy is broken now"

    def opening(self) -> str:
        return f"{super().opening()} It says that our policy is broken now, so look at it at once."


def _lines(verdict: Verdict, *, details: bool) -> Sequence[str]:
    at = f" ({_time(verdict.checked_at)})" if verdict.checked_at else ""
    shown = verdict.details[:MOST] if details else ()
    return (f"- {verdict.name}: {_mark(verdict)}{at}. {verdict.figure}", *(f"- {each}" for each in shown))


def _mark(verdict: Verdict) -> str:
    return verdict.verdict.value.replace("_", " ")


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%H:%M} UTC on {day(at)}"
