"""What the making of documents says when it is used wrongly."""


class DocumentError(Exception):
    """A document cannot be made."""

    def __init__(self, *parts: object) -> None:
        super().__init__((self.__doc__ or "").format(*parts))


class SumsDiffer(DocumentError):
    """The document does not add up: its total is {0}, and its lines make {1}."""


class TotalMissing(DocumentError):
    """A document of this kind needs a total: {0}."""


class PaperUnknown(DocumentError):
    """Documents are printed on A4 or Letter, not on {0!r}."""
