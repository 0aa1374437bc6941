"""What the ledger says when it refuses."""


class LedgerError(Exception):
    """The ledger refused."""

    def __init__(self, *parts: object) -> None:
        super().__init__(" ".join((self.__doc__ or "").split()).format(*parts))


class BadFact(LedgerError):
    """The fact {0!r} cannot be recorded: {1}; the ledger keeps ids, codes, numbers and digests, never free text."""


class BadKey(LedgerError):
    """The file {0} does not hold the ledger's signing key: put it back from its safe place."""


class BadNote(LedgerError):
    """The signed note cannot be trusted: {0}."""


class BadProof(LedgerError):
    """The proof does not hold: {0}."""


class BadSeen(BadNote):
    """The checkpoint that was seen last, in {0}, cannot be trusted: {1}. Put the file back from a copy, or find out who
    changed it."""


class ForkRefused(LedgerError):
    """The database's ledger is not a continuation of the checkpoint that was seen before ({0}): it was rolled back or
    rewritten. Restore the newest copy, or look into what happened; `upheld ledger verify` says more."""


class NoContinuation(LedgerError):
    """The database's ledger and the one that it was to be brought forward with are not one log: they differ before
    entry {0}. Nothing was changed."""


class NoSuchTile(LedgerError):
    """The log has no tile {0}."""


class NotInTransaction(LedgerError):
    """An entry is appended in the transaction of the act that it records, and there is none open."""


class NotSequenced(LedgerError):
    """Entry {0} has no place in the log yet; the sequencer gives it one within seconds."""
