"""A restored copy is brought up to what has happened since: the log first, then what it says about what was restored.

    1  the log is brought forward with its own entries (`upheld.ledger.continuing`)
    2  what people and time have ended since is ended again, from the entries that the copy does not have
    3  refusals that outlived their people
    4  everybody whom any entry, or a key store, knows to be erased is erased again
    5  keys under which nothing is held any more
    6  sessions of before serve nobody, nor links, but for what still waits for them; news that was being queued stops

Safe to repeat after a crash at any line. Nothing is sent to anybody: letters are the worker's (`telling`).
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld.accounts.models import AddressChange, Reset, Session, Visit
from upheld.backups import erased, serving, since, staffed
from upheld.backups.again import AGAIN, NOT_OF_THE_ERASED
from upheld.backups.last_words import ACTS, LastWords
from upheld.backups.reading import Log
from upheld.backups.standing import Standing
from upheld.contact import verbs as contact
from upheld.contact.models import Bulletin, Suppression
from upheld.ledger import continuing
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault.keys.models import DataKey
from upheld.vault.scrubbing import scrub
from upheld.vault.spent import destroy_spent

SPENDING = (Act.RETENTION_END, Act.ROW_REMOVE)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was done again. Done once more, it is nothing."""

    entries: int  # of the log
    counts: Counter[str]
    lost: since.Lost

    def lines(self) -> tuple[str, ...]:
        """A sentence for each that is not nothing."""
        counted = [f"{self.counts[name]} {what}" for name, what in COUNTED.items() if self.counts[name]]
        entries = [f"{self.entries} entries of the ledger brought forward."] if self.entries else []
        return (*entries, *counted, *self.lost.lines())


COUNTED = {
    "erased": "people erased again.",
    "removed": "rows removed again.",
    "choices": "choices and interests recorded again.",
    "suppressed": "refusals of erased people kept again.",
    "holds": "holds placed or ended again.",
    "restrictions": "restrictions placed or lifted again.",
    "numbers": "numbers of documents that are not here kept from being given again.",
    "requests": "requests taken further again.",
    "asked": "requests for erasure recorded again or taken back; the worker carries them out.",
    "keys": "keys destroyed under which nothing is held any more.",
    "passwords": "passwords of before made unusable; their owners set new ones with Forgot password.",
    "letters": "letters that had left already stopped.",
    "news": "news stopped that was being queued; write it again to those who did not get it.",
    "secrets": "links in letters ended; they were used since, or what they were for is over.",
    "copies": "copies of data to be offered again; the worker writes new links.",
    "sessions": "sessions ended; people sign in again.",
    "staff": "members of staff cut off, given other jobs or without a way in that they removed, again.",
    "builds": "builds stopped or deleted, and releases withdrawn, again.",
    "figures": "weeks of figures that are not here, left empty.",
    "cases": "cases and emergencies taken further again.",
}


def replay(log: Log, *, data: int, keys: int, by: Actor) -> Replayed:
    """`data` and `keys` are how many entries the log had when each copy was begun. Must not run inside a transaction,
    and nobody else may use the instance. Raises Refused, NoContinuation, RecordDamaged."""
    require(Act.BACKUP_RESTORE, by=by)
    standing = log.standing  # read first: if that fails, nothing was changed
    entries = continuing.continue_with(log)
    counts = Counter(_rows(data, erased.all_of(standing))) + Counter(_refusals(standing))
    counts["erased"] = sum(_erase(standing))
    counts["keys"] = sum(_spend(min(data, keys)))
    contact.burn_orphans()
    counts += Counter(_end_what_was_open())
    scrub(["keys", "default"])
    return Replayed(entries, counts, since.lost(data))


def left_to_do(log: Log, *, data: int) -> Counter[str]:
    """What a replay would still do to rows. Nothing is changed."""
    with transaction.atomic():
        counts = Counter(_rows(data, erased.all_of(log.standing))) + Counter(_refusals(log.standing))
        counts += Counter(_end_what_was_open())
        transaction.set_rollback(True)
    return counts


def _rows(data: int, gone: Collection[UUID]) -> Iterator[str]:
    """The name under which each counts that changed something. `gone` are all who were ever erased."""
    words = LastWords()
    for entry in since.entries(data, (*AGAIN, *ACTS)):
        if entry.act in ACTS:
            words.hear(entry)
        elif entry.act not in NOT_OF_THE_ERASED or entry.subject not in gone:
            name, again = AGAIN[entry.act]
            with transaction.atomic():
                if again(entry):
                    yield name
    with transaction.atomic():
        yield from [name for name, changed in words.heed(gone) if changed]


def _refusals(standing: Standing) -> Iterator[str]:
    here = {(bytes(digest), topic) for digest, topic in Suppression.objects.values_list("digest", "topic").iterator()}
    missing = [each for each in standing.refused if (each.digest, each.topic) not in here]
    Suppression.objects.bulk_create(
        [Suppression(digest=each.digest, topic=each.topic, at=each.at) for each in missing],
        ignore_conflicts=True,
        batch_size=500,
    )
    yield from ["suppressed"] * len(missing)


def _erase(standing: Standing) -> Iterator[int]:
    for subjects in erased.everybody(standing):
        found = erased.still_there(subjects)
        for subject in sorted(found):
            erased.erase_again(subject)
        yield len(found)


def _spend(start: int) -> Iterator[int]:
    """Of everybody of whom something ended since the older of the two copies."""
    subjects = {entry.subject for entry in since.entries(start, SPENDING)}
    for subject in sorted(each for each in subjects if each is not None):
        held = DataKey.objects.filter(subject=subject)
        before = held.count()
        destroy_spent(subject, set(held.values_list("retention", flat=True)))
        yield before - held.count()


def _end_what_was_open() -> Iterator[str]:
    """Sessions that were ended since are open again, and links and codes that were used up since serve again."""
    yield from ["sessions"] * (Session._base_manager.all().delete()[0] + staffed.signed_out())
    for model in (AddressChange, Reset, Visit):
        model._base_manager.all().delete()
    yield from serving.look()
    under_way = Bulletin.objects.filter(started_at__isnull=False, finished_at=None)
    yield from ["news"] * under_way.update(finished_at=timezone.now())
