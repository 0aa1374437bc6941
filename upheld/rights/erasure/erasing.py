"""Erasure, from the request to the receipt.

    1  data         the request on record: a row, and the ledger's entry          one transaction
                    it begins: the last letter, and nobody can take it back       the same, or after what it waits for
    2  orders       what has not left is called off, and its money goes back; drafts are dropped
    3  contact      the topics that they refused, as keyed digests; the copies of letters that the outbox kept
       builds       their own builds are stopped, and what those reported is deleted
    4  vault        keys, rows and index (`upheld.vault.shredding`); the row of 1 goes with the others
    5  processor    what it keeps of their cards and charges; asked again in the background until it is done
    6  everything   every store read again
    7  ledger       the entry of 4 gets its place; the receipt

Killed anywhere, it is carried on by `resume`, by the person asking again, or by the vault's own resume. While it
waits (`upheld.rights.erasure.waiting`) nothing of 2 to 7 is done. The receipt is made from the ledger, so it can be
made again.
"""

from contextlib import suppress
from uuid import UUID

from django.db import transaction

from upheld import ledger, vault
from upheld.builds import possession as builds
from upheld.builds.models import Issued
from upheld.contact import verbs as contact
from upheld.contact.errors import NoMailKey
from upheld.contact.letters import Farewell
from upheld.contact.models import Letter
from upheld.orders import ending as orders
from upheld.payments import forgetting
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.policy.errors import Refused
from upheld.rights.erasure import beginning
from upheld.rights.erasure.planning import plan
from upheld.rights.erasure.rereading import look_again
from upheld.rights.erasure.waiting import CANCEL, Wait
from upheld.rights.errors import NotHeld, StillThere, Waits
from upheld.rights.models import ErasureRequest, Request
from upheld.rights.papers import receipting
from upheld.rights.papers.receipts import Receipt
from upheld.rights.requests.writers import ordered_with
from upheld.vault import failing, holding
from upheld.vault.errors import OnHold, VaultError

__all__ = ["erase", "look_again", "receipt", "resume"]


def erase(subject: UUID, *, settle: str = CANCEL, by: Actor, confirmed: Request | None = None) -> Receipt:
    """Erase everything held about a person, and give them the receipt. Must not run inside a transaction.

    `settle` says what becomes of open orders: `cancel`, or `deliver` them first. `confirmed` is the request that it
    carries out, where there is one. Asked again, it finishes what was left and gives the receipt again. Raises Refused;
    Waits while something is in its way; StillThere when it could not be finished at once (a reader of the database's
    log); NotHeld when the request was taken back. The background carries on what waits or is not finished.
    """
    require(Act.SUBJECT_ERASE, by=by, subject=subject)
    if not _is_done(subject):
        begun = beginning.start(plan(subject), settle=settle, by=by, confirmed=confirmed)
        wait = _carry_out(subject, by=by) if begun is True else begun
        if isinstance(wait, Wait):
            raise Waits(subject, wait)
    return receipt(subject)


def resume() -> int:
    """Carry on every erasure that was asked for and not finished. Returns how many were.

    One that waits costs a few queries. One that fails keeps no other waiting; what the first one raised is raised at
    the end.
    """
    left = list(ErasureRequest.objects.due().values_list("subject", flat=True))
    return failing.each(_go_on, left)


def receipt(subject: UUID) -> Receipt:
    """The receipt of an erasure that is done. Raises NotHeld when there was none, StillThere when it is not done."""
    entries = ledger.Entry.objects.of(subject)
    shredded = entries.filter(act=Act.SUBJECT_SHRED).first()
    if shredded is None:
        raise NotHeld("the record of erasures")
    found = dict(look_again(subject))
    if any(found.values()):
        raise StillThere(subject, ", ".join(f"{count} {what}" for what, count in found.items() if count))
    asked = entries.filter(act=Act.SUBJECT_ERASE, id__lt=shredded.id).last() or shredded
    looked = [f"{count} {what}" for what, count in found.items()]
    return receipting.of_erasure(asked, shredded, stays=plan(subject).stays, found=looked)


def _is_done(subject: UUID) -> bool:
    done = ledger.Entry.objects.of(subject).filter(act=Act.SUBJECT_SHRED).exists()
    return done and not any(count for _, count in look_again(subject))


def _go_on(subject: UUID) -> bool:
    if beginning.go_on(subject) is not True:
        return False
    return _carry_out(subject, by=Actor.system("erasure")) is None


def _carry_out(subject: UUID, *, by: Actor) -> Wait | None:
    """What it waits for all the same: a hold that was placed after it began, and before a key was destroyed."""
    _deliver_farewell(subject)
    try:
        orders.settle(subject, by=by)
        _keep_refusals(subject)
        contact.burn_letters(subject)
        _shred(subject, by=by)
    except OnHold:
        wait = beginning.go_on(subject)
        if isinstance(wait, Wait):
            return wait
        raise
    contact.burn_orphans()
    forgetting.tell_about(subject)
    return None


@transaction.atomic
def _forget_builds(subject: UUID) -> set[UUID]:
    """While their numbers can still be opened; which rows those are in. Raises OnHold."""
    holding.refuse_unless_going(subject)
    found = _own_builds(subject)
    builds.forget_all(subject)
    return found


def _own_builds(subject: UUID) -> set[UUID]:
    return set(Issued.objects.filter(subject=subject, handed_on=False).values_list("pk", flat=True))


def _shred(subject: UUID, *, by: Actor) -> None:
    """Once no build is left that was given to them meanwhile: with the keys its number goes, and it would go on.
    Whoever gives one holds the person still, as this does. Raises OnHold."""
    while not _shred_unless_given(subject, _forget_builds(subject), by=by):
        pass


def _shred_unless_given(subject: UUID, forgotten: set[UUID], *, by: Actor) -> bool:
    return vault.shred_if(subject, lambda: _own_builds(subject) <= forgotten, by=by, because="request")


@transaction.atomic
def _keep_refusals(subject: UUID) -> None:
    """Raises OnHold."""
    holding.refuse_unless_going(subject)
    contact.suppress(subject, elsewhere=ordered_with(subject))


def _deliver_farewell(subject: UUID) -> None:
    """While there is still an address, and never in the way: neither a damaged address nor a key for mail that is gone
    may keep anyone from erasure."""
    with suppress(NoMailKey, Refused, VaultError):
        for letter in Letter.objects.due().filter(subject=subject, kind=Farewell.kind):
            contact.deliver(letter)
