"""The folder's copies of letters go with the person, and with a crash's leftovers.

Letters to addresses of which nothing is held, the last one to somebody who is being erased among them, belong to nobody
with whom they could go. They stay for a day, so that they can be read.
"""

import time
from collections.abc import Collection
from pathlib import Path
from uuid import UUID

from django.conf import settings

from upheld.contact import outbox
from upheld.contact.models import Letter
from upheld.vault.keys.models import DataKey

FRESH = 300  # seconds: a file younger than this may belong to a letter whose row is not visible yet
READ = 24 * 3600  # seconds: for so long the copy of a letter to nobody we know can be read


def burn_letters(subject: UUID) -> int:
    """Remove the folder's copies of the letters to this person. Safe to repeat; returns how many there were.

    Call it before the rows go, and `burn_orphans` after: a letter that left in between is an orphan then.
    """
    return sum(burn_letter(id) for id in Letter.objects.for_subject(subject).values_list("id", flat=True))


def burn_orphans() -> int:
    """Remove every copy, and every half-written one, whose row is gone: from a crash, or a burning. And a day later
    those whose person holds no key: letters to strangers. Returns how many."""
    burnt = 0
    files = [file for file in settings.HOME.letters.glob("*") if _age(file) > FRESH]
    for start in range(0, len(files), 500):
        some = {f: _id(f.stem) for f in files[start : start + 500]}
        known = set(Letter.objects.filter(id__in=[i for i in some.values() if i]).values_list("id", flat=True))
        known -= _strangers({id for file, id in some.items() if id is not None and _age(file) > READ})
        for file, id in some.items():
            if id not in known and (id is not None or file.name.startswith(".new-")):
                file.unlink(missing_ok=True)
                burnt += 1
    return burnt


def _strangers(letters: Collection[UUID]) -> set[UUID]:
    """Those of these letters whose subject has no key: nothing is held of them."""
    subjects = dict(Letter.objects.filter(id__in=letters).values_list("id", "subject"))
    held = set(DataKey.objects.filter(subject__in=set(subjects.values())).values_list("subject", flat=True))
    return {id for id, subject in subjects.items() if subject not in held}


def _age(file: Path) -> float:
    """Seconds; none for a file that is gone meanwhile."""
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def burn_letter(id: UUID) -> int:
    """The folder's copy of one letter. Safe to repeat; how many there were."""
    file = outbox.place(id)
    there = file.exists()
    file.unlink(missing_ok=True)
    return int(there)


def _id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
