"""Where each room registers the checks that show whether a promise is upheld, and evidence finds them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from upheld.policy.promises import Promise


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw. `upheld` is None when it could not tell; `figure` is what it counted, in words.

    `enforced` is False for a part of the promise that the software cannot keep yet: the figure says which, and the
    promise is not claimed, however well its other parts are kept.
    """

    upheld: bool | None
    figure: str
    details: tuple[str, ...] = ()
    enforced: bool = True


@dataclass(frozen=True, slots=True)
class Check:
    """A function that looks at the running system, and `how`: what it looks at, repeatable by hand."""

    promise: Promise
    name: str
    how: str
    look: Callable[[], Finding]


_registry: dict[Promise, dict[str, Check]] = {}


def check(promise: Promise, *, how: str) -> Callable[[Callable[[], Finding]], Callable[[], Finding]]:
    """Register the decorated function as one of the checks of `promise`; loading a module twice counts once."""

    def register(look: Callable[[], Finding]) -> Callable[[], Finding]:
        name = f"{look.__module__}.{look.__qualname__}"
        _registry.setdefault(promise, {})[name] = Check(promise, name, how, look)
        return look

    return register


def registered() -> Mapping[Promise, tuple[Check, ...]]:
    """The checks of every promise that has one, as a snapshot, each promise's in order of their names."""
    return MappingProxyType(
        {promise: tuple(found[name] for name in sorted(found)) for promise, found in _registry.items()}
    )
