"""The checks of the instance as a whole: its tables, its code and its host."""

import os
import stat
from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import connections, models

from upheld import ledger, vault
from upheld.evidence import alarmed as alarmed  # registers the checks of the alarm
from upheld.evidence import backed_up as backed_up  # and those of the backups
from upheld.evidence import egress, host
from upheld.evidence import retention as retention  # registers the check of how old things get
from upheld.evidence.columns import ACCOUNTED, FRAMEWORK, KINDS, NUMBERS
from upheld.policy import Promise, force
from upheld.policy.checks import Finding, check


@check(
    Promise.INVENTORY,
    how="The columns of every table in both databases are listed from the databases themselves. Each must be sealed "
    "and declared, or an id, time, flag or number, or be named in upheld/evidence/columns.py with what it holds.",
)
def columns() -> Finding:
    counted, wrong = 0, []
    for alias in connections:
        known = {column: field for model in apps.get_models() for column, field in _fields(model)}
        for column in _columns(alias):
            counted += 1
            if not _is_accounted(column, known.get(column)):
                wrong.append(f"{column} is unaccounted for")
    wrong += _undeclared()
    return Finding(not wrong, f"{counted} columns, each accounted for", tuple(wrong))


@check(
    Promise.NO_SALE,
    how="The program's source is read: only the files named in upheld/evidence/egress.py may open a connection or "
    "start a program. Each speaks to this instance, to its mail server, or to a recipient that the policy declares.",
)
def way_out() -> Finding:
    found, recipients = dict(egress.ways_out(egress.sources())), force.in_force().recipients
    named = {name: egress.recipient_of(name) for name in found}
    wrong = [f"upheld/{name} uses {', '.join(found[name])}" for name, recipient in named.items() if recipient is None]
    wrong += [
        f"upheld/{name} speaks to {recipient}, which the policy does not declare"
        for name, recipient in named.items()
        if recipient and recipient not in recipients
    ]
    outside = sum(bool(recipient) for recipient in named.values())
    figure = f"{len(found)} source files may speak to a network, {outside} of them to a recipient of the policy"
    return Finding(not wrong, figure, tuple(wrong))


@check(
    Promise.PRECAUTIONS,
    how="Every entry of the ledger is recomputed, and compared with what was signed: upheld ledger verify.",
)
def record() -> Finding:
    found = ledger.verify()
    return Finding(found.ok, f"{found.entries} entries as they were signed", (found.problem,) if found.problem else ())


@check(
    Promise.SECURE_ENVIRONMENT,
    how="The instance's folder and keys are readable by their owner alone; keys and data rest in two databases; debug "
    "is off; the installed libraries are at least those of this release; the clock is not behind the ledger; and this "
    "instance's processes listen on no port but the two of its settings.",
)
def environment() -> Finding:
    wrong = [*_readable(), *_apart(), *host.outdated(), *host.clock(), *host.ports()]
    if settings.DEBUG:
        wrong.append("debug is on")
    return Finding(not wrong, "files, keys, debug, libraries, clock and ports looked at", tuple(wrong))


def _fields(model: type[models.Model]) -> Iterator[tuple[str, "models.Field[object, object]"]]:
    for field in model._meta.concrete_fields:
        yield f"{model._meta.db_table}.{field.column}", field


def _columns(alias: str) -> Iterator[str]:
    connection = connections[alias]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                yield f"{table}.{column.name}"


def _is_accounted(column: str, field: "models.Field[object, object] | None") -> bool:
    if column.startswith(FRAMEWORK) or column in ACCOUNTED:
        return True
    if field is None:
        return False  # a table that no part of the program knows
    if field.name == "sealed":
        return issubclass(field.model, vault.Personal)
    return type(field).__name__ in (*KINDS, *NUMBERS) or isinstance(field, models.ForeignKey)


def _undeclared() -> list[str]:
    policy = force.in_force()
    return [
        f"{model.label()}.{name} holds {field.datum}, which the policy does not declare"
        for model, fields in vault.registry().items()
        for name, field in fields.items()
        if field.datum not in policy.data
    ]


def _readable() -> Iterator[str]:
    """What others than the owner could read or change."""
    home = settings.HOME
    secrets = [settings.UPHELD_ROOT_KEY, settings.UPHELD_LEDGER_KEY, home.web_key, *home.tls.glob("*.key")]
    secrets += [home.sandbox / "key", home.sandbox / "webhook", home.backup_key]
    for path in secrets:
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield f"{path.name} can be read by others than its owner"
    if stat.S_IMODE(home.folder.stat().st_mode) & 0o077:
        yield "the instance's folder is open to others than its owner"
    if any(path.exists() and path.stat().st_uid != os.geteuid() for path in secrets):
        yield "a key belongs to somebody else"


def _apart() -> Iterator[str]:
    data, keys = (connections[alias].settings_dict for alias in ("default", "keys"))
    if [data[part] for part in ("NAME", "HOST", "PORT")] == [keys[part] for part in ("NAME", "HOST", "PORT")]:
        yield "data and keys rest in one database"
