"""What the carriers say when a parcel cannot go. No message holds anything of the person's: logs may keep them."""

from collections.abc import Sequence


class CarrierError(Exception):
    """The carrier did not do it. {0}"""

    def __init__(self, *parts: object) -> None:
        super().__init__((self.__doc__ or "").format(*parts).strip())

    @property
    def sentence(self) -> str:
        return str(self)


class CarrierUnreachable(CarrierError):
    """{0} gave no clear answer. Try again: with the same key nothing is bought twice."""


class CarrierRefused(CarrierError):
    """{0} refuses: {1}"""


class KeyRefused(CarrierRefused):
    """{0} does not accept the key in the settings. Set shipping.easypost_key."""


class Undeliverable(CarrierError):
    """{0} does not know this address. Ask the person for the right one."""

    def __init__(self, title: str, reasons: Sequence[str] = ()) -> None:
        super().__init__(title)
        self.reasons = tuple(reasons)  # the carrier's words, for staff who have the address before them
