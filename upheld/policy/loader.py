"""Reads a policy file strictly: whatever is unknown, doubled or left hanging is an error with its place."""

from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from upheld.policy.backing import sentences_of
from upheld.policy.document import Policy
from upheld.policy.errors import Unopened
from upheld.policy.front import MAXIMUM, take_apart
from upheld.policy.promises import Promise
from upheld.policy.prose import NOTE
from upheld.policy.reader import Reader
from upheld.policy.sections import Sections


def load(path: str | Path) -> Policy:
    """Read the policy in the file at `path`. Raises PolicyError, for a file that cannot be opened too."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAXIMUM + 1)  # never more, however long the file or endless the device
    except OSError as problem:
        raise Unopened(path=path, why=problem.strerror) from problem
    return loads(data, str(path))


def loads(data: bytes, name: str = "policy.md") -> Policy:
    """Read the policy in these bytes; `name` is what errors call it. Raises PolicyError with its problems."""
    front = take_apart(data, name)
    read = Reader(name)
    declared = Sections(read, front.root)
    sentences = sentences_of(front.prose, front.first_line, read)
    read.finish()
    return Policy(
        id=declared.id,
        title=declared.title,
        sidebar_label=declared.sidebar_label,
        effective=declared.effective,
        controller=declared.controller,
        products=declared.products,
        sources=MappingProxyType(declared.sources),
        data=MappingProxyType(declared.data),
        purposes=MappingProxyType(declared.purposes),
        recipients=MappingProxyType(declared.recipients),
        jobs=MappingProxyType(declared.jobs),
        retention=MappingProxyType(declared.retention),
        usage=declared.usage,
        guests=declared.guests,
        undo=declared.undo,
        notice=declared.notice,
        digest=sha256(data).hexdigest(),
        text=data,
        prose=front.prose,
        sentences=sentences,
        promises=frozenset(Promise(label) for each in sentences for label in each.labels if label != NOTE),
    )
