"""The bytes of a policy file taken apart: front matter as YAML nodes that know their place, and the prose.

Less is allowed than YAML and Markdown would allow, because two programs must never read two different policies
out of the same bytes: no anchors, tags or repeated keys, one kind of line end, no invisible characters.
"""

import re
from dataclasses import dataclass

import yaml

from upheld.policy.errors import Malformed, Problem

MAXIMUM = 1024 * 1024  # bytes of a whole file
MAXIMUM_FRONT = 64 * 1024  # bytes of its front matter
MAXIMUM_DEPTH = 8  # of nested mappings and lists; the format needs three

BOM = b"\xef\xbb\xbf"
# Control characters, and those that hide text or reorder what is seen: a reader must see what is enforced.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Front:
    """The front matter's root node, and the prose with the number of its first line."""

    root: yaml.MappingNode
    prose: str
    first_line: int


def take_apart(data: bytes, name: str) -> Front:
    """Split a policy file; raises Malformed at the first thing that makes it unreadable."""
    lines = _text(data, name).split("\n")
    if lines[0] != "---":
        raise _at(name, 1, 1, "A policy begins with a line of three dashes (---), then its front matter.")
    try:
        closing = lines.index("---", 1)
    except ValueError:
        raise _at(
            name,
            len(lines),
            1,
            "The front matter is never closed: after it comes a line of three dashes (---).",
        ) from None
    front = "\n".join(lines[1:closing]) + "\n"
    return Front(_root(front, name), "\n".join(lines[closing + 1 :]), closing + 2)


def _text(data: bytes, name: str) -> str:
    if len(data) > MAXIMUM:
        raise _at(name, 1, 1, f"The file has more than the {MAXIMUM:,} bytes that a policy may have.")
    if data.startswith(BOM):
        raise _at(name, 1, 1, "The file begins with a byte order mark; save it as UTF-8 without one.")
    try:
        text = data.decode()
    except UnicodeDecodeError as problem:
        before = data[: problem.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode()) + 1
        raise _at(name, before.count(b"\n") + 1, column, "The file is not UTF-8 from here; save it as UTF-8.") from None
    _refuse_invisible(text, name)
    return text


def _refuse_invisible(text: str, name: str) -> None:
    found = INVISIBLE.search(text)
    if not found:
        return
    line, column = text.count("\n", 0, found.start()) + 1, found.start() - text.rfind("\n", 0, found.start())
    if found[0] == "\r":
        raise _at(
            name,
            line,
            column,
            "The line ends with a carriage return; save the file with Unix line ends (LF). A policy is known by "
            "the digest of its bytes, so they must be the same everywhere.",
        )
    raise _at(name, line, column, f"The invisible character U+{ord(found[0]):04X} may not stand in a policy.")


def _root(front: str, name: str) -> yaml.MappingNode:
    if len(front.encode()) > MAXIMUM_FRONT:
        raise _at(name, 1, 1, f"The front matter has more than {MAXIMUM_FRONT:,} bytes.")
    try:
        _refuse_extras(front, name)
        root = yaml.compose(front, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line, column = (mark.line + 2, mark.column + 1) if mark else (1, 1)
        said = problem.problem or problem.context or "it cannot be read"
        raise _at(name, line, column, f"The front matter is not YAML: {said}.") from None
    except yaml.YAMLError as problem:
        raise _at(name, 1, 1, f"The front matter is not YAML: {problem}.") from None
    if not isinstance(root, yaml.MappingNode):
        raise _at(name, 2, 1, "The front matter is a mapping of keys to values, and here it is not.")
    return root


def _refuse_extras(front: str, name: str) -> None:
    """Refuse anchors, aliases, tags, a second document and deep nesting, before anything is built."""
    depth = documents = 0
    for event in yaml.parse(front, Loader=yaml.SafeLoader):
        mark = event.start_mark
        line, column = (mark.line + 2, mark.column + 1) if mark else (2, 1)
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            raise _at(name, line, column, "Anchors and aliases (& and *) are not allowed; write the value out.")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            raise _at(name, line, column, f"The tag {event.tag} is not allowed; a policy has plain values only.")
        if documents > 1:
            raise _at(name, line, column, "The front matter is one YAML document; here a second one begins.")
        if depth > MAXIMUM_DEPTH:
            raise _at(name, line, column, f"Nothing in a policy is nested more than {MAXIMUM_DEPTH} deep.")


def _at(name: str, line: int, column: int, message: str) -> Malformed:
    return Malformed([Problem(name, line, column, message)])
