"""Publishing a version of the policy: on record in the ledger first, then in the folder from which it is served.

Here and not in a lower room, because the vault alone knows what is held, and a policy that does not declare it
cannot hold. A crash between the two steps leaves an entry without its file; publishing again adds the file.
"""

from datetime import UTC, datetime, timedelta

from django.db import transaction

from upheld import ledger
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import may
from upheld.policy.document import Policy
from upheld.policy.errors import AlreadyHeld, Refused
from upheld.vault.errors import VaultError
from upheld.vault.inventory import check_declared


class TooSoon(VaultError):
    """This version holds from {0}, and the one in force promises {1} days of notice: make it {2} or later."""


class Unrecorded(VaultError):
    """The policy in force, of {0}, is not on record in the ledger: publish it with upheld policy publish FILE, or \
take its file out of {1}."""


def publish(policy: Policy, *, by: Actor) -> Policy:
    """Publish a version. The same version again changes nothing.

    Raises Undeclared when a field that is held would become undeclared, TooSoon, AlreadyHeld for a date that is not
    after every other version's, Refused.
    """
    check_declared(policy)
    published = force.published()
    versions = published.versions()
    if policy not in versions:
        _may_follow(versions, policy)
    # Asked of the version in force, and of the new one, which could otherwise be the last.
    for asked in (published.in_force(), policy) if versions else (policy,):
        answer = may(Act.POLICY_PUBLISH, policy=asked, by=by)
        if not answer:
            raise Refused(answer.reason)
    if not is_recorded(policy):
        with transaction.atomic(durable=True):
            facts = {"digest": policy.digest, "effective": policy.effective.isoformat()}
            ledger.append(Act.POLICY_PUBLISH, by=by, facts=facts)
    published.add(policy)
    return policy


def is_recorded(policy: Policy) -> bool:
    """Whether the ledger says that this version, byte for byte, was published."""
    entries = ledger.Entry.objects.filter(act=Act.POLICY_PUBLISH)
    return any(entry.facts.get("digest") == policy.digest for entry in entries)


def check_in_force() -> Policy:
    """The policy in force, which is the one on record. Raises Unrecorded, Undeclared, PolicyError."""
    policy = force.in_force()
    if not is_recorded(policy):
        raise Unrecorded(policy.effective, force.published().directory)
    check_declared(policy)
    return policy


def _may_follow(versions: list[Policy], policy: Policy) -> None:
    if not versions:
        return
    newest = versions[-1]
    if newest.effective >= policy.effective:
        raise AlreadyHeld(effective=newest.effective, file=f"{newest.effective}-{newest.digest[:16]}.md")
    notice = force.in_force().notice
    earliest = datetime.now(UTC).date() + timedelta(days=notice)
    if notice and policy.effective < earliest:
        raise TooSoon(policy.effective, notice, earliest)
