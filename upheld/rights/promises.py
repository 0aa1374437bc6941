"""The checks of what a person may do about their data. Each is shown on a person made up for it (`rehearsal`)."""

from collections import Counter

from upheld.policy import RIGHTS, Policy, Promise, force
from upheld.policy.checks import Finding, check
from upheld.rights import counting, rehearsed


@check(
    Promise.CHOICES,
    how="A made-up person refuses and allows each topic of the policy, then refuses all in one step; after each word "
    "we ask whether a letter may be written.",
)
def choices() -> Finding:
    return rehearsed.shown("choices")


@check(
    Promise.PRECAUTIONS,
    how="A made-up person chooses a password; what is kept of it must be Argon2id with OWASP's parameters at least.",
)
def password() -> Finding:
    return rehearsed.shown("password")


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


@check(
    Promise.SIGN_IN_AND_PAYMENT,
    how="Every opening of an address, password or card in the ledger is counted by its purpose, which must be one that "
    "the policy declares for it.",
)
def sign_in_and_payment() -> Finding:
    policies = force.published().versions()
    counted = {key: n for key, n in counting.openings().items() if key[0] in ("email", "password", "card")}
    wrong = [
        f"{datum} was opened for {purpose}, {n} times"
        for (datum, purpose), n in sorted(counted.items())
        if purpose not in RIGHTS and not any(_declares(policy, datum, purpose) for policy in policies)
    ]
    purposes = Counter[str]()
    for (_, purpose), n in counted.items():
        purposes[purpose] += n
    said = ", ".join(f"{n} for {purpose}" for purpose, n in purposes.most_common())
    return Finding(
        not wrong, f"{sum(counted.values())} openings of address, password and card: {said or 'none'}", tuple(wrong)
    )


def _declares(policy: Policy, datum: str, purpose: str) -> bool:
    return purpose in policy.purposes and datum in policy.purposes[purpose].uses
