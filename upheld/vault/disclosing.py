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
from upheld.vault import restricting
from upheld.vault.errors import Erased, WithoutReason
from upheld.vault.models import Disclosure
from upheld.vault.opening import Opened, open
from upheld.vault.rows import Personal
from upheld.vault.shredding import is_erased

REFERENCE = re.compile(r"[a-z_]+:[0-9a-f-]{36}")


@transaction.atomic
def disclose(row: Personal, fields: Iterable[str], *, to: str, by: Actor, because: str) -> Opened:
    """The declared fields for a recipient, once for each order or request (`because`, as kind:id), on record.

    Raises Refused when the policy's `recipients` does not declare it, Restricted when the person refused
    what it is for, WithoutReason, Erased, IntegrityError when this recipient has had the data for this order already,
    and all that `open` raises.
    """
    names = tuple(fields)
    if not REFERENCE.fullmatch(because):
        raise WithoutReason(because)
    if is_erased(row.subject):
        raise Erased(row.subject)
    data = row.data_of(names)
    require(Act.FIELD_DISCLOSE, by=by, subject=row.subject, data=data, recipient=to)
    purpose = force.in_force().recipients[to].purpose
    restricting.refuse_restricted([row.subject], purpose)
    facts: dict[str, ledger.Fact] = {
        "recipient": to,
        "fields": sorted(names),
        "purpose": purpose,
        "because": because,
    }
    entry = ledger.append(Act.FIELD_DISCLOSE, by=by, subject=row.subject, facts=facts | {"row": row.reference})
    Disclosure.objects.create(
        subject=row.subject, at=timezone.now(), recipient=to, purpose=purpose,
        fields=list(data), because=because, row=row.reference, entry=entry.id,
    )  # fmt: skip
    return open(row, names, by=by, purpose=purpose, because=because)
