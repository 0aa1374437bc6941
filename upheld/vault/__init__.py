"""Personal data, sealed per subject: collected from declared sources, opened for declared purposes, on record.

The room's surface. Names are loaded when first used, since models can only be imported once Django is set up.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from upheld.vault.collecting import collect as collect
    from upheld.vault.collecting import collect_many as collect_many
    from upheld.vault.collecting import correct as correct
    from upheld.vault.disclosing import disclose as disclose
    from upheld.vault.expiring import expire_due as expire_due
    from upheld.vault.index import digest as digest
    from upheld.vault.index import find as find
    from upheld.vault.inventory import by_label as by_label
    from upheld.vault.inventory import people as people
    from upheld.vault.inventory import registry as registry
    from upheld.vault.inventory import rows_of as rows_of
    from upheld.vault.inventory import rows_on as rows_on
    from upheld.vault.opening import Opened as Opened
    from upheld.vault.opening import open as open
    from upheld.vault.removing import remove as remove
    from upheld.vault.rows import AboutPerson as AboutPerson
    from upheld.vault.rows import Personal as Personal
    from upheld.vault.rows import RowsAboutPeople as RowsAboutPeople
    from upheld.vault.rows import SubjectKey as SubjectKey
    from upheld.vault.rows import first_id as first_id
    from upheld.vault.rows import new_subject as new_subject
    from upheld.vault.sealed import Sealed as Sealed
    from upheld.vault.sealed import SealedValue as SealedValue
    from upheld.vault.shredding import going as going
    from upheld.vault.shredding import is_erased as is_erased
    from upheld.vault.shredding import kept_classes as kept_classes
    from upheld.vault.shredding import resume as resume
    from upheld.vault.shredding import shred as shred
    from upheld.vault.shredding import shred_if as shred_if
    from upheld.vault.shredding import staying as staying

_HOMES = {
    "collecting": ("collect", "collect_many", "correct"),
    "disclosing": ("disclose",),
    "expiring": ("expire_due",),
    "index": ("digest", "find"),
    "opening": ("Opened", "open"),
    "inventory": ("by_label", "people", "registry", "rows_of", "rows_on"),
    "removing": ("remove",),
    "rows": ("AboutPerson", "Personal", "RowsAboutPeople", "SubjectKey", "first_id", "new_subject"),
    "sealed": ("Sealed", "SealedValue"),
    "shredding": ("going", "is_erased", "kept_classes", "resume", "shred", "shred_if", "staying"),
}


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"upheld.vault.{module}"), name)
    raise AttributeError(f"module 'upheld.vault' has no attribute {name!r}")
