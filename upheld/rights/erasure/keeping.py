"""An erasure is taken back before it begins: nothing was deleted, and everything is as it was."""

from typing import Literal
from uuid import UUID

from django.db import transaction

from upheld import ledger, vault
from upheld.accounts.answers import Refusal
from upheld.contact import verbs as contact
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.rights.erasure.beginning import US, under_way
from upheld.rights.erasure_letters import ErasureKept
from upheld.rights.models import ErasureRequest, State
from upheld.rights.reasons import Reason
from upheld.rights.requests import steps
from upheld.rights.requests.ending import close_conversation
from upheld.rights.requests.writers import reached
from upheld.vault import locking, restricting


class TooLate(Refusal):
    sentence = "There is nothing to take back: it was done already, or has begun, or was taken back before."


def keep(subject: UUID, *, by: Actor) -> Literal[True] | TooLate:
    """Take it back, with the requests that it would have carried out, and tell the person so. Safe to repeat. Raises
    Refused: only they themselves can, signed in or by the link in our letter."""
    require(Act.SUBJECT_KEEP, by=by, subject=subject)
    with transaction.atomic():
        locking.alone_with(subject)
        asked = ErasureRequest.objects.select_for_update().filter(subject=subject, farewell_at=None).first()
        if asked is None or vault.is_erased(subject):
            return TooLate()
        restricting.lift(subject, asked.restricted, by=by)
        found = under_way(subject)
        for request in found:
            close_conversation(steps.move(request, State.REVOKED, reason=Reason.WITHDRAWN, by=by), by=by)
        asked.delete()
        ledger.append(Act.SUBJECT_KEEP, by=by, subject=subject)
        to = reached([subject])
        if to is not None:
            contact.send(ErasureKept(), to=to, by=US, language=found[0].language if found else "en")
    return True
