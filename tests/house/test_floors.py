"""What no import shows: where the models' relations lead, and that every table says whom it is about."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from upheld.vault import AboutPerson, registry
from upheld.vault.keys.models import DataKey, Erasure

PROJECT = Path(__file__).parents[2]
LAYERS = re.search(r"layers =\n((?:    .+\n)+)", (PROJECT / ".importlinter").read_text())
assert LAYERS
FLOORS = [line.strip() for line in reversed(LAYERS[1].splitlines())]

# Tables with rows about people that are no AboutPerson, and why none of them may be.
ABOUT_SOMEONE = {
    "ledger.Entry": "kept after an erasure: it holds ids and acts, and nothing personal",
    "vault.Notice": "outlives an erasure until the recipient has answered: ids and codes",
    "vault.Lookup": "placed by digest, so that a value is unique among all people; the vault removes it",
    "vault_keys.DataKey": "destroyed first, and apart from the data",
    "vault_keys.Erasure": "must outlive everything else about the subject",
}
# Free text in a table about people, and why it holds nothing personal.
FREE_TEXT = {"accounts.Session.data": "ids and times, as Django's sessions write them"}
# Tables about members of our staff, who are no customers: what is known of one is sealed under a key of the program's.
ABOUT_STAFF = {
    "cases.BusyHour": "how much a member opened in an hour: figures",
    "cases.Look": "up to when openings were counted",
    "cases.Oddity": "that a member's openings were out of the ordinary: ids, codes and figures, and no person's",
    "cases.Relation": "a keyed digest of an address that a member declared to be close to them",
    "staff.DeskSession": "where a member is signed in: a digest of its key, ids and times",
    "staff.Invitation": "that a member was asked in: a digest of a link",
    "staff.Member": "someone who works here, by a pseudonym; their name and address are sealed",
    "staff.StaffPasskey": "a passkey of a member, sealed, and a digest of its id",
    "staff.StaffTotp": "how a member shows who they are by codes, sealed",
    "staff.Terminal": "a login of the server at which a member works: a digest of a code",
}
# Tables whose rows are about nobody.
ABOUT_NOBODY = {
    "accounts.Allowance": "counts attempts under keyed digests that change with the hour's key",
    "accounts.Visit": "a visit before anybody signed in: a digest of its key, and ids",
    "builds.Build": "a build under a keyed digest of its number, whom nobody can lead back to a person",
    "builds.Counted": "what a build counted in a month, likewise",
    "builds.Figure": "figures about many builds",
    "builds.Release": "a version of a product",
    "builds.Report": "a report by a build under its digest, until it is counted",
    "builds.Upload": "a release's file on its way here",
    "contact.Bulletin": "news to many, and counts",
    "contact.Suppression": "a keyed digest of an address that is gone, and what it refused",
    "evidence.CheckRun": "what a check found, in figures",
    "ledger.Checkpoint": "the log's head",
    "ledger.Tile": "the log's hashes",
    "mailbox.Taken": "that a letter was taken, under a keyed digest, and codes",
    "orders.Destination": "a country that is sold to",
    "orders.Product": "what is sold",
    "orders.Series": "the last number of a series of documents",
    "orders.Variant": "what is sold",
    "payments.Keeping": "that a processor is asked to keep a card, under a keyed digest of its token",
    "payments.Reconciliation": "when the books were compared, and counts",
    "rights.MadeUp": "subjects that are nobody, made up by the checks",
    "vault_keys.ServiceKey": "the program's own keys",
}


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("upheld.")]


def floor(model: type[models.Model]) -> int:
    """The height of the model's room; Django's own models lie below all."""
    return next((n for n, room in enumerate(FLOORS) if model.__module__.startswith(f"{room}.")), -1)


def relations(model: type[models.Model]) -> Iterator[tuple[str, type[models.Model]]]:
    for field in model._meta.get_fields():
        target = getattr(field, "related_model", None)
        if field.concrete and isinstance(target, type) and issubclass(target, models.Model):
            yield field.name, target


def climbing(found: list[type[models.Model]]) -> list[str]:
    return [
        f"{model.__name__}.{name} leads up to {target.__name__}"
        for model in found
        for name, target in relations(model)
        if floor(target) > floor(model)
    ]


def reaching(found: list[type[models.Model]]) -> list[str]:
    return [
        f"{model.__name__}.{name} leads to rows about people"
        for model in found
        for name, target in relations(model)
        if "subject" in {field.name for field in target._meta.get_fields()}
    ]


def test_every_room_has_a_floor() -> None:
    rooms = {path.parent.name for path in (PROJECT / "upheld").glob("*/__init__.py")}
    assert rooms == {name.removeprefix("upheld.") for name in FLOORS}


def test_no_relation_leads_up() -> None:
    assert not climbing(ours())


def test_no_relation_leads_to_a_person() -> None:
    """So that tables can be placed by subject: rows about people are found by subject and id, never by foreign key."""
    assert not reaching(ours())


def test_every_table_says_whom_it_is_about() -> None:
    loose = {model._meta.label for model in ours() if not issubclass(model, AboutPerson)}
    assert loose == ABOUT_SOMEONE.keys() | ABOUT_STAFF.keys() | ABOUT_NOBODY.keys()


def test_what_is_about_no_customer_names_none() -> None:
    for label in ABOUT_NOBODY | ABOUT_STAFF:
        assert "subject" not in {field.name for field in apps.get_model(label)._meta.get_fields()}, label


def test_only_the_vault_seals() -> None:
    """A column that could hold anything, in a model about people, is a sealed one or is named here."""
    free = {
        f"{model._meta.label}.{field.name}"
        for model in ours()
        if issubclass(model, AboutPerson)
        for field in model._meta.concrete_fields
        if isinstance(field, models.TextField | models.EmailField | models.GenericIPAddressField)
    }
    assert free == FREE_TEXT.keys()


def test_keys_rest_apart() -> None:
    assert {DataKey._meta.app_label, Erasure._meta.app_label} == {"vault_keys"}
    assert not [model for model in registry() if model._meta.app_label == "vault_keys"]


class Climber(models.Model):
    """A model on the lowest floor that reaches up, for the tests to find."""

    up = models.ForeignKey("accounts.Account", on_delete=models.CASCADE)

    class Meta:
        app_label = "climbing"
        managed = False

    def __str__(self) -> str:
        return "climber"


def test_the_walk_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Climber, "__module__", "upheld.ledger.models")
    assert climbing([Climber]) == ["Climber.up leads up to Account"]
    assert reaching([Climber]) == ["Climber.up leads to rows about people"]


def test_the_linter_can_fail(tmp_path: Path) -> None:
    package = tmp_path / "upheld"
    for room in (name.partition(".")[2] for name in FLOORS):
        (package / room).mkdir(parents=True)
        (package / room / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "home.py").touch()
    (package / "policy" / "__init__.py").write_text("import upheld.ledger\n")
    command = [Path(sys.executable).with_name("lint-imports"), "--config", PROJECT / ".importlinter", "--no-cache"]
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode == 1
    assert "upheld.policy -> upheld.ledger" in done.stdout
