"""Who does something. Every verb names its actor (`by=`), and the ledger keeps it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    OPERATOR = "operator"  # whoever runs the server's commands; has no job, opens nothing
    PERSON = "person"  # the subject, signed in or proven by a code
    STAFF = "staff"  # a member of staff, in a job
    SYSTEM = "system"  # the program itself, by the name of the task
    VISITOR = "visitor"  # someone whom we do not know yet


@dataclass(frozen=True, slots=True)
class Case:
    """The open matter that a member of staff works on, and the person it is about."""

    kind: str
    id: UUID
    subject: UUID
    open: bool = True


@dataclass(frozen=True, slots=True)
class Actor:
    kind: Kind
    id: UUID | None = None
    name: str = ""
    job: str = ""
    case: Case | None = None

    @classmethod
    def operator(cls) -> "Actor":
        return cls(Kind.OPERATOR)

    @classmethod
    def person(cls, subject: UUID) -> "Actor":
        return cls(Kind.PERSON, id=subject)

    @classmethod
    def staff(cls, id: UUID, *, job: str, case: Case | None = None) -> "Actor":
        return cls(Kind.STAFF, id=id, job=job, case=case)

    @classmethod
    def system(cls, name: str) -> "Actor":
        return cls(Kind.SYSTEM, name=name)

    @classmethod
    def visitor(cls) -> "Actor":
        return cls(Kind.VISITOR)
