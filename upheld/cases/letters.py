"""The letters of this room: to the person whose data an emergency opened, and to the privacy officer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from upheld.contact.languages import day
from upheld.contact.letters import Code, Wording, on_site

OPENINGS = "/account/openings/"
MOST = 20  # reports that one letter counts out; the desk has them all


@dataclass(frozen=True)
class EmergencyOpened(Wording):
    """To the person, when it begins: what for, and that they may ask. Who it was is not said: the number is enough."""

    kind = "emergency_opened"
    purpose = "security"
    subject = "Staff of ours may open your data for some minutes"
    number: str
    reason: str  # in words
    at: datetime
    minutes: int

    @classmethod
    def sample(cls) -> "EmergencyOpened":
        return cls("E-7K3Q9XMT", "A court or an authority ordered it", datetime(2026, 12, 31, tzinfo=UTC), 15)

    def paragraphs(self) -> Sequence[str]:
        return (
            f"On {day(self.at)} two of our staff agreed that one of them may open data about you for {self.minutes} "
            "minutes, although it is not their usual work. The reason that they gave:",
            f"{self.reason}.",
            "The number of this emergency:",
            Code(self.number),
            "Our privacy officer reviews it. Each thing that is opened is shown in your account:",
            on_site(OPENINGS),
            "If you want to know more, or think that it was wrong, answer this letter and name the number.",
        )


@dataclass(frozen=True)
class OddityReport(Wording):
    """To the privacy officer: kinds, pseudonyms and figures, nobody's data."""

    kind = "oddity_report"
    purpose = "security"
    subject = "Something about openings is out of the ordinary"
    reports: tuple[str, ...]

    @classmethod
    def sample(cls) -> "OddityReport":
        return cls(("S-7KQ4M: Opened far more than usual (31 openings in an hour, usually 6)",))

    def paragraphs(self) -> Sequence[str]:
        more = len(self.reports) - MOST
        return (
            "These reports about members of staff wait for you:",
            *(f"{each}." for each in self.reports[:MOST]),
            *([f"And {more} more."] if more > 0 else []),
            "To look into them, and to close each with an outcome:",
            on_site("/desk/oversight/"),
        )
