"""What this room says when it refuses."""


class EvidenceError(Exception):
    """The evidence cannot be given."""

    def __init__(self, *parts: object) -> None:
        super().__init__((self.__doc__ or "").format(*parts))
