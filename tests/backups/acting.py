"""Steps in an instance's life, taken by a process that has Django set up on it: `python -m tests.backups.acting JSON`.

Steps are lists: `["plant", "ann"]`, `["backup", "/folder"]`. People go by a name, and what is theirs is made of it.
"""

import io
import json
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.utils import timezone

from upheld import cli
from upheld.backups import locks
from upheld.cli.instance import open_instance, set_up
from upheld.home import Home

if TYPE_CHECKING:
    from upheld.policy.actors import Actor


def values(name: str) -> dict[str, str]:
    return {
        "email": f"{name}.canary@example.org",
        "password": f"Canary password of {name}",
        "device": f"Canary device of {name}",
    }


def told() -> dict[str, str]:
    """Whose subject is which, in a file beside the instance."""
    path = _told()
    return json.loads(path.read_text()) if path.exists() else {}


def plant(name: str) -> None:
    from tests.rights.conftest import plant as planted

    people = told()
    _told().write_text(json.dumps(people | {name: str(planted(values(name), topic="news.policy").subject)}))


def erase(name: str) -> None:
    from upheld.policy.actors import Actor
    from upheld.rights import verbs

    verbs.erase(_subject(name), by=Actor.person(_subject(name)))


def erase_keys(name: str) -> None:
    """An erasure that died between the keys and the rows."""
    from upheld.policy.actors import Actor
    from upheld.vault import shredding

    with patch.object(shredding, "_finish"):
        shredding.shred(_subject(name), by=Actor.person(_subject(name)))


def refuse(name: str) -> None:
    from upheld.contact import verbs

    verbs.record_choice(_subject(name), topic="news.specials", allowed=False, by=_of(_subject(name)), source="account")


def suppress(name: str) -> None:
    """What an erasure leaves of a refusal, with no entry that says it."""
    from upheld.contact.models import Suppression

    Suppression.objects.create(digest=name.encode().ljust(32), topic="news.specials", at=timezone.now())


def suppressed() -> int:
    from upheld.contact.models import Suppression

    return Suppression.objects.count()


def correct(name: str, device: str) -> None:
    from upheld import vault
    from upheld.accounts.models import Session

    vault.correct(
        Session.objects.get(subject=_subject(name)), {"device": device}, source="account", by=_of(_subject(name))
    )


def rotate() -> None:
    from upheld.policy.actors import Actor
    from upheld.vault.keys import rotation

    with patch.object(rotation, "GRACE", 0.0):  # nobody else is at work
        rotation.rotate(by=Actor.operator())


def backup(folder: str, keys: str = "", passphrase: str = "") -> list[str]:
    from upheld.backups import making
    from upheld.policy.actors import Actor

    apart = Path(keys) if keys else None
    made = making.make(Path(folder), keys=apart, by=Actor.operator(), passphrase=passphrase)
    return [str(made.data), str(made.keys)]


def note(folder: str) -> None:
    """What the worker does each minute: the record, up to now."""
    from upheld import ledger
    from upheld.backups import record, sealing

    ledger.sequence()
    record.write(Path(folder) / "record", seal=sealing.seal(sealing.recipient(settings.HOME, Path(folder))))


def look() -> dict[str, dict[str, object]]:
    """Of everybody: what can be read of theirs, whether they are erased, how many rows they have."""
    return {name: _look(UUID(subject)) for name, subject in told().items()}


def upheld(*arguments: str) -> list[object]:
    """Run the command; its exit code, and what it said. Where there is an instance, in a fork: it is set up already."""
    if settings.configured:
        return _forked(lambda: cli.run(list(arguments)))
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        return [cli.run(list(arguments)), said.getvalue()]


def kill(module: str, verb: str, *arguments: str) -> list[object]:
    """The same, but it is killed where it would call that function: -9."""

    def mortal() -> int:
        if Home.here().exists:
            set_up(Home.here())
        setattr(import_module(module), verb, lambda *given, **named: os.kill(os.getpid(), signal.SIGKILL))
        return cli.run(list(arguments))

    return _forked(mortal)


def dies(place: str, *deaths: str) -> list[list[object]]:
    """A restore that dies at each of these, one after the other, and what serving says each time."""
    pairs = zip(deaths[::2], deaths[1::2], strict=True)
    return [[*kill(module, verb, "restore", place), upheld("worker")[1]] for module, verb in pairs]


def _forked(run: Callable[[], int]) -> list[object]:
    _let_go()
    with tempfile.TemporaryFile("w+") as said:
        child = os.fork()
        if child == 0:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            code = 70
            try:
                code = run()
            except BaseException:
                traceback.print_exc()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said.seek(0)
        return [code, said.read()]


def _let_go() -> None:
    """Of the databases and of the instance's lock: who comes next is alone."""
    if "django.db" in sys.modules and settings.configured:
        connections.close_all()
    while locks._held:
        os.close(locks._held.popitem()[1])


def _look(subject: UUID) -> dict[str, object]:
    from upheld import vault
    from upheld.accounts.models import Session
    from upheld.contact.models import Address, Choice
    from upheld.rights.erasure.erasing import look_again
    from upheld.vault.errors import VaultError

    def read(model: type[vault.Personal], field: str) -> str | None:
        row = model.objects.filter(subject=subject).first()
        try:
            opened = row and vault.open(row, [field], by=_of(subject), purpose="access")[field]
        except VaultError:
            return None
        return str(opened) if opened else None

    return {
        "email": read(Address, "email"),
        "device": read(Session, "device"),
        "erased": vault.is_erased(subject),
        "left": sum(count for _, count in look_again(subject)),
        "refused": sorted(Choice.objects.filter(subject=subject, allowed=False).values_list("topic", flat=True)),
    }


def _of(subject: UUID) -> "Actor":
    from upheld.policy.actors import Actor

    return Actor.person(subject)


def _subject(name: str) -> UUID:
    return UUID(told()[name])


def _told() -> Path:
    return Path(os.environ["UPHELD_TOLD"])


BARE = (upheld, kill, dies)  # these need no instance yet
ON_ONE = (plant, erase, erase_keys, refuse, suppress, suppressed, correct, rotate, backup, note, look)
STEPS: dict[str, Callable[..., object]] = {each.__name__: each for each in (*ON_ONE, *BARE)}

if __name__ == "__main__":
    found = list[object]()
    for name, *arguments in json.loads(sys.argv[1]):
        if STEPS[name] not in BARE:
            sys.stderr.write(f"{found}\n")  # shown only when something is wrong
            open_instance()
        found.append(STEPS[name](*arguments))
    sys.stdout.write(json.dumps(found))
