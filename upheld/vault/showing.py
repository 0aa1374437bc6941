"""What staff see of a value: masked until they ask, then for a short time; and that it was copied or printed."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction

from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.vault import opening
from upheld.vault.opening import Opened
from upheld.vault.rows import Personal

SHOWS = timedelta(seconds=60)  # how long a page shows what was opened
HIDDEN = "•••"


@transaction.atomic
def masked(
    rows: Sequence[Personal], fields: Iterable[str], *, by: Actor, purpose: str, because: str = ""
) -> list[Opened]:
    """Enough of each value to tell it from another, and no more; None where nothing is held. One entry for each person,
    of its own kind: it is no opening. Of what was written nothing is shown.

    Raises what `vault.open` raises.
    """
    return opening.look(rows, fields, by=by, purpose=purpose, because=because, act=Act.FIELD_MASK, through=mask)


@transaction.atomic
def took(row: Personal, fields: Iterable[str], *, act: Act, by: Actor, purpose: str, because: str = "") -> None:
    """What is open was copied (`FIELD_COPY`) or printed (`FIELD_PRINT`): asked and put on record as an opening is.
    Raises Refused, Restricted."""
    opening.record([row], tuple(fields), by=by, purpose=purpose, because=because, act=act)


def mask(datum: str, value: str) -> str:
    """`a•••@•••.com`, `•••• 4242`, `M•••`; of anything longer than a line, and of anything else, nothing."""
    if datum == "email":
        name, _, domain = value.rpartition("@")
        return f"{name[:1]}{HIDDEN}@{HIDDEN}.{domain.rpartition('.')[2]}"
    if datum == "card" and value.isdigit() and len(value) == 4:
        return f"•••• {value}"
    if datum == "name":
        return f"{value[:1]}{HIDDEN}"
    return HIDDEN
