"""The key that signs the log and the receipts: an Ed25519 seed in a file of mode 0600."""

import os
from functools import cache
from pathlib import Path

from django.conf import settings

from upheld.home import secret_file
from upheld.ledger.errors import BadKey
from upheld.ledger.notes import Signer, Verifier


def create_key(path: Path) -> None:
    """Make one. Raises FileExistsError rather than overwrite a key."""
    secret_file(path, os.urandom(32))


def signer() -> Signer:
    """Raises BadKey when the file is missing or is none."""
    return _signer(settings.UPHELD_ORIGIN, settings.UPHELD_LEDGER_KEY)


def verifier() -> Verifier:
    return signer().verifier


def verifier_key() -> str:
    """The public key as text, to check checkpoints, proofs and receipts with."""
    return str(verifier())


@cache
def _signer(origin: str, path: Path) -> Signer:
    try:
        seed = path.read_bytes()
    except OSError:
        raise BadKey(path) from None
    if len(seed) != 32:
        raise BadKey(path)
    return Signer.from_seed(origin, seed)
