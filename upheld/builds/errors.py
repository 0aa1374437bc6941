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


class BadArtefact(BuildsError):
    """A file cannot be stamped or read: it is no ordinary file, or it was changed meanwhile."""


class NotAStamp(BuildsError):
    """Something stands where a stamp does and is none; the text says why."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The stamp in this file does not hold: {why}. Get a new copy.")


class ReleaseUnfit(BuildsError):
    """A release cannot be published like this; the text says what to change, and `field` of what."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class AlreadyReleased(ReleaseUnfit):
    """This version of the product is out for this platform, and what was published stays as it is."""

    def __init__(self, product: str, version: str, platform: str) -> None:
        super().__init__(
            f"{product} {version} for {platform} was published before, and stays as it is. Publish a new version.",
            "version",
        )


class UnknownRelease(BuildsError):
    """Nothing was published under this reference."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"There is no release {reference[:200]!r}: upheld release list shows them.")


class UploadRefused(BuildsError):
    """A file, or a piece of one, cannot be taken like this; nothing of the piece was kept."""


class UnknownUpload(UploadRefused):
    """There is no such upload, or somebody else's: whole ones go once they are published, others after a day."""

    def __init__(self) -> None:
        super().__init__("This upload is not there any more. Begin it again.")


class WrongOffset(UploadRefused):
    """The piece does not begin where the last one ended."""

    def __init__(self, received: int) -> None:
        super().__init__(f"There are {received} bytes by now. Go on from there.")


class UploadBusy(UploadRefused):
    """Another request is writing to it."""

    def __init__(self) -> None:
        super().__init__("Another piece of this file is on its way. Wait until it is here.")


class Misheard(UploadRefused):
    """The piece is not what its checksum says."""

    def __init__(self) -> None:
        super().__init__("This piece was changed on its way. Send it again.")


class NoAccount(BuildsError):
    """Builds are given to people who signed up."""

    def __init__(self) -> None:
        super().__init__("A build is given to an account alone. Sign up first, then download it.")


class NoLongerGiven(BuildsError):
    """The release was withdrawn, or never was."""

    def __init__(self) -> None:
        super().__init__("This release is given out no more. Choose another one.")


class FileMissing(BuildsError):
    """A release has neither its file here nor an address: whoever got a number of it would get no file."""

    def __init__(self) -> None:
        super().__init__("The file of this release is missing, so that no build is made of it. Choose another one.")


class TooManyBuilds(BuildsError):
    """An account was given as many builds as it may have for now."""

    def __init__(self, most: int, days: int, *, handed_on: bool) -> None:
        what = "copies to hand on" if handed_on else "builds"
        super().__init__(
            f"An account gets {most} {what} in {days} days, and this one has them. "
            "Download one of those again under Builds, or come back later."
        )


class NotKeptHere(BuildsError):
    """The file of a release is at an address elsewhere, so that no number can be stamped into it here."""

    def __init__(self) -> None:
        super().__init__("The file of this release is not kept here. Fetch it from its address.")
