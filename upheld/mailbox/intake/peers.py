"""How much one client may ask of the listener: connections at once, and letters an hour."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

MOST_CONNECTIONS = 60  # at once, of all strangers together
MOST_OF_ONE = 5  # at once, of one client
MOST_LETTERS = 200  # an hour, from one client
HOUR = 3600.0
OURS = ""


def client(ip: str) -> str:
    """Who that is: the address, or the /64 of an IPv6 address, which one customer of a provider has to themselves.

    Empty for the loopback host: our own mail server, which speaks for many.
    """
    address = ip_address(ip.partition("%")[0])
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback:
        return OURS
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


@dataclass
class Peers:
    """Who is connected, and who handed over how many letters in this hour. In memory, and gone with the hour."""

    clock: Callable[[], float] = time.monotonic
    connected: Counter[str] = field(default_factory=Counter)
    _letters: Counter[str] = field(default_factory=Counter)
    _since: float = 0.0

    def enter(self, who: str) -> bool:
        """Whether there is room for one more connection of this client; whoever enters has to leave. For our own mail
        server there always is: it comes to no more than it is set up for, and no stranger can keep it out."""
        strangers = self.connected.total() - self.connected[OURS]
        if who != OURS and (strangers >= MOST_CONNECTIONS or self.connected[who] >= MOST_OF_ONE):
            return False
        self.connected[who] += 1
        return True

    def leave(self, who: str) -> None:
        self.connected[who] -= 1
        self.connected += Counter()  # drops those that are not connected any more

    def may_hand_over(self, who: str) -> bool:
        """Whether this client may hand over one more letter in this hour; if so, it counts."""
        if self.clock() >= self._since + HOUR:
            self._letters.clear()
            self._since = self.clock()
        if who and self._letters[who] >= MOST_LETTERS:
            return False
        self._letters[who] += 1
        return True
