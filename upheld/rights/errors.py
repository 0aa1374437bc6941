"""What this room says when it does not do as asked. Nothing was changed then."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from upheld.rights.erasure.waiting import Wait


class RightsError(Exception):
    """The request could not be carried out."""

    def __init__(self, *parts: object) -> None:
        super().__init__((self.__doc__ or "").format(*parts))


class CopyCutShort(RightsError):
    """The copy was not finished: the person was erased, or had it from another link, while it was made."""


class CarriedOut(RightsError):
    """Request {0} is carried out by itself, and waits for what is in its way: only the person can take it back."""


class CorrectedElsewhere(RightsError):
    """{0}.{1} is not corrected in place: {2}."""


class IsOver(RightsError):
    """Request {0} is over: nothing more becomes of it."""


class Moved(RightsError):
    """Who holds the address changes just now. Ask again in a minute."""


class NoSuchLaw(RightsError):
    """The setting privacy.law names {0!r}; the laws whose periods are known are {1}."""


class NoSuchPromise(RightsError):
    """The policy does not promise {0!r}."""


class NotAnEnd(RightsError):
    """A request does not end as {0!r}; it ends as {1}."""


class NotHeld(RightsError):
    """Nothing of that kind is held in {0}."""


class NotToCorrect(RightsError):
    """Request {0} asks for no correction that waits for us: propose one for a request that does."""


class OutcomeMissing(RightsError):
    """A concern ends with an answer: say in plain words what came of it."""


class ReasonMissing(RightsError):
    """Say why it is not done in full; the reasons are {0}."""


class ReceiptInvalid(RightsError):
    """The receipt does not hold: {0}."""


class StillThere(RightsError):
    """The erasure of {0} is not finished: {1}. It is carried on in the background until nothing is left."""


class Waits(StillThere):
    """The erasure of {0} was asked for and waits: {1}. It goes on by itself."""

    def __init__(self, subject: object, wait: "Wait") -> None:
        super().__init__(subject, wait.reason)
        self.wait = wait


class Unacceptable(RightsError):
    """{0}"""
