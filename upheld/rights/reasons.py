"""Why a request is where it is: the codes, and what people read for each.

The reasons for a denial are those of the Data Rights Protocol 1.0, section 3.02; the others are ours.
"""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy

from upheld.rights.models import Right, State


class Reason(StrEnum):
    AWAITS_COPY = "awaits_copy"
    AWAITS_DELIVERY = "awaits_delivery"
    CLAIM_NOT_COVERED = "claim_not_covered"
    CONFIRMED = "confirmed"
    COPY_READY = "copy_ready"
    ERASING = "erasing"
    INSUF_VERIFICATION = "insuf_verification"
    KEPT_BY_LAW = "kept_by_law"
    LEGAL_HOLD = "legal_hold"
    NO_MATCH = "no_match"
    NOT_FETCHED = "not_fetched"
    NOT_ME = "not_me"
    OFFICER = "officer"
    OTHER = "other"
    OTHERS_RIGHTS = "others_rights"
    OUTSIDE_JURISDICTION = "outside_jurisdiction"
    PROPOSED = "proposed"
    RESTRICTED = "restricted"
    STAYS_AS_ISSUED = "stays_as_issued"
    SUSPECTED_FRAUD = "suspected_fraud"
    TOO_MANY_REQUESTS = "too_many_requests"
    UNCONFIRMED = "unconfirmed"
    UNDO_WINDOW = "undo_window"
    WITHDRAWN = "withdrawn"


SENTENCES: Mapping[str, Lazy] = {
    Reason.AWAITS_COPY: gettext_lazy(
        "It begins as soon as you have fetched the copy that you asked for, or the link to it has ended."
    ),
    Reason.AWAITS_DELIVERY: gettext_lazy("It waits until what you ordered has arrived."),
    Reason.CLAIM_NOT_COVERED: gettext_lazy("The law does not give this right in this case."),
    Reason.CONFIRMED: gettext_lazy("It was confirmed, and is carried out now."),
    Reason.COPY_READY: gettext_lazy("The copy is ready to be fetched."),
    Reason.ERASING: gettext_lazy("Everything is being deleted."),
    Reason.INSUF_VERIFICATION: gettext_lazy("We could not be sure who asked."),
    Reason.KEPT_BY_LAW: gettext_lazy("A law has us keep a part of it for now."),
    Reason.LEGAL_HOLD: gettext_lazy("A law has us keep it until a day that you were told; then it goes on by itself."),
    Reason.NO_MATCH: gettext_lazy("We hold nothing that it is about."),
    Reason.NOT_FETCHED: gettext_lazy(
        "The copy was not fetched within seven days or three tries, and the link has ended."
    ),
    Reason.NOT_ME: gettext_lazy("The reader of the address said that it was not theirs."),
    Reason.OFFICER: gettext_lazy("A person works on it."),
    Reason.OTHER: gettext_lazy("We wrote to you why."),
    Reason.OTHERS_RIGHTS: gettext_lazy("It would have told something about somebody else."),
    Reason.OUTSIDE_JURISDICTION: gettext_lazy("The law that it names does not hold for us."),
    Reason.PROPOSED: gettext_lazy("A correction waits for your yes or no."),
    Reason.RESTRICTED: gettext_lazy("It is kept, and used for nothing that you refused."),
    Reason.STAYS_AS_ISSUED: gettext_lazy("A document that was issued stays as it was; a correction stands beside it."),
    Reason.SUSPECTED_FRAUD: gettext_lazy("It seemed that somebody asked in another's name."),
    Reason.TOO_MANY_REQUESTS: gettext_lazy("The same was asked too often."),
    Reason.UNCONFIRMED: gettext_lazy("It was not confirmed within seven days."),
    Reason.UNDO_WINDOW: gettext_lazy("It is carried out on a day that you were told; until then you can take it back."),
    Reason.WITHDRAWN: gettext_lazy("It was taken back."),
}

GIVEN = (
    Reason.CLAIM_NOT_COVERED, Reason.INSUF_VERIFICATION, Reason.KEPT_BY_LAW, Reason.NO_MATCH, Reason.OTHER,
    Reason.OTHERS_RIGHTS, Reason.OUTSIDE_JURISDICTION, Reason.SUSPECTED_FRAUD, Reason.TOO_MANY_REQUESTS,
)  # fmt: skip
"""Those that staff may give for what is not done, or not in full."""

STATES: Mapping[str, Lazy] = {
    State.OPEN: gettext_lazy("open"),
    State.NEED_VERIFICATION: gettext_lazy("waiting to be confirmed"),
    State.IN_PROGRESS: gettext_lazy("in progress"),
    State.ON_HOLD: gettext_lazy("on hold"),
    State.FULFILLED: gettext_lazy("done"),
    State.PARTLY_FULFILLED: gettext_lazy("done in part"),
    State.REVOKED: gettext_lazy("taken back"),
    State.DENIED: gettext_lazy("refused"),
    State.EXPIRED: gettext_lazy("ended without confirmation"),
}

RIGHTS: Mapping[str, Lazy] = {
    Right.OPT_OUT: gettext_lazy("to get no more news"),
    Right.ACCESS: gettext_lazy("to see what we hold about you"),
    Right.RECTIFICATION: gettext_lazy("to have something corrected"),
    Right.ERASURE: gettext_lazy("to have everything deleted that we hold about you"),
    Right.RESTRICTION: gettext_lazy("to have us use your data no further for now"),
    Right.OBJECTION: gettext_lazy("to object to how your data are used"),
    Right.CONCERN: gettext_lazy("a concern about how we use your data"),
}
"""What is asked for, as in: you asked …"""
