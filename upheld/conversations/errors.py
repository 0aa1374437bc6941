"""What this room says when it is used wrongly."""


class ConversationsError(Exception):
    """The conversations room refused."""

    def __init__(self, *parts: object) -> None:
        super().__init__((self.__doc__ or "").format(*parts))


class Closed(ConversationsError):
    """Conversation {0} is closed. It opens again when the person writes."""


class NothingSaid(ConversationsError):
    """Write an answer first."""


class NowhereToWrite(ConversationsError):
    """Nothing is held by which the person of conversation {0} could be reached."""


class ReasonUnknown(ConversationsError):
    """{0!r} is no reason of a conversation; the reasons are {1}."""
