"""What can go wrong here, each with what to do about it."""


class BuildsError(Exception):
    """Something about a release, a build or a report; the text says what to do."""


class NotANumber(BuildsError):
    """What was typed is no build number, for a reason that says which sign is wrong, as far as it can be told."""


class UnknownNumber(BuildsError):
    """No build of this number was given out; the same is said of one that is stopped, and of one that was made up."""

    def __init__(self) -> None:
        super().__init__("There is no build of this number that reports.")
