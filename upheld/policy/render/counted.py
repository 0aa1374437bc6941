"""What a build may count, in words: each event with its values, and what holds for all of them."""

from dataclasses import dataclass

from upheld.policy import words
from upheld.policy.document import Policy


@dataclass(frozen=True, slots=True)
class CountedEvent:
    """An event that is counted, with the values under which it is; without any it has one count. All is text."""

    name: str
    title: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountedUsage:
    """What builds count, where they do: the events in the policy's order, and sentences about all of them."""

    events: tuple[CountedEvent, ...]
    sentences: tuple[str, ...]


def counted(policy: Policy) -> CountedUsage | None:
    """None for a policy that lets builds count nothing."""
    usage = policy.usage
    if not usage.events:
        return None
    events = tuple(
        CountedEvent(name, words.event(policy, name), tuple(map(words.value, event.values)))
        for name, event in usage.events.items()
    )
    sentences = (
        f"Unless its user chose something else, a build {words.level(usage.level)}.",
        f"What one build counted is kept for {words.period(usage.keep)}; figures about many stay.",
        f"No figure is about fewer than {usage.threshold} builds.",
    )
    return CountedUsage(events, sentences)
