"""What this room says when it is used wrongly or a processor does not do as asked."""


class PaymentsError(Exception):
    """The payments room refused."""

    def __init__(self, *parts: object) -> None:
        super().__init__((self.__doc__ or "").format(*parts))


class CardDeclined(PaymentsError):
    """The card was declined: {0}."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason.replace("_", " "))
        self.reason = reason  # one of processor.DECLINES


class KeyReused(PaymentsError):
    """The processor has seen this idempotency key with other particulars."""


class NotFromProcessor(PaymentsError):
    """This webhook is not from the processor, or too old: its signature does not hold."""


class ProcessorRefused(PaymentsError):
    """The processor refused: {0}."""


class Unreachable(PaymentsError):
    """The processor did not answer; whether it acted is not known. It is asked again with the same key."""


class TokenUnknown(PaymentsError):
    """The processor does not know this card any more: type it again."""


class NotMoney(PaymentsError):
    """This is no amount of money: {0}."""
