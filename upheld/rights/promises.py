"""The checks of what a person may do about their data. Each is shown on a person made up for it (`rehearsal`)."""

from collections import Counter

from upheld.policy import RIGHTS, Policy, Promise, force
from upheld.policy.checks import Finding, check
from upheld.rights.checks import building, corrected, counting, kept_back, overseeing, piecemeal, rehearsed, replying

OF_ORDERS = ("card", "order", "shipment")
FILLING = ("billing", "fulfilment", "order_trouble")
concerns, one_concern = overseeing.concerns, overseeing.one_concern
two_matters = replying.two_matters
held, refused_uses = kept_back.held, kept_back.refused_uses
proposed, restated = corrected.proposed, corrected.restated
alone, waits = piecemeal.alone, piecemeal.waits
builds_gone, builds_seen, builds_stopped = building.gone, building.seen, building.stopped


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
    "every file of the instance but the outgoing letters, in every table and in what processes show. No such file may "
    "hold a document, which is made when asked for and kept by nobody here.",
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
    counted = Counter[tuple[str, str]]()
    for (_, datum, purpose), n in counting.openings().items():
        if datum in ("email", "password", "card"):
            counted[datum, purpose] += n
    wrong = [
        f"{datum} was opened for {purpose}, {n} times"
        for (datum, purpose), n in sorted(counted.items())
        if purpose not in RIGHTS and not any(_declares(policy, datum, purpose) for policy in policies)
    ]
    return Finding(not wrong, f"{_purposes(counted)} of address, password and card", tuple(wrong))


@check(
    Promise.BILLING_AND_FILLING,
    how="Every opening in the ledger of anything in an order, a parcel or a card is counted by its purpose, which must "
    "be billing, filling the order, trouble with it, or a right that the person used.",
)
def billing_and_filling() -> Finding:
    counted = Counter[tuple[str, str]]()
    for (label, _, purpose), n in counting.openings().items():
        if label in OF_ORDERS:
            counted[label, purpose] += n
    wrong = [
        f"something in {label} was opened for {purpose}, {n} times"
        for (label, purpose), n in sorted(counted.items())
        if purpose not in (*FILLING, *RIGHTS)
    ]
    return Finding(not wrong, f"{_purposes(counted)} of what orders hold", tuple(wrong))


@check(
    Promise.ORDER_TROUBLE,
    how="With the sandbox: a made-up person orders with a card that is declined when it is charged. A letter must be "
    "on record and lead to the order, and another card typed there must mend it. The order is called off again.",
)
def order_trouble() -> Finding:
    return rehearsed.shown("bought")


@check(
    Promise.DISCLOSURE_ON_REQUEST,
    how="With the sandbox: what a made-up order needs is handed to a carrier and to the processor by the same steps as "
    "for everyone; each must be on record once for its matter, with exactly the data that the policy declares.",
)
def handed() -> Finding:
    return rehearsed.shown("handed")


@check(
    Promise.ORDER_FORM,
    how="With the sandbox: a made-up person types a random card number; neither it nor any other number that could be "
    "a card's may be in a file of the instance, in the person's rows, or in what processes show.",
)
def no_card_number() -> Finding:
    return rehearsed.shown("unnumbered")


def _purposes(counted: Counter[tuple[str, str]]) -> str:
    purposes = Counter[str]()
    for (_, purpose), n in counted.items():
        purposes[purpose] += n
    said = ", ".join(f"{n} for {purpose}" for purpose, n in purposes.most_common())
    return f"{purposes.total()} openings ({said or 'none'})"


def _declares(policy: Policy, datum: str, purpose: str) -> bool:
    return purpose in policy.purposes and datum in policy.purposes[purpose].uses
