"""The policy for documentation sites: as Markdown with its tables written out, and safe for Docusaurus' MDX."""

import re

from upheld.policy.document import Policy
from upheld.policy.render.counted import counted
from upheld.policy.render.table import InventoryRow, inventory

_HEADINGS = ("What", "Where from", "What for", "Who else receives it", "Who opens it", "How long")

# What MDX reads in its own way, outside the places where it reads as Markdown does: code, escapes, link targets.
_MDX = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<escape>\\[\s\S])"
    r"|(?P<target>\]\(<[^<>\n]*>)"
    r"|<(?P<email>[^\s<>@:/]+@[^\s<>]+)>"
    r"|<(?P<url>[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>"
    r"|(?P<special>[<{}])"
    r"|(?P<module>^(?:import|export)\b)",
    re.MULTILINE | re.DOTALL,
)


def docusaurus(policy: Policy) -> str:
    """The same file with its prose safe for MDX, which takes `<` and `{` for code. It says the same sentences."""
    text = policy.text.decode()
    return text.removesuffix(policy.prose) + _MDX.sub(_safe, policy.prose)


def _safe(found: re.Match[str]) -> str:
    if address := found["email"]:
        return f"[{address}](mailto:{address})"
    if address := found["url"]:
        return f"[{address}]({address.replace('(', '%28').replace(')', '%29')})"
    if found["special"]:
        return "\\" + found[0]
    if found["module"]:
        return f"&#{ord(found[0][0])};{found[0][1:]}"
    return found[0]


def markdown(policy: Policy) -> str:
    """The prose, and after it the inventory as a table, for anywhere that Markdown is read."""
    rows = [_HEADINGS, ("---",) * len(_HEADINGS), *map(_cells, inventory(policy))]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    held = f"This version holds from {policy.effective}; the SHA-256 of its file is `{policy.digest}`."
    return f"{policy.prose.strip()}\n\n## The inventory\n\n{table}\n\n{_counted(policy)}{held}\n"


def _counted(policy: Policy) -> str:
    """What builds count, as a section of its own; empty where they count nothing."""
    found = counted(policy)
    if found is None:
        return ""
    rows = [("What a build counts", "Under these values"), ("---", "---")]
    rows += [(_plain(each.title), _plain(", ".join(each.values)) or "one count") for each in found.events]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return f"## What builds count\n\n{' '.join(found.sentences)}\n\n{table}\n\n"


def _cells(row: InventoryRow) -> tuple[str, ...]:
    kept = [f"{each.field or 'in general'}: {each.period}. {each.reason}".strip() for each in row.retention]
    return tuple(
        "; ".join(_plain(each) for each in cell) or "nobody"
        for cell in (
            (row.title + (" (sensitive)" if row.sensitive else ""),),
            row.sources,
            [use.title for use in row.purposes] or ["nothing"],
            [each.title for each in row.recipients],
            row.jobs,
            kept or ["until you delete it"],
        )
    )


def _plain(text: str) -> str:
    """Text that Markdown reads as itself."""
    return re.sub(r"([\\`*_\[\]<>|{}#&~])", r"\\\1", text)
