"""The checks of what was written to people: the whole record is read, not a sample of it."""

from collections.abc import Iterator
from functools import cache
from uuid import UUID

from upheld import ledger
from upheld.policy import Promise, force
from upheld.policy.acts import Act
from upheld.policy.checks import Finding, check

MOST = 20


@check(
    Promise.NEWS_UNLESS_TOLD,
    how="The whole ledger is read in its order: every letter handed over, and every word about a topic. No letter "
    "about a topic may follow a refusal of it, or come before a yes where the policy waits for one.",
)
def news_unless_told() -> Finding:
    said: dict[tuple[UUID, str], bool] = {}
    policy_of = cache(force.published().in_force)
    count, wrong = 0, []
    for entry in _entries(Act.CHOICE_RECORD, Act.LETTER_DELIVER):
        subject, facts = entry.subject, entry.facts
        assert subject is not None  # both are about someone
        if entry.act == Act.CHOICE_RECORD:
            said[subject, str(facts["topic"])] = bool(facts["allowed"])
            continue
        declared = policy_of(entry.at.date()).purposes.get(str(facts["purpose"]))
        if declared and declared.choice:
            count += 1
            if not said.get((subject, str(facts["purpose"])), declared.choice == "opt_out"):
                wrong.append(f"{facts['letter']}, about {facts['purpose']}, left after it was refused")
    return Finding(not wrong, f"{count} letters of news, {len(wrong)} of them after a refusal", tuple(wrong[:MOST]))


@check(
    Promise.EXPRESSED_INTEREST,
    how="The whole ledger is read in its order: no news about a product may have been handed over but to someone who "
    "had said, and not taken back, that it interests them.",
)
def expressed_interest() -> Finding:
    interested: set[tuple[UUID | None, str]] = set()
    count, wrong = 0, []
    for entry in _entries(Act.INTEREST_RECORD, Act.LETTER_DELIVER):
        facts = entry.facts
        key = (entry.subject, str(facts.get("product", "")))
        if entry.act == Act.INTEREST_RECORD:
            (interested.add if facts["interested"] else interested.discard)(key)
        elif key[1]:
            count += 1
            if key not in interested:
                wrong.append(f"{facts['letter']}, about {key[1]}, went to someone who had not asked for it")
    figure = f"{count} letters of news about a product, {len(wrong)} of them to people without interest in it"
    return Finding(not wrong, figure, tuple(wrong[:MOST]))


def _entries(*acts: Act) -> Iterator["ledger.Entry"]:
    """By their ids, which are of the times at which they were made: of one person, in the order of the lock."""
    return ledger.Entry.objects.filter(act__in=acts).order_by("id").iterator(chunk_size=2000)
