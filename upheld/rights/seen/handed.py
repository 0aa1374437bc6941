"""To whom something was handed, and who of them is told that it was corrected or erased; newest first."""

from upheld.policy.document import Policy
from upheld.rights import words
from upheld.rights.seen.held import Handed, Told
from upheld.vault.models import Disclosure, Notice


def disclosure(row: Disclosure, policy: Policy) -> Handed:
    title = words.recipient(policy, row.recipient)
    return Handed(row.recipient, title, tuple(row.fields), row.purpose, row.because, row.at, row.row, row.entry)


def notice(row: Notice, policy: Policy) -> Told:
    title = words.recipient(policy, row.recipient)
    return Told(
        row.recipient, title, row.because, row.reason, row.asked_at, row.told_at, row.answered_at, row.answer
    )  # fmt: skip
