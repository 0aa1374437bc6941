"""A bad line to the real sandbox: requests get lost on their way, or their answers do."""

from collections.abc import Callable
from typing import Any

from upheld.payments.errors import ProcessorRefused, Unreachable
from upheld.payments.sandbox.client import Sandbox

WRITES = {"authorise", "cancel", "capture", "forget", "keep_card", "refund"}
READS = {"fetch", "find"}


class Line:
    """Everything that the sandbox has. `loses` is what becomes of the next writes, in order: request, answer, or
    nothing; with `is_down`, nothing gets through at all; `hides` are the references it refuses to speak about."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.loses: list[str] = []
        self.is_down = False
        self.hides: set[object] = set()
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.sandbox, name)
        return self._over(name, found) if name in WRITES | READS else found

    def _over(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def over(*args: object, **given: object) -> object:
            self.asked.append(name)
            loses = self.loses.pop(0) if self.loses and name in WRITES else ""
            if self.is_down or loses == "request":
                raise Unreachable
            if self.hides & set(args):
                raise ProcessorRefused("hidden")
            answer = call(*args, **given)
            if loses == "answer":
                raise Unreachable
            return answer

        return over
