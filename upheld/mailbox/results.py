"""Authentication-Results (RFC 8601): what our own mail server found out about a letter."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMMENT = re.compile(r"\([^()]*\)")
_METHOD = re.compile(r"\s*([a-z0-9-]+)(?:/\d+)?\s*=\s*([a-z]+)", re.IGNORECASE)
# What servers add about the domain's policy: (p=REJECT sp=NONE), (policy=none) or policy.dmarc=none.
_POLICY = re.compile(r"\b(sp|p|policy|policy\.dmarc)\s*=\s*\"?(none|quarantine|reject)\b", re.IGNORECASE)
_PROPERTY = re.compile(r"([a-z]+\.[a-z0-9-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;]+))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result, such as dkim, pass, {"header.d": "example.org"}."""

    method: str
    value: str
    properties: dict[str, str]

    def domain(self, *names: str) -> str:
        """The domain in the first of these properties that is there."""
        found = next((self.properties[name] for name in names if name in self.properties), "")
        return found.rpartition("@")[2].strip("<>").rstrip(".").lower()


def server(header: str) -> str:
    """The authserv-id: who says it."""
    said = _without_comments(header).partition(";")[0].split()
    return said[0].strip('"').lower() if said else ""


def results(header: str) -> Iterator[Result]:
    for part in _without_comments(header).split(";")[1:]:
        method = _METHOD.match(part)
        if method:
            told = {name.lower(): quoted or bare for name, quoted, bare in _PROPERTY.findall(part)}
            yield Result(method[1].lower(), method[2].lower(), told)


def refuses(header: str, *, is_subdomain: bool = False) -> bool:
    """Whether the header says that the domain asks for what is not its own to be held or refused (DMARC)."""
    told = {name.lower(): value.lower() for name, value in _POLICY.findall(header[:8000])}
    of_subdomains = told.pop("sp", "")
    stated = {of_subdomains} if is_subdomain and of_subdomains else set(told.values())
    return bool(stated) and "none" not in stated


def _without_comments(header: str) -> str:
    """Comments nest; a few layers are enough for every server there is."""
    text = header[:8000]
    for _ in range(4):
        text = _COMMENT.sub(" ", text)
    return text
