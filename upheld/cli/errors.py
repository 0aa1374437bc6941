"""What the command says when something is wrong, and which errors of the rooms are sentences for its user."""

import re
import sys


class CommandError(Exception):
    """The command could not do it."""

    def __init__(self, *parts: object) -> None:
        super().__init__((self.__doc__ or "").format(*parts))


class NoInstance(CommandError):
    """There is no instance in {0}: make one with upheld init, or name its folder in UPHELD_HOME."""


_ROOMS = (
    ("upheld.home", "HomeError"),
    ("upheld.policy.errors", "PolicyError"),
    ("upheld.policy.errors", "Refused"),
    ("upheld.ledger.errors", "LedgerError"),
    ("upheld.vault.errors", "VaultError"),
    ("upheld.rights.errors", "RightsError"),
    ("upheld.backups.errors", "BackupError"),
    ("upheld.payments.errors", "PaymentsError"),
    ("upheld.orders.errors", "OrdersError"),
    ("upheld.builds.errors", "BuildsError"),
    ("upheld.contact.errors", "ContactError"),
    ("upheld.conversations.errors", "ConversationsError"),
    ("upheld.orders.carriers.errors", "CarrierError"),
    ("upheld.evidence.errors", "EvidenceError"),
    ("upheld.staff.errors", "StaffError"),
    ("upheld.cases.errors", "CasesError"),
    ("upheld.web.tls", "TlsError"),
)


def expected(error: Exception) -> str | None:
    """The sentence of an error that its reader can mend; None for one that is a fault of the program.

    Only rooms that are loaded already are asked: an error cannot come from one that is not.
    """
    known = [CommandError]
    known += [getattr(sys.modules[room], name) for room, name in _ROOMS if room in sys.modules]
    if isinstance(error, tuple(known)):
        return re.sub(r"\n +", " ", str(error))
    database = sys.modules.get("django.db.utils")
    if database and isinstance(error, database.OperationalError):
        return f"The database does not answer: {' '.join(str(error).split())}."
    return None
