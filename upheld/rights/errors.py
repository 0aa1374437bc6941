"""What this room says when it does not do as asked. Nothing was changed then."""


class RightsError(Exception):
    """The request could not be carried out."""

    def __init__(self, *parts: object) -> None:
        super().__init__((self.__doc__ or "").format(*parts))


class CorrectedElsewhere(RightsError):
    """{0}.{1} is not corrected in place: {2}."""


class NotHeld(RightsError):
    """Nothing of that kind is held in {0}."""


class ReceiptInvalid(RightsError):
    """The receipt does not hold: {0}."""


class StillThere(RightsError):
    """The erasure of {0} is not finished: {1}. It is carried on in the background until nothing is left."""


class Unacceptable(RightsError):
    """{0}"""
