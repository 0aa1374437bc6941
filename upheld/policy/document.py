"""A policy: what one file declares and says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from upheld.policy.declarations import Controller, Datum, Job, Purpose, Recipient, RetentionClass, Usage
from upheld.policy.promises import Promise
from upheld.policy.prose import Sentence


@dataclass(frozen=True, eq=False)
class Policy:
    """One version of a policy. Two are the same when their bytes are; mappings keep the file's order."""

    id: str
    title: str
    sidebar_label: str
    effective: date
    controller: Controller
    products: tuple[str, ...]
    sources: Mapping[str, str]
    data: Mapping[str, Datum]
    purposes: Mapping[str, Purpose]
    recipients: Mapping[str, Recipient]
    jobs: Mapping[str, Job]
    retention: Mapping[str, RetentionClass]
    usage: Usage  # what builds may report
    guests: tuple[str, ...]  # what people may do who have not signed up: order
    undo: int  # days for which a person can take a deletion back; 0: it is carried out at once
    notice: int  # days between publishing a later version and the date from which it holds
    digest: str  # SHA-256 of `text`, hexadecimal
    text: bytes
    prose: str  # the Markdown after the front matter
    sentences: tuple[Sentence, ...]
    promises: frozenset[Promise]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Policy) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<Policy {self.id} of {self.effective}, {self.digest[:16]}>"

    @property
    def topics(self) -> tuple[str, ...]:
        """The purposes that a person may refuse or accept, in the order of the file."""
        return tuple(name for name, purpose in self.purposes.items() if purpose.choice)

    def retention_class(self, label: str, datum: str) -> str:
        """The name of the class that the datum of the model labelled so rests in."""
        field = f"{label}.{datum}"
        default = ""
        for name, kept in self.retention.items():
            if field in kept.fields:
                return name
            if not kept.fields:
                default = name
        return default

    def purposes_of(self, datum: str) -> Mapping[str, Purpose]:
        """The purposes that use the datum, in the order of the file."""
        return {name: purpose for name, purpose in self.purposes.items() if datum in purpose.uses}

    def job_on(self, kind: str) -> str | None:
        """The job that works on cases of this kind, the first of the file."""
        return next((name for name, job in self.jobs.items() if kind in job.during), None)

    def fields_of(self, source: str) -> tuple[str, ...]:
        """The data that come in by this source, in the order of the file."""
        return tuple(name for name, datum in self.data.items() if source in datum.sources)
