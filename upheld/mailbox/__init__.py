"""Letters coming in: what any bytes say, from whom, and what their writer wants.

Pure Python. Nothing here opens, changes or sends anything: who holds a letter decides what becomes of it.
"""

from upheld.mailbox.letter import Attachment, Letter, Refused
from upheld.mailbox.reading import read

__all__ = ["Attachment", "Letter", "Refused", "read"]
