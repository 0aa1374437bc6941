"""The processors that this instance has to do with: the one of the settings, and those of its rows."""

from upheld.payments import processors
from upheld.payments.models import Card, Payment
from upheld.payments.processor import Processor


def used() -> list[Processor]:
    """The current one first. Raises HomeError for one that a row names and the settings do not reach."""
    current = processors.current()
    others = [name for name in processors.NAMES if name != current.name and _has_rows(name)]
    return [current, *(processors.named(name) for name in others)]


def _has_rows(name: str) -> bool:
    return any(model.objects.filter(processor=name).exists() for model in (Card, Payment))
