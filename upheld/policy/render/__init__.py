"""The policy for others to read: people, documentation sites, and the programs that know the field's vocabularies."""

from upheld.policy.render.counted import CountedEvent, CountedUsage, counted
from upheld.policy.render.linked import json_ld
from upheld.policy.render.manifest import fideslang
from upheld.policy.render.page import footnotes, html, mark
from upheld.policy.render.site import docusaurus, markdown
from upheld.policy.render.table import InventoryRow, Kept, Receiver, Use, inventory

__all__ = [
    "CountedEvent",
    "CountedUsage",
    "InventoryRow",
    "Kept",
    "Receiver",
    "Use",
    "counted",
    "docusaurus",
    "fideslang",
    "footnotes",
    "html",
    "inventory",
    "json_ld",
    "mark",
    "markdown",
]
