"""What this room says when it does not do as asked. Nothing was changed then."""


class CasesError(Exception):
    """The case could not be worked on."""

    def __init__(self, *parts: object) -> None:
        super().__init__((self.__doc__ or "").format(*parts))


class NoSuchCase(CasesError):
    """There is no such open case: it may have been closed meanwhile. Look at the queue again."""


class NotYourJob(CasesError):
    """None of your jobs works on cases of the kind {0}."""


class NotYours(CasesError):
    """{0} is not yours: take it first."""


class TakenBy(CasesError):
    """{0} is being worked on by {1}: ask them to hand it over."""


class TooClose(CasesError):
    """{0} is about somebody whom you declared to be close to you: leave it to a colleague."""


class ChooseAnother(CasesError):
    """Choose another colleague for this one."""


class ReasonNeeded(CasesError):
    """Say why with one of these reasons: {0}."""


class IsDerived(CasesError):
    """{0} is closed by doing what it is about: there is nothing else to close."""


class TooManyOpenings(CasesError):
    """You have opened as much in this hour as the job {0} may. The privacy officer was told. Wait {1} minutes."""


class NeedsAnother(CasesError):
    """Somebody else has to agree to {0}: with a job, not new here, and no relation or invitation between the two."""


class NotWaiting(CasesError):
    """{0} does not wait for an answer any more. Look at the list again."""


class NotInvolved(CasesError):
    """Only those who asked for {0} and agreed to it can end it."""


class OwnReview(CasesError):
    """{0} is about what you did yourself: somebody else has to look at it."""


class NeedsAnotherReviewer(CasesError):
    """Another privacy officer has to review {0}: with no relation or invitation between them and who opened it."""


class AlreadyClosed(CasesError):
    """{0} was closed already. Look at the list again."""


class NoteTooLong(CasesError):
    """This is longer than {0} characters. Write less; nothing of it was kept."""


class NoteHoldsCard(CasesError):
    """This looks like the number of a card, so nothing of it was kept. Leave the number out."""


class MovedOn(CasesError):
    """Nothing was sent: something was said here since you read it. Read it again first; what you wrote stays."""


class TooManySearches(CasesError):
    """You have searched as often in this hour as you may. The privacy officer was told. Wait {0} minutes."""
