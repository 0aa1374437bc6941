"""What this room says when it does not do as asked."""


class ContactError(Exception):
    """The contact room refused."""

    def __init__(self, *parts: object) -> None:
        super().__init__((self.__doc__ or "").format(*parts))


class NotAnAddress(ContactError):
    """Enter an e-mail address such as ada@example.org: {0}"""


class NoSuchTopic(ContactError):
    """The policy has no choice called {0!r}."""


class MailNotUnderstood(ContactError):
    """The setting mail.url must look like smtp://user:password@host:587 or smtps://user:password@host:465."""
