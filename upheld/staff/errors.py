"""What this room says when it does not do as asked. Nothing was changed then."""


class StaffError(Exception):
    """The member of staff could not do that."""

    def __init__(self, *parts: object) -> None:
        super().__init__((self.__doc__ or "").format(*parts))


class NoSuchMember(StaffError):
    """There is no member of staff {0}: see upheld staff list."""


class NoSuchJob(StaffError):
    """The policy declares no job {0!r}; its jobs are {1}."""


class IsHere(StaffError):
    """Somebody with this address works here already, as {0}."""


class LastAdministrator(StaffError):
    """{0} is the only one who administers the desk: give that job to somebody else first."""


class NotAtDesk(StaffError):
    """Nobody at the desk works at this terminal: run upheld desk sign-in."""


class OwnJobs(StaffError):
    """Nobody changes their own jobs: somebody else who administers the desk does, or upheld staff jobs."""


class LastPasskey(StaffError):
    """This is your only passkey: add another one first, so that you can still sign in."""


class InvitationOver(StaffError):
    """This invitation is over: it was used, is older than three days, or was replaced. Ask for another one."""


class CodesNotDeclared(StaffError):
    """Staff sign in with a passkey here: the setting staff.totp permits nothing else."""
