"""How often something may be tried: by account, by where it comes from, and by both.

The generic cell rate algorithm (ITU-T I.371): one time a key, no log of tries. A key is a keyed digest; the digest
of a client's address is made with a key that is replaced every hour and destroyed, so that no address can be
worked out from the table afterwards, not even by us. Whether an address has an account makes no difference.
"""

import hmac
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from django.db import transaction
from django.utils import timezone

from upheld.accounts.answers import TooMany
from upheld.accounts.models import Allowance
from upheld.vault.keys import ring

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """`times` tries at once, then one more each `seconds / times`."""

    name: str
    times: int
    seconds: int

    def key(self, whose: bytes) -> bytes:
        return hmac.digest(ring.service_key("limits"), self.name.encode() + b"\0" + whose, "sha256")


# Nobody's mailbox is to be filled by ours; loose enough that nobody keeps another from having a letter either.
LETTERS = Limit("letters.to", 24, HOUR)
LETTERS_FROM_HERE = Limit("letters.to_from_here", 6, HOUR)
LETTERS_BY = Limit("letters.by", 10, HOUR)


def letters(address: bytes, here: bytes) -> list["Asked"]:
    """The limits of a letter that someone unknown, at `here`, has us send to the address with this digest."""
    return [(LETTERS, address), (LETTERS_FROM_HERE, here + address)]


Asked = tuple[Limit, bytes]  # a limit, and whose


@transaction.atomic
def take(asked: Iterable[Asked]) -> TooMany | None:
    """Count one try against every limit, or, when one of them is used up, say when to come back and count none."""
    now = timezone.now()
    wanted = sorted(((limit.key(whose), limit) for limit, whose in asked), key=lambda pair: pair[0])
    Allowance.objects.bulk_create([Allowance(key=key, used_until=now) for key, _ in wanted], ignore_conflicts=True)
    keys = [key for key, _ in wanted]
    # Locked in the order of the keys, so that two tries never wait for each other.
    rows = {bytes(r.key): r for r in Allowance.objects.select_for_update().filter(key__in=keys).order_by("key")}
    wait = 0.0
    for key, limit in wanted:
        row = rows[key]
        row.used_until = max(row.used_until, now) + timedelta(seconds=limit.seconds / limit.times)
        wait = max(wait, (row.used_until - now).total_seconds() - limit.seconds)
    if wait > 0:
        return TooMany(int(wait) + 1)
    Allowance.objects.bulk_update(rows.values(), ["used_until"])
    return None


def give_back(limit: Limit, whose: bytes) -> None:
    """Forget the tries: the person has shown who they are."""
    Allowance.objects.filter(key=limit.key(whose)).delete()


def forget_used() -> int:
    """Remove what no limit counts any more."""
    removed: int = Allowance.objects.filter(used_until__lt=timezone.now()).delete()[0]
    return removed


def whereabouts(source: str) -> bytes:
    """A digest of where a request comes from, good for this hour. An IPv6 address counts by its /64 network."""
    return hmac.digest(_key_of_the_hour(), _network(source).encode(), "sha256")


def _network(source: str) -> str:
    try:
        address = ip_address(source)
    except ValueError:
        return source
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or int(address) >> 64)
    return str(address)


def _key_of_the_hour() -> bytes:
    name = f"source-{int(time.time()) // HOUR}"
    key = ring.service_key(name)
    ring.destroy_service_keys("source-", keep=name)
    return key
