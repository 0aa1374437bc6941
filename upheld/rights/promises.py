"""The checks of what a person may do about their data. Each is shown on a person made up for it (`rehearsal`)."""

from upheld.policy import Promise
from upheld.policy.checks import Finding, check
from upheld.rights import rehearsed


@check(
    Promise.CHOICES,
    how="A made-up person refuses and allows each topic of the policy, then refuses all in one step; after each word "
    "we ask whether a letter may be written.",
)
def choices() -> Finding:
    return rehearsed.shown("choices")


@check(
    Promise.SEE,
    how="A value is planted in every field that can be held about a made-up person; what they are shown, and their "
    "copy, must hold every one of them and nothing else.",
)
def see() -> Finding:
    return rehearsed.shown("seen")


@check(
    Promise.CORRECT,
    how="Every field of a made-up person is corrected by the way that the page names; the new value must be shown, and "
    "the old ciphertext be in no file any more.",
)
def correct() -> Finding:
    return rehearsed.shown("corrected")


@check(Promise.CORRECTIONS, how="The same walk as for the promise correct: the way that is named, on a made-up person.")
def corrections() -> Finding:
    return rehearsed.shown("corrected")


@check(
    Promise.DELETE,
    how="A made-up person is erased; every store is read again, every file is searched for their values, and a copy of "
    "their rows from before is tried with today's keys.",
)
def delete() -> Finding:
    return rehearsed.shown("erased")


@check(
    Promise.ONLINE_AND_OFFLINE,
    how="While a made-up person's values are held they are looked for, as text, UTF-16, hexadecimal and base64, in "
    "every file of the instance but the outgoing letters, in every table and in what processes show.",
)
def online_and_offline() -> Finding:
    return rehearsed.shown("hidden")
