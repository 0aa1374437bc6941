"""What people do here. Each verb's own file says how."""

from upheld.rights.correcting import correct, how_to_correct
from upheld.rights.erasing import erase, receipt, resume
from upheld.rights.exporting import export
from upheld.rights.planning import plan
from upheld.rights.seeing import outline, see

__all__ = ["correct", "erase", "export", "how_to_correct", "outline", "plan", "receipt", "resume", "see"]
