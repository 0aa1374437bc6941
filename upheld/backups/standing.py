"""What stands and no entry says: which addresses refused a topic before they were erased, as keyed digests, and whose
erasure has begun. A copy from before knows neither.

It is a note that the ledger's key signs, for the checkpoint that it goes with: nobody else can say who refused or is to
be erased, and what stood at an earlier one does not pass for this.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Count, Max

from upheld.backups import files
from upheld.backups.files import Seal
from upheld.contact.models import Suppression
from upheld.ledger import keys
from upheld.ledger.errors import BadNote
from upheld.ledger.notes import Verifier, open_note
from upheld.vault.keys.models import Erasure

FORMAT = "upheld-standing/v1"
STATE = "standing.state"
NAME = "standing"


@dataclass(frozen=True, slots=True)
class Refused:
    """A row of `contact.models.Suppression`: the digest says nothing without its key."""

    digest: bytes
    topic: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    refused: Sequence[Refused] = ()
    erasing: Sequence[UUID] = ()


def write(folder: Path, *, size: int, seal: Seal | None) -> None:
    """Anew when it changed, and for each checkpoint; `size` is what the next one has. The state beside it is a digest:
    it says that something changed, and nothing more."""
    erasing = sorted(map(str, Erasure.objects.filter(finished_at=None).values_list("subject", flat=True)))
    counted = Suppression.objects.aggregate(count=Count("pk"), last=Max("pk"))
    state = hashlib.sha256(json.dumps([size, counted, erasing], sort_keys=True).encode()).hexdigest().encode()
    place = files.sealed(folder / NAME) if seal else folder / NAME
    if place.exists() and (folder / STATE).exists() and (folder / STATE).read_bytes() == state:
        return
    rows = Suppression.objects.order_by("pk").values_list("digest", "topic", "at").iterator(chunk_size=2000)
    refused = [[bytes(digest).hex(), topic, at.isoformat()] for digest, topic, at in rows]
    signer, said = keys.signer(), json.dumps({"refused": refused, "erasing": erasing})
    note = signer.sign(f"{FORMAT}\n{signer.name}\n{size}\n{said}\n")
    files.put(folder / NAME, note.encode(), seal=seal)
    files.put(folder / STATE, state)


def read(folder: Path, *, size: int, verifier: Verifier, unseal: Seal | None) -> Standing:
    """What stood when the log had `size` entries, or later: a crash may have left the checkpoint behind it. Raises
    ValueError for a file that says something else, or that this log did not sign."""
    try:
        text = open_note(files.get(folder / NAME, unseal=unseal).decode(), verifier)
        about, origin, at, said = text.rstrip("\n").split("\n")
        if (about, origin) != (FORMAT, verifier.name) or int(at) < size:
            raise ValueError(f"{NAME} is of another log, or of an earlier checkpoint")
        return _parsed(json.loads(said))
    except FileNotFoundError:
        raise ValueError(f"{NAME} is missing") from None
    except BadNote as error:
        raise ValueError(f"{NAME}: {error}") from None
    except (KeyError, TypeError) as error:
        raise ValueError(f"{NAME} is damaged") from error


def _parsed(said: dict[str, Any]) -> Standing:
    refused = [Refused(bytes.fromhex(d), topic, datetime.fromisoformat(at)) for d, topic, at in said["refused"]]
    return Standing(refused, [UUID(each) for each in said["erasing"]])
