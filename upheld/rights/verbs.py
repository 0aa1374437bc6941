"""What people do here. Each verb's own file says how."""

from upheld.rights.corrections.correcting import correct, how_to_correct
from upheld.rights.erasure.deleting import can_delete, delete_item
from upheld.rights.erasure.erasing import erase, receipt, resume
from upheld.rights.erasure.keeping import keep
from upheld.rights.erasure.planning import plan
from upheld.rights.holding import end_hold, end_over, place_hold
from upheld.rights.requests.carrying_out import carry_out_due
from upheld.rights.requests.concerns import raise_concern
from upheld.rights.requests.confirming import asked, confirm, disown, secret_in
from upheld.rights.requests.ending import end
from upheld.rights.requests.requesting import ask, withdraw
from upheld.rights.requests.watching import expire_due, remind_due, status
from upheld.rights.requests.writers import writer, writers
from upheld.rights.restricting import lift, lift_due, restrict
from upheld.rights.seen.exporting import export
from upheld.rights.seen.fetching import Copy, begin_fetch, copy, fetch
from upheld.rights.seen.seeing import outline, see

__all__ = [
    "Copy",
    "ask",
    "asked",
    "begin_fetch",
    "can_delete",
    "carry_out_due",
    "confirm",
    "copy",
    "correct",
    "delete_item",
    "disown",
    "end",
    "end_hold",
    "end_over",
    "erase",
    "expire_due",
    "export",
    "fetch",
    "how_to_correct",
    "keep",
    "lift",
    "lift_due",
    "outline",
    "place_hold",
    "plan",
    "raise_concern",
    "receipt",
    "remind_due",
    "restrict",
    "resume",
    "secret_in",
    "see",
    "status",
    "withdraw",
    "writer",
    "writers",
]
