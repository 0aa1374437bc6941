"""What the vault says when it does not do as asked. Each fails closed: nothing was opened or changed."""

from upheld.policy.errors import Refused


class VaultError(Exception):
    """The vault refused."""

    def __init__(self, *parts: object) -> None:
        super().__init__((self.__doc__ or "").format(*parts))


class AlreadyHeld(VaultError):
    """Someone already has this {0}."""


class Damaged(VaultError):
    """An envelope of {0} {1} cannot be opened: it was altered, or moved from another row, table or subject."""


class Erased(VaultError):
    """The keys of subject {0} were destroyed: nothing of theirs can be sealed or opened again."""


class KeptOnly(VaultError):
    """Subject {0} was erased: what the policy keeps of them opens for staff who work on a case, and for nobody else."""


class KeyMissing(VaultError):
    """The key store has no key for subject {0}, retention class {1}, version {2}."""


class NoEvidence(VaultError):
    """{0!r} is no reason to hold what is kept of somebody; the reasons are {1}."""


class NoIndex(VaultError):
    """{0}.{1} cannot be looked up: it is not declared with find=True."""


class NoRootKey(VaultError):
    """The root key file {0} is missing or not readable: put it back; without it nothing can be opened."""


class NotRestrictable(VaultError):
    """{0!r} is not a purpose whose use of data can be refused; those are {1}."""


class OnHold(VaultError):
    """A law has us keep what is held of subject {0} until {1}: nothing of it is erased before."""


class Past(VaultError):
    """{0} is over: name today or a day to come."""


class Restricted(Refused, VaultError):
    """Subject {0} refused the use of their data for {1}: until that is lifted, nothing is opened for it."""


class RootKeyFormat(VaultError):
    """The root key file {0} is damaged at line {1}: put it back from its safe place."""


class SealedMisuse(VaultError):
    """A sealed value cannot be {0}: open it with vault.open, for a purpose, by someone."""


class SubjectChanged(VaultError):
    """The subject of {0} {1} cannot change."""


class UnknownField(VaultError):
    """{0} has no sealed field {1!r}; it has: {2}."""


class Undeclared(VaultError):
    """The policy does not declare {0}, which {1} holds: declare it under `data`, or remove the field."""


class WithoutReason(VaultError):
    """A disclosure needs the order or request it serves, as kind:id; {0!r} is none."""


class WrongRootKey(VaultError):
    """The root key in {0} does not open the key store: it belongs to another instance or is an old copy."""
