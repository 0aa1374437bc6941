"""What happened, in order, provably: entries, the log's tree and checkpoints, proofs to take home.

The room's surface. Names are loaded when first used, since models can only be imported once Django is set up.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from upheld.ledger.appending import append as append
    from upheld.ledger.appending import append_many as append_many
    from upheld.ledger.entries import Draft as Draft
    from upheld.ledger.entries import Fact as Fact
    from upheld.ledger.keys import create_key as create_key
    from upheld.ledger.keys import verifier_key as verifier_key
    from upheld.ledger.models import Entry as Entry
    from upheld.ledger.proofs import check_proof as check_proof
    from upheld.ledger.proving import prove as prove
    from upheld.ledger.sequencing import latest as latest
    from upheld.ledger.sequencing import sequence as sequence
    from upheld.ledger.verifying import Verification as Verification
    from upheld.ledger.verifying import verify as verify

_HOMES = {
    "appending": ("append", "append_many"),
    "entries": ("Draft", "Fact"),
    "keys": ("create_key", "verifier_key"),
    "models": ("Entry",),
    "proofs": ("check_proof",),
    "proving": ("prove",),
    "sequencing": ("latest", "sequence"),
    "verifying": ("Verification", "verify"),
}


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"upheld.ledger.{module}"), name)
    raise AttributeError(f"module 'upheld.ledger' has no attribute {name!r}")
