"""A letter to an account's own address about something that changed in it."""

from upheld.accounts.letters import Notice
from upheld.accounts.models import Account
from upheld.contact import verbs as contact
from upheld.contact.models import Address
from upheld.policy.actors import Actor


def notify(account: Account, notice: Notice, *, by: Actor, as_now: bool = False) -> None:
    """`as_now`: to the address as it is now, which is about to change."""
    address = address_of(account)
    if address:
        contact.send(notice, to=address, by=by, as_now=as_now)


def address_of(account: Account) -> Address | None:
    return Address.objects.for_subject(account.subject).first()
