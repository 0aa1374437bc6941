"""What the log says has happened since a copy was made, and what of it no log can bring back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from upheld import vault
from upheld.accounts.models import Account, Passkey, Totp
from upheld.backups import staffed
from upheld.backups.again import held_in, row_of, went_back
from upheld.ledger.models import Entry
from upheld.policy.acts import Act
from upheld.vault.rows import Personal

PASSWORD, EMAIL = ("account", "password"), ("address", "email")
WAYS_IN = (Act.PASSKEY_ADD, Act.TOTP_ADD)
JOINING = (Act.MEMBER_ENROL, Act.MEMBER_INVITE)
LOSING = (Act.ACCOUNT_CREATE, Act.FIELD_CORRECT, Act.MEMBER_LEAVE, Act.REQUEST_OPEN, *WAYS_IN, *JOINING)
NAMED = 20  # ids in a sentence


@dataclass
class Lost:
    """What people have to say again, for only they know it. Each by its person."""

    corrections: dict[UUID, set[tuple[str, str]]] = field(default_factory=dict)  # (label, field) that went back
    addresses: set[UUID] = field(default_factory=set)  # people whose address is the one of before
    passwords: set[UUID] = field(default_factory=set)  # whose password opens nothing now
    ways_in: set[UUID] = field(default_factory=set)  # whose passkey or second factor is not here
    accounts: int = 0  # made since
    requests: int = 0  # opened since
    members: set[str] = field(default_factory=set)  # of staff, who have no way in now

    def lines(self) -> Sequence[str]:
        fields = sum(map(len, self.corrections.values()))
        return [
            line
            for count, line in (
                (fields, f"{fields} corrected values are the ones of before, of {_named(self.corrections)}."),
                (
                    self.addresses,
                    f"The address is the one of before, and no news goes there, of {_named(self.addresses)}.",
                ),
                (self.ways_in, f"A passkey or second factor that was added since is gone, of {_named(self.ways_in)}."),
                (self.accounts, f"{self.accounts} accounts that were made since are gone; their owners sign up again."),
                (
                    self.members,
                    f"{len(self.members)} members of staff who were invited or joined since are shut out; invite them "
                    "again.",
                ),
                (self.requests, f"{self.requests} requests that were opened since are gone; look for their letters."),
            )
            if count
        ]


def entries(start: int, acts: Sequence[str], end: int | None = None) -> Iterator[Entry]:
    """Those of these acts that stand in the log from `start` on, and before `end`, in its order."""
    found = Entry.objects.placed().filter(act__in=acts, index__gte=start)
    return (found if end is None else found.filter(index__lt=end)).iterator(chunk_size=500)


def lost(start: int, end: int | None = None) -> Lost:
    """Nothing about people who were erased: of them nothing is here."""
    found = Lost()
    for entry in entries(start, LOSING, end):
        if entry.act in JOINING:
            found.members |= {staffed.is_shut_out(entry)} - {""}
        elif entry.act == Act.MEMBER_LEAVE:
            found.members.discard(entry.facts["member"])
        if entry.subject is None or vault.is_erased(entry.subject):
            continue
        row = row_of(entry, "request" if entry.act == Act.REQUEST_OPEN else "row")
        if entry.act == Act.FIELD_CORRECT:
            if isinstance(row, Personal):
                _correction(found, row, entry)
        elif entry.act in WAYS_IN:
            if Account.objects.filter(subject=entry.subject).exists() and not _works(row):
                found.ways_in.add(entry.subject)
        elif row is None:
            found.accounts += entry.act == Act.ACCOUNT_CREATE
            found.requests += entry.act == Act.REQUEST_OPEN
    return found


def _correction(found: Lost, row: Personal, entry: Entry) -> None:
    for name in entry.facts["fields"]:
        kind = (row.label(), name)
        if kind == PASSWORD:
            found.passwords |= set() if name in held_in(row) else {row.subject}
        elif not went_back(row, name, entry):
            continue
        elif kind == EMAIL:
            found.addresses.add(row.subject)
        else:
            found.corrections.setdefault(row.subject, set()).add(kind)


def _works(row: object) -> bool:
    return isinstance(row, Passkey) or (isinstance(row, Totp) and row.confirmed_at is not None)


def _named(subjects: "dict[UUID, set[tuple[str, str]]] | set[UUID]") -> str:
    ids = sorted(map(str, subjects))
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return f"{', '.join(ids[:NAMED])}{more}"
