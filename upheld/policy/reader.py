"""Reads typed values out of YAML nodes; notes every problem with its place, and does not stop at the first."""

import re
from collections.abc import Collection, Iterable
from datetime import date

import yaml

from upheld.policy.errors import Malformed, Problem, nearest
from upheld.policy.front import INVISIBLE

MAXIMUM_PROBLEMS = 100  # then the reading stops: finding each one's nearest name takes time

Members = dict[str, tuple[yaml.Node, yaml.Node]]
"""A mapping's members: each key's text, with the node of the key and that of the value."""

_TAG = "tag:yaml.org,2002:"
_KINDS = {
    "bool": "true or false (quote it if a text is meant)",
    "float": "a number",
    "int": "a number",
    "map": "a mapping",
    "merge": "a merge key",
    "null": "nothing",
    "seq": "a list",
    "str": "a text",
    "timestamp": "a date",
}


class Reader:
    """Collects the problems of one file. What it returns after a problem never reaches a policy."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []

    def note(self, node: yaml.Node, message: str) -> None:
        # The front matter begins on the file's second line, and YAML counts from nought.
        self.note_at(node.start_mark.line + 2, node.start_mark.column + 1, message)

    def note_at(self, line: int, column: int, message: str) -> None:
        self.problems.append(Problem(self.name, line, column, message))
        if len(self.problems) >= MAXIMUM_PROBLEMS:
            self.finish()

    def finish(self) -> None:
        """Raise Malformed when there was a problem."""
        if self.problems:
            raise Malformed(self.problems)

    def members(self, node: yaml.Node, what: str) -> Members:
        """The members of a mapping whose keys are texts, each once."""
        found: Members = {}
        if not isinstance(node, yaml.MappingNode):
            self.note(node, f"{what} is a mapping, and here is {kind(node)}.")
            return found
        for key, value in node.value:
            if not _is(key, "str"):
                self.note(key, f"A key is a text, and here is {kind(key)}.")
            elif key.value in found:
                first = found[key.value][0].start_mark.line + 2
                self.note(key, f'"{key.value}" stands here a second time; the first is on line {first}.')
            else:
                found[key.value] = (key, value)
        return found

    def record(self, node: yaml.Node, what: str, needed: Collection[str], allowed: Collection[str] = ()) -> Members:
        """The members of a mapping that must have the needed keys and may have the allowed ones."""
        found = self.members(node, what)
        for key, (place, _) in found.items():
            if key not in needed and key not in allowed:
                self.note(place, f'{what} has no "{key}".{nearest(key, {*needed, *allowed})}')
        if isinstance(node, yaml.MappingNode):
            for key in needed:
                if key not in found:
                    self.note(node, f'{what} needs "{key}".')
        return {key: found[key] for key in found if key in needed or key in allowed}

    def text(self, node: yaml.Node, what: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or not _is(node, "str"):
            self.note(node, f"{what} is a text, and here is {kind(node)}.")
            return ""
        if not node.value.strip():
            self.note(node, f"{what} is empty.")
        if hidden := INVISIBLE.search(node.value):
            self.note(node, f"{what} holds the invisible character U+{ord(hidden[0]):04X}.")
        return " ".join(str(node.value).split())

    def texts(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        """A list of texts, none twice; may be empty."""
        if not isinstance(node, yaml.SequenceNode):
            self.note(node, f"{what} is a list, and here is {kind(node)}.")
            return ()
        found: dict[str, None] = {}
        for item in node.value:
            text = self.text(item, f"Each of {what}")
            if text in found and text:
                self.note(item, f'"{text}" stands twice in {what}.')
            found[text] = None
        return tuple(found)

    def flag(self, node: yaml.Node, what: str) -> bool:
        if isinstance(node, yaml.ScalarNode) and _is(node, "bool") and node.value in {"true", "false"}:
            return bool(node.value == "true")
        said = f'"{node.value}"' if isinstance(node, yaml.ScalarNode) else kind(node)
        self.note(node, f"{what} is true or false, and here is {said}.")
        return False

    def days(self, node: yaml.Node, what: str) -> int:
        return self.number(node, what, "days")

    def number(self, node: yaml.Node, what: str, of: str) -> int:
        if isinstance(node, yaml.ScalarNode) and re.fullmatch("[0-9]{1,4}", node.value):
            return int(node.value)
        self.note(node, f"{what} is a number of {of} from 0 to 9999.")
        return 0

    def day(self, node: yaml.Node, what: str) -> date:
        if isinstance(node, yaml.ScalarNode) and len(node.value) == 10:
            try:
                return date.fromisoformat(node.value)
            except ValueError:
                pass
        self.note(node, f"{what} is a date such as 2026-12-01.")
        return date.min

    def one_of(self, value: str, node: yaml.Node, what: str, known: Iterable[str]) -> str:
        """The value when it is a known one; else a problem that names the nearest."""
        known = tuple(known)
        if value and value not in known:
            self.note(node, f'"{value}" is not {what}.{nearest(value, known)}')
        return value

    def all_of(self, node: yaml.Node, what: str, one: str, known: Iterable[str]) -> tuple[str, ...]:
        """A list of known names."""
        names = self.texts(node, what)
        known = tuple(known)
        if isinstance(node, yaml.SequenceNode):
            for item in node.value:
                if isinstance(item, yaml.ScalarNode) and _is(item, "str"):
                    self.one_of(item.value, item, one, known)
        return names


def kind(node: yaml.Node) -> str:
    """What the value is, for a sentence about what it should have been."""
    return _KINDS.get(str(node.tag).removeprefix(_TAG), "something else")


def _is(node: yaml.Node, tag: str) -> bool:
    return bool(node.tag == _TAG + tag)
