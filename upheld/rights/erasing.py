"""Erasure, from the request to the receipt.

    1  data         the request on record: a row, and the ledger's entry          one transaction
    2  letters      the copies of letters to the person that the outbox kept
    3  vault        keys, rows and index (`upheld.vault.shredding`); the row of 1 goes with the others
    4  everything   every store read again
    5  ledger       the entry of 3 gets its place; the receipt

Killed anywhere, it is carried on by `resume`, by the person asking again, or by the vault's own resume. The receipt
is made from the ledger, so it can be made again.
"""

from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.contact import verbs as contact
from upheld.contact.letters import Farewell
from upheld.contact.models import Address
from upheld.ledger import keys as ledger_keys
from upheld.ledger.proofs import check_proof
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.policy.errors import Refused
from upheld.rights import receipts
from upheld.rights.errors import NotHeld, StillThere
from upheld.rights.models import ErasureRequest
from upheld.rights.planning import Staying, plan
from upheld.rights.receipts import Receipt
from upheld.vault.errors import VaultError
from upheld.vault.keys.models import DataKey
from upheld.vault.models import Lookup


def erase(subject: UUID, *, by: Actor) -> Receipt:
    """Erase everything held about a person, and give them the receipt. Must not run inside a transaction.

    Asked again, it finishes what was left and gives the receipt again. Raises Refused; StillThere when something
    was in the way (a reader of the database's log), and then the background carries it on.
    """
    require(Act.SUBJECT_ERASE, by=by, subject=subject)
    if not _is_done(subject):
        _ask(subject, by=by)
        _carry_out(subject, by=by)
    return receipt(subject)


def resume() -> int:
    """Carry on every erasure that was asked for and not finished. Returns how many there were."""
    left = list(ErasureRequest.objects.values_list("subject", flat=True))
    for subject in left:
        _carry_out(subject, by=Actor.system("erasure"))
    return len(left)


def receipt(subject: UUID) -> Receipt:
    """The receipt of an erasure that is done. Raises NotHeld when there was none, StillThere when it is not done."""
    entries = ledger.Entry.objects.of(subject)
    shredded = entries.filter(act=Act.SUBJECT_SHRED).first()
    if shredded is None:
        raise NotHeld("the record of erasures")
    found = dict(look_again(subject))
    if any(found.values()):
        raise StillThere(subject, ", ".join(f"{count} {what}" for what, count in found.items() if count))
    ledger.sequence()
    asked = entries.filter(act=Act.SUBJECT_ERASE).first() or shredded
    return _write(asked, shredded, [f"{count} {what}" for what, count in found.items()])


def look_again(subject: UUID) -> Iterator[tuple[str, int]]:
    """Read every store once more: what is left that should not be, by store."""
    kept = vault.kept_classes()
    yield "keys of the subject", DataKey.objects.filter(subject=subject).exclude(retention__in=kept).count()
    yield "rows about the subject", sum(_left(model, subject, kept) for model in vault.people())
    yield "look-ups of the subject", Lookup.objects.filter(subject=subject).count()


def _is_done(subject: UUID) -> bool:
    done = ledger.Entry.objects.of(subject).filter(act=Act.SUBJECT_SHRED).exists()
    return done and not any(count for _, count in look_again(subject))


def _ask(subject: UUID, *, by: Actor) -> None:
    planned = plan(subject)
    with transaction.atomic(durable=True):
        _, fresh = ErasureRequest.objects.get_or_create(subject=subject, defaults={"asked_at": timezone.now()})
        if fresh:
            facts: dict[str, ledger.Fact] = {"rows": planned.rows, "kept": len(planned.stays)}
            ledger.append(Act.SUBJECT_ERASE, by=by, subject=subject, facts=facts)
    if fresh:
        _say_farewell(subject, by=by)


def _say_farewell(subject: UUID, *, by: Actor) -> None:
    """While there is still an address, and never in the way: a damaged address must not keep itself from erasure."""
    address = Address.objects.filter(subject=subject, verified_at__isnull=False).first()
    with suppress(Refused, VaultError):
        if isinstance(address, Address):
            contact.send(Farewell(), to=address, by=by)


def _carry_out(subject: UUID, *, by: Actor) -> None:
    contact.burn_letters(subject)
    vault.shred(subject, by=by, because="request")
    contact.burn_orphans()


def _left(model: type[vault.AboutPerson], subject: UUID, kept: frozenset[str]) -> int:
    rows = model._base_manager.filter(subject=subject)
    return sum(not isinstance(row, vault.Personal) or _holds_more_than(row, kept) for row in rows)


def _holds_more_than(row: vault.Personal, kept: frozenset[str]) -> bool:
    envelopes = row.envelopes()
    return not envelopes or any(envelope.retention not in kept for envelope in envelopes)


def _write(asked: "ledger.Entry", shredded: "ledger.Entry", found: list[str]) -> Receipt:
    subject, policy, signer = shredded.subject, force.in_force(), ledger_keys.signer()
    assert subject is not None  # an erasure is always about someone
    proof = ledger.prove(shredded)
    proven = check_proof(proof, signer.verifier)
    facts: dict[str, object] = {
        "controller": policy.controller.name,
        "subject": subject,
        "asked": asked.at,
        "done": shredded.at,
        "policy": policy.digest,
        "entry": shredded.id,
        "index": proven.index,
        "tree": proven.checkpoint.size,
        "removed": shredded.facts["rows"],
    }
    kept = [_kept(staying) for staying in plan(subject).stays]
    text = receipts.write(facts, kept=kept, found=found, proof=proof, signer=signer)
    return receipts.verify(text.encode(), str(signer.verifier))


def _kept(staying: Staying) -> str:
    return f"{staying.label}: {', '.join(staying.titles)}, until {staying.until}, because: {staying.reason}"
