"""What this room says when it does not do as asked."""


class ContactError(Exception):
    """The contact room refused."""

    def __init__(self, *parts: object) -> None:
        super().__init__((self.__doc__ or "").format(*parts))


class NotAnAddress(ContactError):
    """Enter an e-mail address such as ada@example.org: {0}"""


class BulletinUnfit(ContactError):
    """Line {0} of this news cannot be sent: {1}."""


class NoSuchBulletin(ContactError):
    """There is no news {0!r}: see upheld news list."""


class NoSuchProduct(ContactError):
    """The policy covers no product called {0!r}."""


class NoSuchTopic(ContactError):
    """The policy has no choice called {0!r}."""


class NoMailKey(ContactError):
    """There is no RSA key to sign letters with in {0}: make one with upheld letters key."""


class NewsToStranger(ContactError):
    """A letter of the kind {0} cannot be sent: news goes to nobody who never came to us."""


class NotNews(ContactError):
    """A letter of the kind {0} cannot be sent: news is for a topic of the policy, and other letters for none."""


class MailNotUnderstood(ContactError):
    """The setting mail.url must look like smtp://user:password@host:587 or smtps://user:password@host:465."""
