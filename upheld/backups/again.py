"""What is on record is done again to rows that a restore has brought back, one entry at a time.

Each returns whether it changed anything, so that doing all of it once more shows whether all of it is done. None adds
to the ledger, where it stands already; none needs a key.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import models

from upheld import vault
from upheld.accounts.models import Account, RecoveryCode, new_stamp
from upheld.backups import reported, staffed
from upheld.contact.burning import burn_letter
from upheld.contact.delivering import UNKNOWN
from upheld.contact.models import Address, Letter
from upheld.ledger.models import Entry
from upheld.orders import issuing
from upheld.orders.models import Line, Order, Step
from upheld.policy.acts import Act
from upheld.rights.models import ENDED, Request, RequestStep
from upheld.vault import envelope, expiring, index, notices
from upheld.vault.errors import Damaged
from upheld.vault.models import Hold, Lookup
from upheld.vault.rows import AboutPerson, Personal

Again = Callable[[Entry], bool]
GO_WITH: Mapping[type[AboutPerson], tuple[type[AboutPerson], ...]] = {Order: (Line, Step), Request: (RequestStep,)}
"""Rows that go with one such as these without an entry of their own: they hold nothing sealed."""
SAME = timedelta(seconds=1)
"""What is recorded of a person and its entry are written in one transaction: this near, the same word is the one that
the entry is of."""


def whose(entry: Entry) -> UUID:
    assert entry.subject is not None  # every act of AGAIN is about somebody
    return entry.subject


def row_of(entry: Entry, fact: str = "row") -> Any:
    """The row that an entry names, if it is here; None too for a kind of row that there is no more."""
    label, _, id = str(entry.facts.get(fact, "")).partition(":")
    model = next((each for each in vault.people() if each.label() == label), None)
    return model._base_manager.filter(subject=whose(entry), pk=UUID(id)).first() if model and id else None


def removed(entry: Entry) -> bool:
    """The row goes, or all of it that no law has us keep; who received something of it is told again."""
    row = row_of(entry)
    if row is None:
        return False
    if "kept" in entry.facts:
        return _trimmed(row, frozenset(entry.facts["kept"]))
    if isinstance(row, Personal):
        notices.after_removal(row)
    if isinstance(row, Letter):
        burn_letter(row.pk)
    for model in GO_WITH.get(type(row), ()):
        model._base_manager.filter(subject=row.subject, **{row.label(): row.pk}).delete()
    Lookup.objects.filter(subject=row.subject, row=row.pk).delete()
    row.delete()
    return True


def ended(entry: Entry) -> bool:
    """What a class of the policy kept for a period goes again."""
    row, retention = row_of(entry), entry.facts["class"]
    if isinstance(row, Personal) and retention in row.classes():
        expiring.cut(row, retention)
        return True
    if row is not None and not isinstance(row, Personal):
        row.delete()
        return True
    return False


def bounced(entry: Entry) -> bool:
    rows = Address.objects.filter(subject=whose(entry), bounced_at=None)
    here = rows.filter(models.Q(verified_at=None) | models.Q(verified_at__lte=entry.at))
    return bool(here.filter(pk=row_id(entry)).update(bounced_at=entry.at))


def moved(entry: Entry) -> bool:
    """The address of before is back: no news goes there."""
    row = row_of(entry)
    if not isinstance(row, Address) or row.bounced_at or not went_back(row, "email", entry):
        return False
    row.bounced_at = entry.at
    row.save(update_fields=["bounced_at"])
    return True


def row_id(entry: Entry, fact: str = "row") -> UUID:
    return UUID(str(entry.facts[fact]).partition(":")[2])


def held(entry: Entry) -> bool:
    """A hold that was placed, with the days that were told."""
    id = row_id(entry, "hold")
    if Hold.objects.filter(pk=id).exists():
        return False
    until = date.fromisoformat(entry.facts["until"])
    Hold.objects.create(id=id, subject=whose(entry), reason=entry.facts["reason"], placed_at=entry.at, until=until)
    return True


def let_go(entry: Entry) -> bool:
    standing = Hold.objects.filter(subject=whose(entry), pk=row_id(entry, "hold"), released_at=None)
    return bool(standing.update(released_at=entry.at))


def password_changed(entry: Entry) -> bool:
    """The one of before would open the account again: it opens nothing now, and its owner sets a new one by letter."""
    account = Account.objects.filter(subject=whose(entry)).first()
    if not isinstance(account, Account) or not went_back(account, "password", entry):
        return False
    account.sealed = envelope.pack(each for each in account.envelopes() if "password" not in each.fields)
    account.stamp = new_stamp()
    account.save(update_fields=["sealed", "stamp"])
    return True


def codes_changed(entry: Entry) -> bool:
    """New recovery codes were made, or one was used up: those of before serve no more."""
    if entry.act == Act.SESSION_START and "recovery_code" not in entry.facts.get("ways", ()):
        return False
    return bool(RecoveryCode.objects.filter(subject=whose(entry)).delete()[0])


def letter_left(entry: Entry) -> bool:
    """It was handed over once already, and what became of it is not known here."""
    waiting = Letter.objects.filter(subject=whose(entry), pk=row_id(entry, "letter"), due_at__isnull=False)
    return bool(
        waiting.update(ending=UNKNOWN, ended_at=entry.at, words=b"", due_at=None, tried_at=None, lane=None),
    )


def stepped(entry: Entry) -> bool:
    """A request came further. Each step is taken once, in the order of the log, so that the last one holds."""
    request = row_of(entry, "request")
    if not isinstance(request, Request):
        return False
    said = {"state": entry.facts["state"], "reason": entry.facts.get("reason") or ""}
    near = (entry.at - SAME, entry.at + SAME)
    mine = RequestStep.objects.filter(subject=request.subject, request=request.pk)
    if mine.filter(**said, at__range=near).exists():
        return False
    RequestStep.objects.create(subject=request.subject, request=request.pk, at=entry.at, **said)
    request.state, request.reason = said["state"], said["reason"]
    request.ended_at = entry.at if request.state in ENDED else None
    request.save(update_fields=["state", "reason", "ended_at"])
    return True


def numbered(entry: Entry) -> bool:
    """The number of a document that is gone is given to no other."""
    return issuing.keep_number(entry.facts["number"])


AGAIN: Mapping[str, tuple[str, Again]] = {
    Act.ADDRESS_BOUNCE: ("", bounced),
    Act.ADDRESS_CHANGE: ("", moved),
    Act.ADDRESS_CHANGE_EXPIRE: ("", removed),
    Act.BUILD_FORGET: ("builds", reported.forgotten),
    Act.BUILD_STOP: ("builds", reported.stopped),
    Act.CASE_CLOSE: ("cases", staffed.turned),
    Act.CASE_HAND_BACK: ("cases", staffed.turned),
    Act.CASE_HAND_OVER: ("cases", staffed.handed_over),
    Act.CASE_START: ("cases", staffed.taken),
    Act.CASE_TAKE: ("cases", staffed.taken),
    Act.DOCUMENT_ISSUE: ("numbers", numbered),
    Act.FIGURES_PUBLISH: ("figures", reported.published),
    Act.GLASS_AGREE: ("cases", staffed.agreed),
    Act.GLASS_ASK: ("cases", staffed.asked),
    Act.GLASS_REVIEW: ("cases", staffed.reviewed),
    Act.HOLD_PLACE: ("holds", held),
    Act.HOLD_RELEASE: ("holds", let_go),
    Act.LETTER_DELIVER: ("letters", letter_left),
    Act.MEMBER_LEAVE: ("staff", staffed.left),
    Act.PASSKEY_REMOVE: ("removed", removed),
    Act.PASSWORD_CHANGE: ("passwords", password_changed),
    Act.RECOVERY_CODES_MAKE: ("", codes_changed),
    Act.RELEASE_WITHDRAW: ("builds", reported.withdrawn),
    Act.REQUEST_CONFIRM: ("requests", stepped),
    Act.REQUEST_STEP: ("requests", stepped),
    Act.RETENTION_END: ("removed", ended),
    Act.ROW_REMOVE: ("removed", removed),
    Act.SESSION_START: ("", codes_changed),
    Act.SIGN_UP_EXPIRE: ("", removed),
    Act.STAFF_PASSKEY_REMOVE: ("staff", staffed.passkey_removed),
    Act.STAFF_TOTP_REMOVE: ("staff", staffed.codes_removed),
    Act.TOTP_REMOVE: ("removed", removed),
}
"""What is done again for an entry of each act, and under which name of `Replayed` it counts."""
NOT_OF_THE_ERASED = frozenset(
    {
        Act.CASE_HAND_OVER, Act.CASE_START, Act.CASE_TAKE, Act.GLASS_ASK, Act.HOLD_PLACE, Act.HOLD_RELEASE,
        Act.REQUEST_CONFIRM, Act.REQUEST_STEP,
    }
)  # fmt: skip
"""Of what a law keeps of them, and of numbers, the rest is done again all the same."""


def went_back(row: Personal, field: str, entry: Entry) -> bool:
    """Whether this row has a value from before the entry, which recorded another one."""
    origin = held_in(row).get(field)
    return origin is not None and origin.at < int(entry.at.timestamp())


def held_in(row: Personal) -> Mapping[str, envelope.Origin]:
    """Of a row that nobody can read: nothing."""
    try:
        return row.held()
    except Damaged:
        return {}


def _trimmed(row: Personal, kept: frozenset[str]) -> bool:
    going = row.classes() - kept
    if not going:
        return False
    notices.after_removal(row)
    envelopes = row.envelopes()
    index.leave(row, [name for each in envelopes if each.retention in going for name in each.fields])
    row.sealed = envelope.pack(each for each in envelopes if each.retention not in going)
    row.save(update_fields=["sealed"])
    return True
