"""The check that there is no place in which a card's number or security code could rest."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

from django.apps import apps
from django.conf import settings

from upheld import vault
from upheld.policy import Promise
from upheld.policy.checks import Finding, check

FORBIDDEN = re.compile(
    r"(?:^|_)(?:cvc2?|cvv2?|csc|cid|security_?code|pan|card_?number|track[12])(?:_|$)", re.IGNORECASE
)
NUMBER = re.compile(r"(?:^|_)number(?:_|$)", re.IGNORECASE)  # orders and documents have one; cards must not


@check(
    Promise.ORDER_FORM,
    how="The columns of every table, the sealed fields of every model and the tables of the sandbox are listed. None "
    "may have the name of a card's security code or number.",
)
def no_place_for_a_number() -> Finding:
    places = [*_columns(), *_sealed(), *_sandbox()]
    wrong = [place for place in places if _is_for_a_number(place)]
    return Finding(not wrong, f"{len(places)} columns and fields, none for a number or a code", tuple(wrong))


def _is_for_a_number(place: str) -> bool:
    table, _, name = place.rpartition(".")
    return bool(FORBIDDEN.search(name) or ("card" in table and NUMBER.search(name)))


def _columns() -> Iterator[str]:
    for model in apps.get_models():
        yield from (f"{model._meta.db_table}.{field.column}" for field in model._meta.concrete_fields)


def _sealed() -> Iterator[str]:
    for model, fields in vault.registry().items():
        yield from (f"{model.label()}.{name}" for name in fields)


def _sandbox() -> Iterator[str]:
    """Read from the file itself: the sandbox is a program of its own, and this process never writes there."""
    file = settings.HOME.sandbox / "sandbox.sqlite3"
    if not file.exists():
        return
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            columns = database.execute("SELECT name FROM pragma_table_info(?)", [table])
            yield from (f"sandbox {table}.{name}" for (name,) in columns)
