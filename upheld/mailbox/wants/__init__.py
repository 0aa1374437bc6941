"""What the writer of a letter wants, by a grammar: one set of rules, and one file of words a language."""

from upheld.mailbox.wants.deciding import Evidence, Wants, wants
from upheld.mailbox.wants.rules import Kind

__all__ = ["Evidence", "Kind", "Wants", "wants"]
