"""The one way out to a third party."""

import re
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from upheld import ledger
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault.errors import WithoutReason
from upheld.vault.models import Disclosure
from upheld.vault.opening import Opened, open
from upheld.vault.rows import Personal

REFERENCE = re.compile(r"[a-z_]+:[0-9a-f-]{36}")


@transaction.atomic
def disclose(row: Personal, fields: Iterable[str], *, to: str, by: Actor, because: str) -> Opened:
    """The declared fields for a recipient, once for each order or request (`because`, as kind:id), on record.

    Raises Refused when the policy's `recipients` does not declare it, WithoutReason, IntegrityError when this
    recipient has had the data for this order already, and all that `open` raises.
    """
    names = tuple(fields)
    if not REFERENCE.fullmatch(because):
        raise WithoutReason(because)
    data = row.data_of(names)
    require(Act.FIELD_DISCLOSE, by=by, subject=row.subject, data=data, recipient=to)
    purpose = force.in_force().recipients[to].purpose
    facts: dict[str, ledger.Fact] = {
        "recipient": to,
        "fields": sorted(names),
        "purpose": purpose,
        "because": because,
    }
    entry = ledger.append(Act.FIELD_DISCLOSE, by=by, subject=row.subject, facts=facts | {"row": row.reference})
    Disclosure.objects.create(
        subject=row.subject, at=timezone.now(), recipient=to, purpose=purpose,
        fields=list(data), because=because, entry=entry.id,
    )  # fmt: skip
    return open(row, names, by=by, purpose=purpose, because=because)
