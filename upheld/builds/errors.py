"""What can go wrong here, each with what to do about it."""


class BuildsError(Exception):
    """Something about a release, a build or a report; the text says what to do."""


class NotANumber(BuildsError):
    """What was typed is no build number, for a reason that says which sign is wrong, as far as it can be told."""


class UnknownNumber(BuildsError):
    """No build of this number was given out; the same is said of one that is stopped, and of one that was made up."""

    def __init__(self) -> None:
        super().__init__("There is no build of this number that reports.")


class ReportRefused(BuildsError):
    """A report is not what a report is: `reason` says how, of `field`. Neither quotes what was sent."""

    def __init__(self, reason: str, field: str = "", nearest: str = "") -> None:
        self.reason, self.field, self.nearest = reason, field, nearest
        super().__init__(reason)


class TooManyReports(BuildsError):
    """This build reports more often than it needs to; after `retry_after` seconds it may again."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__("This build has reported too often. Send one report a day, with all its counts.")


class Overloaded(BuildsError):
    """More reports wait to be counted than should; after `retry_after` seconds there is room again."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__("Too many reports wait just now. Send this again later.")
