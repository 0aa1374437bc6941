"""What the tables of this room can hold, and which code may learn where a report came from: none."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.apps import apps
from django.db import connection, models

import upheld
from upheld.builds.models import Build, Counted, Figure, Issued, Release, Report, Upload
from upheld.policy.checks import Finding

ABOUT_BUILDS: Mapping[str, str] = {
    "build.id": "keyed digest of a number",
    "build.product": "a product of the policy",
    "build.stopped": "whether it reports",
    "build.erased_through": "a day",
    "build.weeks": "numbers of weeks",
    "counted.id": "digest of a build's id and a month",
    "counted.build": "keyed digest of a number",
    "counted.month": "a month",
    "counted.product": "a product of the policy",
    "counted.cells": "declared events and how often, looked through row by row",
    "report.id": "a number in a row",
    "report.build": "keyed digest of a number",
    "report.product": "a product of the policy",
    "report.months": "declared events and how often, looked through row by row",
    "figure.id": "random",
    "figure.product": "a product of the policy",
    "figure.period": "day, week or month",
    "figure.start": "a day",
    "figure.view": "which table of figures",
    "figure.blocks": "figures about many, looked through one by one",
}
"""Every column that what builds report may rest in. One that is not here could hold an address or a text."""
COMPANY_OR_PERSON = (Release, Upload, Issued)
"""The company's own files, and the one table about a person, which the vault seals."""
ORIGINS = re.compile(
    r"REMOTE_(ADDR|HOST|USER)|\bHTTP_FORWARDED|X[-_]FORWARDED|X[-_]REAL[-_]IP|HTTP_USER_AGENT|user[-_]agent|getpeername"
    r"|client_address|scope(\[|\.get\()\s*[\"']client[\"']|headers(\[|\.get\()\s*[\"']forwarded[\"']",
    re.IGNORECASE,
)
ROOT = Path(upheld.__file__).parent
ON_THE_WAY = ("api", "builds")
"""The folders that a report passes through."""


def columns() -> Finding:
    """The columns as the database has them, compared with the list above."""
    wrong = [f"{model._meta.db_table} is not looked at" for model in _unlisted()]
    found = set(_columns())
    wrong += [f"{column} could hold anything" for column in sorted(found - ABOUT_BUILDS.keys())]
    wrong += [f"{column} is not there" for column in sorted(ABOUT_BUILDS.keys() - found)]
    return Finding(not wrong, f"{len(found)} columns about builds, none for an address or a text", tuple(wrong))


def origins() -> Finding:
    """The source that a report passes through names nothing by which its sender's address or program is known."""
    files = [path for folder in ON_THE_WAY for path in sorted((ROOT / folder).rglob("*.py")) if path != Path(__file__)]
    wrong = [
        f"upheld/{path.relative_to(ROOT)} could learn where a report came from"
        for path in files
        if ORIGINS.search(path.read_text("utf-8"))
    ]
    return Finding(
        not wrong, f"{len(files)} source files on a report's way, none of which asks for its origin", tuple(wrong)
    )


def _unlisted() -> Iterator[type[models.Model]]:
    known = {Build, Counted, Report, Figure, *COMPANY_OR_PERSON}
    yield from (model for model in apps.get_app_config("builds").get_models() if model not in known)


def _columns() -> Iterator[str]:
    with connection.cursor() as cursor:
        for model in (Build, Counted, Report, Figure):
            for column in connection.introspection.get_table_description(cursor, model._meta.db_table):
                yield f"{model._meta.model_name}.{column.name}"
